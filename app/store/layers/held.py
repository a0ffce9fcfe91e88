"""What a cache holds: blobs in bounded memory, none of them overtaken by a change of its own."""

from collections import Counter, OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import Lock
from typing import Final

from app.store.contract import Blob, BlobInfo
from app.store.keys import Key

_ENTRY_BYTES: Final = 1024
"""What an entry costs besides its bytes, so that a million empty blobs are bounded, too."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A blob that is held.

    Attributes:
        blob: whole.
        since: when the store was last asked for it, by the cache's clock.
    """

    blob: Blob
    since: float


@dataclass(slots=True, eq=False)
class Reading:
    """A read under way; `overtaken` once its key began to change after it began."""

    key: Key
    overtaken: bool = False


class Held:
    """The least recently used go when there is no room. Thread-safe.

    Args:
        bytes_max: of all blobs held, each with 1 KiB more than its bytes.
    """

    def __init__(self, bytes_max: int) -> None:
        self._bytes_max = bytes_max
        self._bytes = 0
        self._entries: OrderedDict[Key, Entry] = OrderedDict()
        # Both as long as calls are under way: no key is remembered for having been written once.
        self._changes: Counter[Key] = Counter()
        self._readings: dict[Key, set[Reading]] = {}
        self._lock = Lock()

    def get(self, key: Key) -> Entry | None:
        """Return what is held under `key`."""
        with self._lock:
            if key in self._entries:
                self._entries.move_to_end(key)
            return self._entries.get(key)

    def forget(self, key: Key) -> None:
        """Hold nothing under `key`."""
        with self._lock:
            self._remove(key)

    def compare(self, info: BlobInfo) -> None:
        """Let go a blob that is shown to have another version now."""
        with self._lock:
            entry = self._entries.get(info.key)
            if entry and entry.blob.info.version != info.version:
                self._remove(info.key)

    def renew(self, entry: Entry, *, since: float) -> None:
        """Note that the store still has what `entry` holds, unless that was let go meanwhile."""
        key = entry.blob.info.key
        with self._lock:
            if self._entries.get(key) is entry:
                self._entries[key] = replace(entry, since=since)

    @contextmanager
    def changing(self, key: Key) -> Iterator[None]:
        """Hold nothing under `key` during the block, nor what was read of it before the block's end."""
        with self._lock:
            self._changes[key] += 1
            self._remove(key)
            for reading in self._readings.get(key, ()):
                reading.overtaken = True
        try:
            yield
        finally:
            with self._lock:
                self._changes[key] -= 1
                if not self._changes[key]:
                    del self._changes[key]

    @contextmanager
    def reading(self, key: Key) -> Iterator[Reading]:
        """Mark a read, so that `keep` knows whether a change has overtaken it."""
        with self._lock:
            reading = Reading(key, overtaken=key in self._changes)
            self._readings.setdefault(key, set()).add(reading)
        try:
            yield reading
        finally:
            with self._lock:
                readings = self._readings[key]
                readings.discard(reading)
                if not readings:
                    del self._readings[key]

    def keep(self, reading: Reading, blob: Blob, *, since: float) -> None:
        """Hold a blob that was read, if there is room and no change has overtaken the read."""
        with self._lock:
            newest = self._entries.get(reading.key)
            if reading.overtaken or (newest and newest.since > since):
                return
            self._remove(reading.key)
            size = _size_of(blob)
            if size > self._bytes_max:
                return
            self._entries[reading.key] = Entry(blob, since)
            self._bytes += size
            while self._bytes > self._bytes_max:
                self._remove(next(iter(self._entries)))

    def _remove(self, key: Key) -> None:
        entry = self._entries.pop(key, None)
        self._bytes -= _size_of(entry.blob) if entry else 0


def _size_of(blob: Blob) -> int:
    return _ENTRY_BYTES + len(blob.data)
