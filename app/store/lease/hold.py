"""A lease that is held: kept alive by a thread, its writes fenced by the version that the holder saw."""

import math
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final, Self

from app.store.contract import (
    NO_PROPERTIES,
    BlobInfo,
    BlobStore,
    Content,
    IfVersion,
    Properties,
    Version,
    When,
)
from app.store.errors import LeaseLost, StoreError, Unavailable, Unsupported
from app.store.extras import Lease, Leases
from app.store.keys import Key

LEASE_SECONDS_MAX: Final = 60
"""Azure's longest lease with an end; a holder that dies locks nobody out for longer, anywhere."""


class Hold:
    """A lease of one blob, from `keep_alive` to `close`.

    Writes carry the lease and the version that the holder saw last, so also one that was paused past the end
    of its lease never replaces newer content. Thread-safe; threads that share it are one holder.

    Args:
        store: what writes go through.
        leases: where the lease is.
        lease: acquired just now.
        version: of the blob, as the holder knows it.
        seconds_max: when the lock ends, counted from now; None is never.
        clock: monotonic seconds.
        wait: waits until the event is set, or for so many seconds; returns whether it is.
    """

    def __init__(
        self,
        store: BlobStore,
        leases: Leases,
        lease: Lease,
        version: Version,
        *,
        seconds_max: float | None,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[threading.Event, float], bool] = threading.Event.wait,
    ) -> None:
        self._store = store
        self._leases = leases
        self._lease = lease
        self._clock = clock
        self._wait = wait
        self._ends = math.inf if seconds_max is None else clock() + seconds_max
        self._closed = threading.Event()
        self._lost: str | None = None
        self._lock = threading.Lock()
        self.version = version
        self._thread: threading.Thread | None = None
        if seconds_max is None or seconds_max > lease.seconds:
            # A daemon: a process that ends without close must not go on holding.
            self._thread = threading.Thread(
                target=self._renew_until_closed, name=f"lease of {lease.key}", daemon=True
            )
            self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def key(self) -> Key:
        """The blob's."""
        return self._lease.key

    @property
    def id(self) -> str:
        """What `write(…, lease=…)` takes."""
        return self._lease.id

    def saw(self, version: Version) -> None:
        """Say that the holder has read this version: its next write replaces it."""
        self.version = version

    def expect_held(self) -> None:
        """Refuse to go on with a lock that is known to be lost; the service is not asked.

        Raises:
            LeaseLost: its time is over, it could not be renewed, or it was closed.
        """
        if self._lost is not None:
            raise LeaseLost(f"{self.key}: {self._lost}; nothing was changed", key=self.key)

    def write(
        self,
        content: Content,
        *,
        when: When | None = None,
        properties: Properties = NO_PROPERTIES,
    ) -> BlobInfo:
        """Replace the blob that the holder saw, and return its new state.

        Args:
            content: what is written.
            when: another condition than that the blob has the version that the holder saw.
            properties: what is stored beside it.

        Raises:
            LeaseLost: the lock has ended; nothing was written.
            ConditionFailed: somebody whom the lock does not stop has written meanwhile; nothing was written.
        """
        with self._lock:
            self.expect_held()
            info = self._store.write(
                self.key,
                content,
                when=IfVersion(self.version) if when is None else when,
                properties=properties,
                lease=self.id,
            )
            self.saw(info.version)
            return info

    def delete(self) -> None:
        """Delete the blob that the holder saw; the lock ends with it.

        Raises:
            LeaseLost, ConditionFailed: as `write`; nothing was deleted.
        """
        with self._lock:
            self.expect_held()
            self._store.delete(self.key, when=IfVersion(self.version), lease=self.id)
            self._lost = "the lock has ended with what it locked"
        self._stop()

    def release(self) -> None:
        """End the lock; one that has ended already is fine. No thread is left, whatever the service says.

        Raises:
            Unavailable: it ends by itself, when its last renewal is over.
        """
        self._stop()
        if self._lost is None:
            self._lost = "the lock was released"
            self._leases.release(self._lease)

    def close(self) -> None:
        """End the lock now, or leave it to its clock where the service does not answer."""
        with suppress(Unavailable):
            self.release()

    def _stop(self) -> None:
        self._closed.set()
        if self._thread is not None:
            self._thread.join()

    def _renew_until_closed(self) -> None:
        pause = self._lease.seconds / 3
        while not self._wait(self._closed, min(pause, max(self._ends - self._clock(), 0.0))):
            if self._clock() >= self._ends:
                self._lost = "the time of the lock is over"
                with suppress(StoreError):
                    self._leases.release(self._lease)
                return
            try:
                self._lease = self._leases.renew(self._lease)
            except LeaseLost:
                self._lost = "the lock was lost"
                return
            except StoreError:
                # A third of its time has passed: there are more chances, and the lease says when it is over.
                continue


def keep_alive(
    store: BlobStore,
    leases: Leases,
    key: Key,
    *,
    seconds_max: float | None,
    clock: Callable[[], float] = time.monotonic,
    wait: Callable[[threading.Event, float], bool] = threading.Event.wait,
) -> Hold:
    """Take a lease of the blob and hold it, for longer than the service's leases where asked.

    Args:
        store: where the blob is; its writers heed leases (`capabilities.leases`).
        leases: of the store (`leases_of`).
        key: of a blob that exists.
        seconds_max: how long; None is until it is closed, or until this process ends. A service may have a
            shortest time (Azure: 15 seconds).
        clock: monotonic seconds.
        wait: waits until the event is set, or for so many seconds; returns whether it is.

    Raises:
        NotFound: nothing is stored under `key`.
        LeaseHeld: somebody else has it.
        Unsupported: writers to this store heed no leases.
    """
    if not store.capabilities.leases:
        raise Unsupported(
            f"{key}: writers to {store!r} heed no leases; app.store.stack.open_stack makes them",
            key=key,
        )
    if seconds_max is not None and seconds_max <= 0:
        raise ValueError(f"a lock holds for some time, not for {seconds_max} seconds")
    asked = LEASE_SECONDS_MAX if seconds_max is None else min(seconds_max, LEASE_SECONDS_MAX)
    lease = leases.acquire(key, seconds=math.ceil(asked))
    try:
        version = store.stat(key).version
    except StoreError:
        with suppress(StoreError):
            leases.release(lease)
        raise
    return Hold(store, leases, lease, version, seconds_max=seconds_max, clock=clock, wait=wait)
