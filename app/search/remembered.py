"""Reads that are remembered: several searches in a row fetch each document once."""

from collections.abc import Iterable, Iterator
from threading import Lock
from typing import Final

from app.store.contract import Blob, BlobInfo, Capabilities, ReadableStore, Span, Version
from app.store.errors import StoreError
from app.store.keys import Key

REMEMBERED_BYTES_MAX: Final = 64 * 1024 * 1024


class RememberedReads:
    """A readable view of a store whose `read_many` fetches a document again only if it has changed.

    What `scan` has listed last decides: a document whose listed version is held is not fetched. So a search
    always sees what its own listing saw, at the price of one listing. Thread-safe: searches that run at once
    take turns at reading, and the second finds what the first has fetched.

    Args:
        store: where the documents are.
        bytes_max: how much is held; what does not fit is fetched each time.
    """

    def __init__(self, store: ReadableStore, *, bytes_max: int = REMEMBERED_BYTES_MAX) -> None:
        self._store = store
        self._bytes_max = bytes_max
        self._lock = Lock()
        self._listed: dict[str, Version] = {}
        self._held: dict[str, Blob] = {}
        self._bytes = 0

    @property
    def capabilities(self) -> Capabilities:
        """Those of the store."""
        return self._store.capabilities

    def scan(self, prefix: str = "", *, after: str | None = None) -> Iterator[BlobInfo]:
        """Yield what the store lists."""
        for info in self._store.scan(prefix, after=after):
            self._listed[info.key] = info.version
            yield info

    def read_many(self, keys: Iterable[Key]) -> Iterator[Blob | StoreError]:
        """Yield each document in the order asked, from memory where its listed version is held."""
        wanted = list(keys)
        with self._lock:
            held = {key: blob for key in wanted if (blob := self._holding(key))}
            fetched = self._store.read_many(key for key in wanted if key not in held)
            for key in wanted:
                blob = held.get(key) or next(fetched)
                if isinstance(blob, Blob):
                    self._keep(key, blob)
                yield blob

    def read(self, key: Key, *, span: Span | None = None, unless: Version | None = None) -> Blob:
        """Return what the store holds now."""
        return self._store.read(key, span=span, unless=unless)

    def stat(self, key: Key) -> BlobInfo:
        """Return what the store knows now."""
        return self._store.stat(key)

    def close(self) -> None:
        """Forget everything; the store stays open."""
        with self._lock:
            self._held.clear()
            self._bytes = 0

    def _holding(self, key: Key) -> Blob | None:
        blob = self._held.get(key)
        return blob if blob and blob.info.version == self._listed.get(key) else None

    def _keep(self, key: Key, blob: Blob) -> None:
        before = self._held.pop(key, None)
        self._bytes -= len(before.data) if before else 0
        if self._bytes + len(blob.data) <= self._bytes_max:
            self._held[key] = blob
            self._bytes += len(blob.data)
