"""How long a migration takes and what it costs, before it begins: measured by a short probe."""
