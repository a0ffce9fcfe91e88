"""Drift: what in an environment is not as it was declared, and what that breaks."""
