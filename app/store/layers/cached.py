"""A layer that answers reads from memory."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from itertools import islice
from typing import Final

from app.store.backends.refusals import not_modified
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
from app.store.errors import NotFound, NotModified, StoreError
from app.store.keys import Key
from app.store.layers.base import Layer, end
from app.store.layers.held import Entry, Held

CACHE_BYTES_MAX: Final = 64 << 20
_PAGE: Final = 128
"""How many keys `read_many` looks up at once; what is missing of them is read in the store's own window."""


class CachedStore(Layer):
    """Answers reads from memory while what it holds is young, and asks `has it changed?` when it is not.

    - Held are whole blobs that were read, the least recently used let go first. Spans are cut from them, and
      not held themselves. Listings and `stat` always ask the store, and what they show to be changed is let
      go. That something is missing is never held, nor any other error.
    - Younger than `age_seconds_max`: answered without a call, so a change by somebody else is seen that much
      later at most. Older: `read` sends the version held, and gets the bytes only if that is no longer the
      blob's; `read_many`, which cannot send one, reads again.
    - A write or delete through this layer, however it ends, lets the blob go: one that failed may have taken
      effect. What is read of it meanwhile is not held, nor is a read that began before.

    Args:
        inner: the store around which it stands.
        bytes_max: how much is held; each blob counts for its bytes and 1 KiB.
        age_seconds_max: how long a blob is answered without asking.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        inner: BlobStore,
        *,
        age_seconds_max: float,
        bytes_max: int = CACHE_BYTES_MAX,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(inner)
        self._clock = clock
        self._age_seconds_max = age_seconds_max
        self._held = Held(bytes_max)

    def read(self, key: Key, *, span: Span | None = None, unless: Version | None = None) -> Blob:
        """See the contract."""
        entry = self._held.get(key)
        if entry is None:
            return self._fetch(key, span, unless)
        if self._is_young(entry):
            return _answer(entry.blob, span, unless)
        asked = self._clock()
        try:
            blob = self._fetch(key, span, entry.blob.info.version)
        except NotModified:
            self._held.renew(entry, since=asked)
            return _answer(entry.blob, span, unless)
        if blob.info.version == unless:
            raise not_modified(key)
        return blob

    def read_many(self, keys: Iterable[Key]) -> Iterator[Blob | StoreError]:
        """See the contract."""
        rest = iter(keys)
        while page := list(islice(rest, _PAGE)):
            held = {key: self._held.get(key) for key in page}
            young = {key: each.blob for key, each in held.items() if each and self._is_young(each)}
            fetched = self._fetch_many([key for key in page if key not in young])
            for key in page:
                yield young[key] if key in young else next(fetched)

    def stat(self, key: Key) -> BlobInfo:
        """See the contract."""
        info = self.inner.stat(key)
        self._held.compare(info)
        return info

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
        with self._held.changing(key):
            return self.inner.write(key, content, when=when, properties=properties, lease=lease)

    def write_many(self, uploads: Iterable[Upload]) -> Iterator[BlobInfo | StoreError]:
        """See the contract."""
        changes: deque[ExitStack] = deque()

        def begun() -> Iterator[Upload]:
            for upload in uploads:
                changes.append(ExitStack())
                changes[-1].enter_context(self._held.changing(upload.key))
                yield upload

        answers = self.inner.write_many(begun())
        try:
            for answer in answers:
                changes.popleft().close()
                yield answer
        finally:
            end(answers)
            for change in changes:
                change.close()

    def delete(self, key: Key, *, when: WhenPresent = ALWAYS, lease: str | None = None) -> None:
        """See the contract."""
        with self._held.changing(key):
            self.inner.delete(key, when=when, lease=lease)

    def scan(self, prefix: str = "", *, after: str | None = None) -> Iterator[BlobInfo]:
        """See the contract."""
        for info in self.inner.scan(prefix, after=after):
            self._held.compare(info)
            yield info

    def _is_young(self, entry: Entry) -> bool:
        return self._clock() - entry.since < self._age_seconds_max

    def _fetch(self, key: Key, span: Span | None, unless: Version | None) -> Blob:
        asked = self._clock()
        with self._held.reading(key) as reading:
            try:
                blob = self.inner.read(key, span=span, unless=unless)
            except NotFound:
                self._held.forget(key)
                raise
            if span is None:
                self._held.keep(reading, blob, since=asked)
            else:
                self._held.compare(blob.info)
            return blob

    def _fetch_many(self, keys: list[Key]) -> Iterator[Blob | StoreError]:
        asked = self._clock()
        with ExitStack() as stack:
            readings = [stack.enter_context(self._held.reading(key)) for key in keys]
            answers = self.inner.read_many(keys)
            for reading, answer in zip(readings, answers, strict=True):
                if isinstance(answer, Blob):
                    self._held.keep(reading, answer, since=asked)
                elif isinstance(answer, NotFound):
                    self._held.forget(reading.key)
                yield answer


def _answer(blob: Blob, span: Span | None, unless: Version | None) -> Blob:
    if blob.info.version == unless:
        raise not_modified(blob.info.key)
    if span is None:
        return blob
    return replace(blob, data=blob.data[span.start : span.start + span.length])
