"""Reads that are remembered: several searches in a row fetch each document once."""

from collections.abc import Iterable, Iterator
from threading import Lock
from typing import Final

from app.store.contract import Blob, BlobInfo, Capabilities, ReadableStore, Span, Version
from app.store.errors import StoreError
from app.store.keys import Key

REMEMBERED_BYTES_MAX: Final = 64 * 1024 * 1024


class Memory:
    """Documents that were fetched, each in one version; what searches share.

    Args:
        bytes_max: how much is held; what does not fit is fetched each time.
    """

    def __init__(self, *, bytes_max: int = REMEMBERED_BYTES_MAX) -> None:
        self.lock = Lock()
        self._bytes_max = bytes_max
        self._held: dict[str, Blob] = {}
        self._bytes = 0

    def get(self, key: Key, version: Version | None) -> Blob | None:
        """Return the document if it is held in this version."""
        blob = self._held.get(key)
        return blob if blob and blob.info.version == version else None

    def put(self, key: Key, blob: Blob) -> None:
        """Hold a document in place of its other versions, if there is room."""
        before = self._held.pop(key, None)
        self._bytes -= len(before.data) if before else 0
        if self._bytes + len(blob.data) <= self._bytes_max:
            self._held[key] = blob
            self._bytes += len(blob.data)


class RememberedReads:
    """A readable view of a store for one search: what its listing shows unchanged is not fetched again.

    So a search sees what its own listing saw, at the price of that listing. Searches that share a memory and
    run at once take turns at reading: the second finds what the first has fetched.

    Args:
        store: where the documents are.
        memory: what earlier searches have fetched.
    """

    def __init__(self, store: ReadableStore, memory: Memory) -> None:
        self._store = store
        self._memory = memory
        self._listed: dict[str, Version] = {}

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
        with self._memory.lock:
            held = {
                key: blob
                for key in wanted
                if (blob := self._memory.get(key, self._listed.get(key)))
            }
            fetched = self._store.read_many(key for key in wanted if key not in held)
            for key in wanted:
                answer: Blob | StoreError = held[key] if key in held else next(fetched)
                if isinstance(answer, Blob) and key not in held:
                    self._memory.put(key, answer)
                yield answer

    def read(self, key: Key, *, span: Span | None = None, unless: Version | None = None) -> Blob:
        """Return what the store holds now."""
        return self._store.read(key, span=span, unless=unless)

    def stat(self, key: Key) -> BlobInfo:
        """Return what the store knows now."""
        return self._store.stat(key)

    def close(self) -> None:
        """Leave the store open: it is another's."""
