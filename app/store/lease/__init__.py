"""Locks on blobs: taken where the blobs are, ended by the service's clock, kept alive while they are held."""

from app.store.contract import BlobStore
from app.store.extras import Leases, OnBackend
from app.store.lease.hold import LEASE_SECONDS_MAX, Hold, keep_alive
from app.store.lease.records import RecordLeases

__all__ = ["LEASE_SECONDS_MAX", "Hold", "RecordLeases", "keep_alive", "leases_of"]


def leases_of(store: BlobStore) -> Leases:
    """Return the leases of what keeps the store's bytes: its own where it has them, else records.

    Raises:
        Unsupported: it has neither leases nor conditional writes.
    """
    backend = store.backend if isinstance(store, OnBackend) else store
    return backend if isinstance(backend, Leases) else RecordLeases(backend)
