"""A trial: the laws of `app.store.conformance`, run against somebody's store from outside."""
