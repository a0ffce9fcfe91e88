"""What a store in a folder is made of."""
