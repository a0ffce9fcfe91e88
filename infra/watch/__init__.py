"""Who notices when something goes wrong: alarms, budgets, access logs, request metrics; per cloud."""
