"""What is seen of a migration while it works: lines, a bar, or JSON events."""
