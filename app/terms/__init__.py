"""What the three programs agree on; imports nothing of theirs."""
