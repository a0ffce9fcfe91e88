"""Bytes by key: one contract, a backend for each place that keeps them."""
