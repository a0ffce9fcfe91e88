"""A store as the source of a migration: its blobs, each read as one version of it."""

import hashlib
import io
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import BinaryIO, Final

from app.store.contract import (
    Blob,
    BlobInfo,
    Content,
    Properties,
    ReadableStore,
    Source,
    Span,
    Version,
)
from app.store.errors import (
    AccessDenied,
    ContentChanged,
    NotFound,
    StoreError,
    StoreMissing,
    Unavailable,
)
from app.store.extras import OnBackend
from app.store.keys import RESERVED_PREFIX, Key
from app.store.layers.base import end
from app.store.layers.pointers import MAGIC
from app.store.operations import read_in_parts
from migrate.manifest import Manifest, manifest_of
from migrate.reading import LARGE_BYTES_MIN, Reading, fingerprint_of
from migrate.refusals import SourceChanged, SourceFailed, SourceUnreadable, Stopped
from migrate.walk import Entry, Kind

AHEAD_BYTES_MAX: Final = 32 << 20
"""How much is asked for and not yet handed over: what is written has as much on its way again."""

FAILURES_MAX: Final = 16
"""So many reads in a row that fail for want of an answer or of permission end a run."""


class StoreOrigin:
    """The blobs of a store as the source of a migration: an `Origin`.

    - A path is a key; in a folder that a backup was written to, the key that the backup's manifest gives.
    - The listing names each blob's version, and only that version is read: anything else is a change.
    - Small blobs are read several at once and ahead of what is asked for, large ones in spans.
    - What the store keeps beside the bytes comes along, but for the tier: that is the service's own word.
    - This program's records (`.kb/`) are not part of it. A `.kbignore` is a document like any other.

    Args:
        store: with the layers that its documents are read through.
        name: what it is called, without secrets.
    """

    def __init__(self, store: ReadableStore, name: str) -> None:
        self._store = store
        self._name = name
        self._manifest: Manifest | None = None
        self._failures = 0

    @property
    def name(self) -> str:
        """See `Origin`."""
        return self._name

    @property
    def exact_size(self) -> bool:
        """See `Origin`."""
        return self._store.capabilities.exact_size

    def walk(self) -> Iterator[Entry]:
        """See `Origin`: one listing, and one more for what lies there under names that are no keys."""
        try:
            if not self._store.capabilities.properties:
                self._manifest = manifest_of(self._store)
            for info in self._store.scan():
                if not info.key.startswith(RESERVED_PREFIX):
                    yield self._entry(info, self._path(info.key))
            yield from _strangers(self._store)
        except StoreError as error:
            raise self._failed(error) from error

    def look_again(self, path: bytes) -> Entry | None:
        """See `Origin`."""
        try:
            return self._entry(self._store.stat(self._key(path)), path)
        except NotFound:
            return None
        except StoreError as error:
            return Entry(path, Kind.UNREADABLE, str(error))

    def ignore_file(self, path: bytes, *, bytes_max: int) -> bytes | None:
        """See `Origin`: none means anything here."""
        return None

    def read(self, entry: Entry, *, keep_going: Callable[[], None]) -> Reading:
        """See `Origin`."""
        answer = next(self.read_many([entry], keep_going=keep_going))
        if isinstance(answer, Reading):
            return answer
        raise answer

    def read_many(
        self,
        entries: Iterable[Entry],
        *,
        whole_bytes_max: int = LARGE_BYTES_MIN - 1,
        keep_going: Callable[[], None],
    ) -> Iterator[Reading | SourceChanged | SourceUnreadable]:
        """See `Origin`."""
        queue = iter(entries)
        first = next(queue, None)
        while first is not None:
            if first.size >= LARGE_BYTES_MIN:
                yield self._large(first, whole=first.size <= whole_bytes_max, keep_going=keep_going)
                first = next(queue, None)
                continue
            ahead = _Ahead(first, queue)
            blobs = self._store.read_many(map(self._key, ahead))
            try:
                for blob in blobs:
                    keep_going()
                    yield self._answer(ahead.answered(), blob)
            finally:
                end(blobs)
            first = ahead.next

    def _answer(
        self, entry: Entry, blob: Blob | StoreError
    ) -> Reading | SourceChanged | SourceUnreadable:
        if isinstance(blob, StoreError):
            return self._no_answer(blob)
        self._failures = 0
        if _identity(blob.info.version) != entry.inode:
            return SourceChanged("it was written again since it was listed")
        if blob.data.startswith(MAGIC):
            return SourceUnreadable("its content is shared: set KB_DEDUPLICATE, as its writers did")
        return self._reading(entry, blob, blob.data, hashlib.sha256(blob.data).digest())

    def _large(
        self, entry: Entry, *, whole: bool, keep_going: Callable[[], None]
    ) -> Reading | SourceChanged | SourceUnreadable:
        """Read a blob in spans; one that is not held whole is read again when it is sent."""
        digest, size = hashlib.sha256(), 0
        held: list[bytes] = []
        try:
            head = read_in_parts(self._store, self._key(entry.path), part_bytes_max=LARGE_BYTES_MIN)
            if _identity(head.info.version) != entry.inode:
                return SourceChanged("it was written again since it was listed")
            while part := next(head.parts, b""):
                digest.update(part)
                size += len(part)
                if whole:
                    held.append(part)
                keep_going()
        except Stopped:
            raise
        except StoreError as error:
            return self._no_answer(error)
        self._failures = 0
        content: Content = b"".join(held)
        if not whole:
            content = Source(size, lambda: self._reopened(head.info, size, keep_going))
        return self._reading(entry, Blob(head.info, head.properties, b""), content, digest.digest())

    def _reading(self, entry: Entry, blob: Blob, content: Content, sha256: bytes) -> Reading:
        properties: Properties | None = None
        if self._store.capabilities.properties:
            properties = replace(blob.properties, tier=None)
        elif self._manifest is not None:
            properties = self._manifest.properties_of(blob.info.key, sha256)
        return Reading(content, sha256, fingerprint_of(entry), properties)

    def _no_answer(self, error: StoreError) -> SourceChanged | SourceUnreadable:
        if isinstance(error, StoreMissing):
            raise self._failed(error) from error
        if isinstance(error, NotFound | ContentChanged):
            return SourceChanged("it was written again or deleted since it was listed")
        if isinstance(error, Unavailable | AccessDenied):
            self._failures += 1
            if self._failures >= FAILURES_MAX:
                raise self._failed(error) from error
        return SourceUnreadable(str(error))

    def _failed(self, error: StoreError) -> SourceFailed:
        return SourceFailed(f"The source {self._name} failed: {error}.")

    @contextmanager
    def _reopened(
        self, info: BlobInfo, size: int, keep_going: Callable[[], None]
    ) -> Iterator[BinaryIO]:
        raw = _PinnedStream(self._store, info, size, keep_going)
        with io.BufferedReader(raw, LARGE_BYTES_MIN) as stream:
            yield stream

    def _entry(self, info: BlobInfo, path: bytes) -> Entry:
        modified_ns = round(info.modified.timestamp() * 1_000_000) * 1000
        if self._store.capabilities.properties:
            # Listings of services know parts of seconds that their other answers do not.
            modified_ns -= modified_ns % 1_000_000_000
        return Entry(path, Kind.FILE, "", info.size_stored, modified_ns, _identity(info.version))

    def _path(self, key: Key) -> bytes:
        return self._manifest.name_of(key) if self._manifest is not None else key.encode()

    def _key(self, path: bytes) -> Key:
        return self._manifest.key_of(path) if self._manifest is not None else Key(path.decode())


class _Ahead:
    """The paths of small blobs, up to the next large one, or until too many bytes are on their way.

    What waits behind a large blob, which is read alone, would not be bounded.

    Attributes:
        next: the entry that comes after these; None where none does.
    """

    def __init__(self, first: Entry, queue: Iterator[Entry]) -> None:
        self.next: Entry | None = first
        self._queue = queue
        self._asked: deque[Entry] = deque()
        self._size = 0

    def __iter__(self) -> Iterator[bytes]:
        while self.next is not None and self.next.size < LARGE_BYTES_MIN:
            if self._asked and self._size + self.next.size > AHEAD_BYTES_MAX:
                return
            entry, self.next = self.next, None
            self._asked.append(entry)
            self._size += entry.size
            yield entry.path
            self.next = next(self._queue, None)

    def answered(self) -> Entry:
        """Return the entry whose answer has come."""
        entry = self._asked.popleft()
        self._size -= entry.size
        return entry


class _PinnedStream(io.RawIOBase):
    """Reads one version of a blob, a span at a time; a change or a failure is ContentChanged."""

    def __init__(
        self, store: ReadableStore, info: BlobInfo, size: int, keep_going: Callable[[], None]
    ) -> None:
        super().__init__()
        self._store, self._info, self._size = store, info, size
        self._keep_going = keep_going
        self._start = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed's is wider
        self._keep_going()
        length = min(len(buffer), self._size - self._start)
        if not length:
            return 0
        key = self._info.key
        try:
            blob = self._store.read(key, span=Span(self._start, length))
        except StoreError as error:
            raise ContentChanged(f"it could not be read again: {error}", key=key) from error
        if blob.info.version != self._info.version or len(blob.data) != length:
            raise ContentChanged("it was written again while it was sent", key=key)
        buffer[:length] = blob.data
        self._start += length
        return length


def _identity(version: Version) -> int:
    """Return 63 bits of the digest of a version: what journals and plans have room for beside sizes."""
    return int.from_bytes(hashlib.sha256(version.encode()).digest()[:8], "big") >> 1


def _strangers(store: ReadableStore) -> Iterator[Entry]:
    """Yield what lies in a store under names that no store of ours could hold: nothing is left out unsaid."""
    backend = store.backend if isinstance(store, OnBackend) else store
    strangers = getattr(backend, "strangers", None)
    for stranger in strangers() if strangers is not None else ():
        path = stranger.name.encode("utf-8", "surrogateescape")
        if path.endswith(b"/"):
            # What consoles make so that a folder is seen.
            yield Entry(path, Kind.EMPTY_FOLDER, is_folder=True)
        elif not stranger.name.startswith(RESERVED_PREFIX):
            yield Entry(path, Kind.UNREADABLE, stranger.reason)
