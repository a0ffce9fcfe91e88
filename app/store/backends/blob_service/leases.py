"""The leases that Azure's blob service keeps itself: it refuses every client that does not name them."""

from contextlib import suppress
from typing import Any, Final

from azure.storage.blob import BlobLeaseClient

from app.store.backends.blob_service.calls import BlobCalls
from app.store.errors import ConditionFailed, LeaseLost, NotFound
from app.store.extras import Lease
from app.store.keys import Key

# "Lease Blob": a lease with an end has 15 to 60 seconds.
_SECONDS_MIN: Final = 15
_SECONDS_MAX: Final = 60


class BlobLeases(BlobCalls):
    """Leases of 15 to 60 seconds: whoever asks for less or more gets the nearest. See `Leases`.

    Under a lease the service refuses every other write, of any client. It does not stop a holder that was
    paused past the end of its lease from writing under a condition; the condition does.
    """

    def acquire(self, key: Key, *, seconds: int) -> Lease:
        """See `Leases`."""
        held = min(max(seconds, _SECONDS_MIN), _SECONDS_MAX)
        # The client proposes an id: a repeat after a lost answer asks for the lease that it has.
        client = self._lease(key)
        with self._translated(key):
            client.acquire(lease_duration=held)
        return Lease(key, client.id, held)

    def renew(self, lease: Lease) -> Lease:
        """See `Leases`."""
        try:
            with self._translated(lease.key, lease=lease.id):
                self._lease(lease.key, lease.id).renew()
        except NotFound as error:
            raise LeaseLost(f"{lease.key} was deleted, its lease with it", key=lease.key) from error
        return lease

    def release(self, lease: Lease) -> None:
        """See `Leases`."""
        with suppress(LeaseLost, NotFound), self._translated(lease.key, lease=lease.id):
            self._lease(lease.key, lease.id).release()

    def break_lease(self, key: Key) -> None:
        """See `Leases`."""
        with suppress(ConditionFailed, NotFound), self._translated(key):
            self._lease(key).break_lease(lease_break_period=0)

    def _lease(self, key: Key, lease_id: str | None = None) -> BlobLeaseClient:
        return BlobLeaseClient(self._blob(key), lease_id)


def lease_option(lease: str | None) -> dict[str, Any]:
    """Return a lease as an option of a call."""
    return {} if lease is None else {"lease": lease}
