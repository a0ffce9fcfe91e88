"""The agent and what it stands on."""
