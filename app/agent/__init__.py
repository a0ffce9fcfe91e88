"""The agent: a loop between a model and five tools on a store, whose answers name their sources."""
