"""Looking at a blob, and reading one that may be larger than memory."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from app.store.contract import BlobInfo, Properties, ReadableStore, Source, Span, Version
from app.store.errors import ContentChanged, NotFound
from app.store.keys import Key

PART_BYTES: Final = 8 << 20


@dataclass(frozen=True, slots=True)
class Parts:
    """One state of a blob, part by part.

    Attributes:
        info: the state that all parts belong to.
        properties: the blob's.
        parts: its bytes in order, read when they are asked for; none for an empty blob. Raises ContentChanged
            where another state has taken the place of this one.
    """

    info: BlobInfo
    properties: Properties
    parts: Iterator[bytes]


def exists(store: ReadableStore, key: Key) -> bool:
    """Return whether a blob is stored under `key`.

    Raises:
        StoreError: the store could not tell; only NotFound means no.
    """
    try:
        store.stat(key)
    except NotFound:
        return False
    return True


def read_in_parts(store: ReadableStore, key: Key, *, part_bytes_max: int = PART_BYTES) -> Parts:
    """Return the present state of a blob as parts of `part_bytes_max` bytes, the last one shorter.

    The first part is read at once, so a small blob costs one call. Parts of two states never mix.

    Raises:
        NotFound: no blob is stored under `key`.
    """
    first = store.read(key, span=Span(0, part_bytes_max))

    def parts() -> Iterator[bytes]:
        part, start = first.data, 0
        while part:
            yield part
            start += len(part)
            # Where the stored size is not the content's, the end is known by a part that is short.
            if len(part) < part_bytes_max or _ends_at(store, first.info, start):
                return
            part = _pinned(store, first.info, Span(start, part_bytes_max))

    return Parts(first.info, first.properties, parts())


def source_of(store: ReadableStore, info: BlobInfo, *, part_bytes_max: int = PART_BYTES) -> Source:
    """Return one state of a blob as content for a write: read in spans, never whole in memory.

    Reading raises ContentChanged where another state has taken the place of this one, and the write that
    reads it writes nothing. Where `size_stored` is not the content's size, the blob is read once to measure
    it.

    Args:
        store: where the blob is.
        info: the state; from `stat`, `read` or `read_in_parts`.
        part_bytes_max: how much is read in one call.

    Raises:
        ContentChanged: the blob no longer has this state; only where it has to be measured.
    """
    size = info.size_stored
    if not store.capabilities.exact_size:
        size = _measured(store, info, part_bytes_max)

    def reopen() -> io.BufferedReader:
        # The buffer asks for what its reader wants, however little; a span per 8 KiB would be a call each.
        return io.BufferedReader(_PinnedReader(store, info, size), buffer_size=part_bytes_max)

    return Source(size, reopen)


class _PinnedReader(io.RawIOBase):
    """Reads one state of a blob, a span at a time."""

    def __init__(self, store: ReadableStore, info: BlobInfo, size: int) -> None:
        super().__init__()
        self._store, self._info, self._size = store, info, size
        self._start = 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer` with the bytes that follow; 0 at the end."""
        view = memoryview(buffer).cast("B")
        length = min(len(view), self._size - self._start)
        if length <= 0:
            return 0
        data = _pinned(self._store, self._info, Span(self._start, length))
        view[: len(data)] = data
        self._start += len(data)
        return len(data)


def _pinned(store: ReadableStore, info: BlobInfo, span: Span) -> bytes:
    try:
        blob = store.read(info.key, span=span)
    except NotFound as error:
        raise _changed(info.key, info.version) from error
    if blob.info.version != info.version:
        raise _changed(info.key, info.version)
    return blob.data


def _changed(key: Key, version: Version) -> ContentChanged:
    return ContentChanged(
        f"{key} was changed while it was read; it had the version {version}", key=key
    )


def _ends_at(store: ReadableStore, info: BlobInfo, end: int) -> bool:
    return store.capabilities.exact_size and end >= info.size_stored


def _measured(store: ReadableStore, info: BlobInfo, part_bytes_max: int) -> int:
    size = 0
    while True:
        length = len(_pinned(store, info, Span(size, part_bytes_max)))
        size += length
        if length < part_bytes_max:
            return size
