"""What an environment would change on what it adopts: looked up, compared, shown; nothing is touched."""
