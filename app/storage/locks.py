"""The guide's locks, and the writes that carry them."""

import threading
from contextlib import suppress
from functools import cached_property

from app.storage.answers import Answer, answers
from app.storage.paths import file_key
from app.store.contract import BlobInfo, BlobStore
from app.store.errors import Unavailable
from app.store.extras import Lease, Leases
from app.store.keys import Key
from app.store.lease import Hold, keep_alive, leases_of


class Locks:
    """Locks of files, each held by the storage object that took it, until it is released or ends.

    While a lock is held, every other writer that goes through this package is refused with the code "locked",
    and this object's own writes carry the lock by themselves. They are also conditional: they replace the
    version that this object saw last, when it took the lock, read the file or wrote it. So a holder that was
    paused until its lock had ended never replaces newer content: it is answered "lock_lost" or "conflict".
    After a lock was lost, this object's writes to the file stay refused until `release_lock`.

    A lock is the service's own on Azure, where it refuses every client. Elsewhere it is a record beside the
    files, and what it cannot stop are writers that do not look at it: other programs that write to the bucket
    or the folder. What is read is not locked anywhere.

    Args:
        store: where the files are; from `app.store.stack.open_stack`, whose writers heed locks.
    """

    def __init__(self, store: BlobStore) -> None:
        self.store = store
        self._holds: dict[Key, Hold] = {}
        self._holds_change = threading.Lock()

    def acquire_lock(self, file_path: str, timeout: float | None = 60) -> str:
        """Lock a file, and return the id of the lock for `release_lock` and `lease_id`.

        Unlike its neighbours it raises, since it has nothing to return for a failure.

        Args:
            file_path: of a file that exists.
            timeout: seconds until the lock ends by itself; None or -1 is never. Beyond 60 it is kept alive by
                renewing while this process lives, and ends at most a minute after it. On Azure the shortest
                is 15.

        Raises:
            LeaseHeld: the file is locked.
            NotFound: there is no such file.
            StoreError: the path is not valid, or the storage did not answer.
        """
        key = file_key(file_path)
        seconds_max = None if timeout == -1 else timeout
        hold = keep_alive(self.store, self._leases, key, seconds_max=seconds_max)
        with self._holds_change:
            former = self._holds.get(key)
            self._holds[key] = hold
        if former is not None:
            former.close()
        return hold.id

    @answers()
    def release_lock(self, file_path: str, lease_id: str) -> Answer:
        """End a lock and answer `message` and `file_path`; one that has ended already is fine."""
        key = file_key(file_path)
        hold = self._forget(key, lease_id)
        if hold is not None:
            hold.release()
        else:
            self._leases.release(Lease(key, lease_id, seconds=0))
        return {"message": f"Successfully released the lock of {key}", "file_path": key}

    def _lease_for(self, key: Key, lease_id: str | None) -> str | None:
        """Return the lease that a write carries: the one given, else the one of this object.

        Raises:
            LeaseLost: this object's lock is known to be lost.
        """
        hold = self._holds.get(key)
        if hold is None or lease_id not in (None, hold.id):
            return lease_id
        hold.expect_held()
        return hold.id

    def _replace(self, key: Key, data: bytes, lease_id: str | None) -> BlobInfo:
        """Write a file, under the lock and the condition that go with it."""
        hold = self._holds.get(key)
        if hold is None or lease_id not in (None, hold.id):
            return self.store.write(key, data, lease=lease_id)
        return hold.write(data)

    def _remove(self, key: Key, lease_id: str | None) -> None:
        """Delete a file, under the lock and the condition that go with it; the lock ends with it."""
        hold = self._holds.get(key)
        if hold is None or lease_id not in (None, hold.id):
            self.store.delete(key, lease=lease_id)
            return
        hold.delete()
        self._forget(key, hold.id)

    def _saw(self, info: BlobInfo) -> BlobInfo:
        """Note which state of a file this object knows, if it holds its lock; return it."""
        hold = self._holds.get(info.key)
        if hold is not None:
            hold.saw(info.version)
        return info

    def _release_all(self) -> None:
        with self._holds_change:
            holds, self._holds = list(self._holds.values()), {}
        for hold in holds:
            with suppress(Unavailable):
                hold.release()

    def _forget(self, key: Key, lease_id: str) -> Hold | None:
        with self._holds_change:
            hold = self._holds.get(key)
            return self._holds.pop(key) if hold is not None and hold.id == lease_id else None

    @cached_property
    def _leases(self) -> Leases:
        return leases_of(self.store)
