"""The whole road on the user's own account, in an environment of its own that is taken down again."""
