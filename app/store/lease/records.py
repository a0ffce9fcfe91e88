"""Leases as small blobs beside the blobs, for services that have no leases of their own."""

import hashlib
import json
import os
import socket
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from app.store.contract import (
    ABSENT,
    Blob,
    BlobStore,
    IfVersion,
    Properties,
    Version,
    When,
)
from app.store.errors import (
    ConditionFailed,
    CorruptBlob,
    LeaseHeld,
    LeaseLost,
    NotFound,
    StoreError,
    Unavailable,
    Unsupported,
)
from app.store.extras import Lease
from app.store.keys import RESERVED_PREFIX, Key, folded

_ATTEMPTS_MAX: Final = 8
_CLOCK_STEP: Final = timedelta(seconds=1)
"""Services tell times in whole seconds, cut off: two of them may be a second further apart than they look."""
_PROPERTIES: Final = Properties(content_type="application/json")


@dataclass(frozen=True, slots=True)
class _Record:
    """What the blob of a lease says; `generation` grows, so no two states of it have equal bytes."""

    key: str
    id: str
    owner: str
    seconds: int
    generation: int


@dataclass(frozen=True, slots=True)
class _Found:
    """A record and the state of its blob."""

    record: _Record
    version: Version
    modified: datetime


class RecordLeases:
    """Leases on any store with conditional writes.

    The lease of a blob is a record under `.kb/leases/`, made under the condition that there is none, renewed
    under the condition that it is as it was read, and taken over in the same way once it has expired. Whether
    it has is decided by the service's clock alone: who meets a record writes a tiny blob below `.kb/clock/`
    and compares the two times of modification. A lease holds up to a second longer than it says, never
    shorter.

    What it stops: every writer that looks at the record first, which are all that write through
    `app.store.stack.open_stack` (its guard: `app.store.layers.leased`).

    What it cannot stop:
    - clients that do not look: other programs that write to the bucket or the folder, this package's bare
      backends. Only Azure's own leases stop everybody.
    - a writer that has looked before the lease was taken and writes after it. The holder's own writes are
      conditional, so it notices and replaces nothing that it has not seen.
    - a holder that was paused for longer than its lease. It is refused when it goes on; one that was paused
      between its own look and its write is refused by its condition if anybody has written meanwhile.

    Args:
        backend: keeps the blobs and the records; below any cache.
        owner: who holds the leases, for people.
        new_id: names a lease; nobody can guess the next one.

    Raises:
        Unsupported: the backend has no conditional writes.
    """

    def __init__(
        self,
        backend: BlobStore,
        *,
        owner: str | None = None,
        new_id: Callable[[], str] = lambda: str(uuid.uuid4()),
    ) -> None:
        if not backend.capabilities.conditional_writes:
            raise Unsupported(f"{backend!r} has no conditional writes, so it can keep no leases")
        self._backend = backend
        self._owner = owner if owner is not None else f"{socket.gethostname()}:{os.getpid()}"
        self._new_id = new_id
        self._unsettled: dict[Key, str] = {}
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"RecordLeases({self._backend!r})"

    def acquire(self, key: Key, *, seconds: int) -> Lease:
        """See `Leases`. After a lost answer, an acquire of this object knows what it has taken already."""
        if seconds < 1:
            raise ValueError(f"a lease holds for at least a second, not {seconds}")
        self._backend.stat(key)
        with self._lock:
            lease_id = self._unsettled.pop(key, None) or self._new_id()
        try:
            return self._take(key, _Record(key, lease_id, self._owner, seconds, generation=1))
        except Unavailable:
            # It may have been taken: then nobody else can, and the next attempt must know it for its own.
            with self._lock:
                self._unsettled[key] = lease_id
            raise

    def renew(self, lease: Lease) -> Lease:
        """See `Leases`."""
        for _ in range(_ATTEMPTS_MAX):
            found = self._find(lease.key)
            if found is None or found.record.id != lease.id:
                break
            longer = replace(
                found.record, seconds=lease.seconds, generation=found.record.generation + 1
            )
            with suppress(ConditionFailed):
                return self._write(lease.key, longer, IfVersion(found.version))
        raise _lost(lease.key)

    def release(self, lease: Lease) -> None:
        """See `Leases`."""
        self.end(lease.key, lease.id)

    def break_lease(self, key: Key) -> None:
        """See `Leases`."""
        self._backend.delete(self._place(key))

    def end(self, key: Key, lease: str) -> None:
        """End the lease of the blob if it is `lease`."""
        for _ in range(_ATTEMPTS_MAX):
            found = self._find(key)
            if found is None or found.record.id != lease:
                return
            with suppress(ConditionFailed):
                self._backend.delete(self._place(key), when=IfVersion(found.version))
                return

    def check(self, key: Key, lease: str | None) -> None:
        """Refuse a writer whom the lease of the blob does not allow to write now.

        Costs a read; where there is a record, also a write to tell the time. A record that has expired is
        removed.

        Args:
            key: the blob's.
            lease: the writer's own; None for none.

        Raises:
            LeaseHeld: somebody has a lease, and the writer names none.
            LeaseLost: the writer's lease is not the one of the blob, or has expired.
        """
        self._judge(key, lease, self._find(key))

    def refusals(self, keys: Iterable[Key]) -> Iterator[StoreError | None]:
        """Yield for each key what `check` raises for a writer without a lease; several are read at once."""
        asked = list(keys)
        answers = self._backend.read_many([self._place(key) for key in asked])
        for key, answer in zip(asked, answers, strict=True):
            yield self._refusal(key, answer)

    def _take(self, key: Key, mine: _Record) -> Lease:
        for _ in range(_ATTEMPTS_MAX):
            with suppress(ConditionFailed):
                return self._write(key, mine, ABSENT)
            found = self._find(key)
            if found is None:
                continue
            if found.record.id != mine.id and not self._is_expired(found):
                raise _held(key, found.record)
            mine = replace(mine, generation=found.record.generation + 1)
            with suppress(ConditionFailed):
                return self._write(key, mine, IfVersion(found.version))
        raise LeaseHeld(f"{key} is locked by one after the other", key=key)

    def _refusal(self, key: Key, answer: Blob | StoreError) -> StoreError | None:
        if isinstance(answer, NotFound):
            return None
        if isinstance(answer, StoreError):
            return answer.about(key)
        try:
            self._judge(key, None, _parsed(key, answer))
        except StoreError as error:
            return error
        return None

    def _judge(self, key: Key, lease: str | None, found: _Found | None) -> None:
        if found is not None and lease in (None, found.record.id) and self._is_expired(found):
            # Only to spare the next writer the look at the clock; not everybody may delete.
            with suppress(StoreError):
                self._backend.delete(self._place(key), when=IfVersion(found.version))
            found = None
        if lease is not None and (found is None or found.record.id != lease):
            raise _lost(key)
        if lease is None and found is not None:
            raise _held(key, found.record)

    def _is_expired(self, found: _Found) -> bool:
        # 256 names: services slow down who writes to one name often (GCS: once a second).
        clock = Key(f"{RESERVED_PREFIX}clock/{uuid.uuid4().hex[:2]}")
        now = self._backend.write(clock, b"").modified
        return now >= found.modified + timedelta(seconds=found.record.seconds) + _CLOCK_STEP

    def _find(self, key: Key) -> _Found | None:
        try:
            return _parsed(key, self._backend.read(self._place(key)))
        except NotFound:
            return None

    def _write(self, key: Key, record: _Record, when: When) -> Lease:
        place = self._place(key)
        try:
            info = self._backend.write(place, _encoded(record), when=when, properties=_PROPERTIES)
            version = info.version
        except Unavailable:
            # The answer may have been lost, and the record be there.
            found = self._find(key)
            if found is None or found.record != record:
                raise
            version = found.version
        return Lease(key, record.id, record.seconds, version)

    def _place(self, key: Key) -> Key:
        name = key if self._backend.capabilities.exact_names else folded(key)
        return Key(f"{RESERVED_PREFIX}leases/{hashlib.sha256(name.encode()).hexdigest()}")


def _encoded(record: _Record) -> bytes:
    return json.dumps(
        {
            "key": record.key,
            "id": record.id,
            "owner": record.owner,
            "seconds": record.seconds,
            "generation": record.generation,
        }
    ).encode()


def _parsed(key: Key, blob: Blob) -> _Found:
    try:
        fields = json.loads(blob.data)
        record = _Record(
            key=str(fields["key"]),
            id=str(fields["id"]),
            owner=str(fields["owner"]),
            seconds=int(fields["seconds"]),
            generation=int(fields["generation"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise CorruptBlob(
            f"{blob.info.key}, the lease of {key}, cannot be read; break_lease removes it", key=key
        ) from error
    return _Found(record, blob.info.version, blob.info.modified)


def _held(key: Key, record: _Record) -> LeaseHeld:
    return LeaseHeld(f"{key} is locked by {record.owner}", key=key)


def _lost(key: Key) -> LeaseLost:
    return LeaseLost(f"the lease of {key} has ended or is another's; nothing was changed", key=key)
