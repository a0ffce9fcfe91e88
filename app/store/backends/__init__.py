"""A module for each place that keeps bytes."""
