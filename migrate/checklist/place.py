"""Where a checklist writes: a part of the store below the reserved prefix, removed afterwards."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Final

from app.store.contract import (
    ALWAYS,
    NO_PROPERTIES,
    Blob,
    BlobInfo,
    BlobStore,
    Content,
    Properties,
    Span,
    Upload,
    Version,
    When,
    WhenPresent,
)
from app.store.errors import AccessDenied, StoreError
from app.store.keys import RESERVED_PREFIX, Key
from app.store.layers.base import Layer, end

PREFIX: Final = f"{RESERVED_PREFIX}checklist/"


class Part(Layer):
    """The blobs whose keys start with `prefix`, as a store of their own. Closing it closes nothing.

    Layers that stand on it keep their own records in it, too: nothing of a trial lies elsewhere.

    Args:
        inner: the store that it is a part of.
        prefix: ends with a slash.
    """

    def __init__(self, inner: BlobStore, prefix: str) -> None:
        super().__init__(inner)
        self._prefix = prefix

    def read(self, key: Key, *, span: Span | None = None, unless: Version | None = None) -> Blob:
        """See the contract."""
        return self._here(self.inner.read(self._there(key), span=span, unless=unless))

    def read_many(self, keys: Iterable[Key]) -> Iterator[Blob | StoreError]:
        """See the contract."""
        answers = self.inner.read_many(map(self._there, keys))
        try:
            for answer in answers:
                yield self._here(answer) if isinstance(answer, Blob) else answer
        finally:
            end(answers)

    def stat(self, key: Key) -> BlobInfo:
        """See the contract."""
        return self._bare(self.inner.stat(self._there(key)))

    def write(
        self,
        key: Key,
        content: Content,
        *,
        when: When = ALWAYS,
        properties: Properties = NO_PROPERTIES,
        lease: str | None = None,
    ) -> BlobInfo:
        """See the contract."""
        there = self._there(key)
        return self._bare(
            self.inner.write(there, content, when=when, properties=properties, lease=lease)
        )

    def write_many(self, uploads: Iterable[Upload]) -> Iterator[BlobInfo | StoreError]:
        """See the contract."""
        answers = self.inner.write_many(
            replace(upload, key=self._there(upload.key)) for upload in uploads
        )
        try:
            for answer in answers:
                yield self._bare(answer) if isinstance(answer, BlobInfo) else answer
        finally:
            end(answers)

    def delete(self, key: Key, *, when: WhenPresent = ALWAYS, lease: str | None = None) -> None:
        """See the contract."""
        self.inner.delete(self._there(key), when=when, lease=lease)

    def scan(self, prefix: str = "", *, after: str | None = None) -> Iterator[BlobInfo]:
        """See the contract."""
        behind = None if after is None else self._prefix + after
        yield from map(self._bare, self.inner.scan(self._prefix + prefix, after=behind))

    def close(self) -> None:
        """Leave what it is a part of open."""

    def _there(self, key: Key) -> Key:
        return Key(self._prefix + key)

    def _bare(self, info: BlobInfo) -> BlobInfo:
        return replace(info, key=Key(info.key.removeprefix(self._prefix)))

    def _here(self, blob: Blob) -> Blob:
        return replace(blob, info=self._bare(blob.info))


def remove(stores: Iterable[BlobStore], prefix: str) -> int:
    """Remove all that lies below `prefix`; return how many blobs that were.

    Args:
        stores: the same store under several credentials: what the first may not delete the next one may.
        prefix: ends with a slash.

    Raises:
        StoreError: something stays; the last store's refusal.
    """
    refused: StoreError | None = None
    removed = 0
    for store in stores:
        refused = None
        for info in store.scan(prefix):
            try:
                store.delete(info.key)
                removed += 1
            except AccessDenied as error:
                refused = error
                break
        if refused is None:
            break
    if refused is not None:
        raise refused
    return removed


def ages(store: BlobStore) -> dict[str, datetime]:
    """Return the checklists that something lies of, and when each one last wrote."""
    found: dict[str, datetime] = {}
    with suppress(AccessDenied):
        for info in store.scan(PREFIX):
            name = info.key.removeprefix(PREFIX).partition("/")[0]
            found[name] = max(found.get(name, info.modified), info.modified)
    return found
