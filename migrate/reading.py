"""Files of the source read so that a change meanwhile is noticed: look, read, look again."""

import hashlib
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, Final

from app.store.contract import Content, Digest, Properties, Source
from app.store.errors import ContentChanged
from app.store.values import value
from migrate.refusals import SourceChanged, SourceUnreadable

if TYPE_CHECKING:
    from migrate.walk import Entry, Folder

LARGE_BYTES_MIN: Final = 8 << 20
"""From this size on a file is read in parts where nothing is gained by holding it."""

WHOLE_BYTES_MAX: Final = 64 << 20
"""Up to this size a file that is sent is held whole, and so read once."""

_PART_BYTES: Final = 1 << 20


@value(frozen=True, slots=True)
class Fingerprint:
    """What a look at a file tells about its content: size in bytes, time of change, which file it is."""

    size: int
    modified_ns: int
    inode: int


@value(frozen=True, slots=True)
class Reading:
    """A file as it was while it was read.

    Attributes:
        content: its bytes, or for a large one a source that checks them again when they are sent.
        sha256: of the content.
        fingerprint: the file's, before and after.
        properties: what the source keeps beside the content; None where it keeps nothing.
    """

    content: Content
    sha256: bytes
    fingerprint: Fingerprint
    properties: Properties | None = None

    def has(self, digest: Digest) -> bool:
        """Tell whether the content has this digest. A large file is read again for an MD5 sum.

        Raises:
            ContentChanged: it changed since.
        """
        found = self.md5() if digest.algorithm == "md5" else self.sha256.hex()
        return found == digest.value

    def md5(self) -> str:
        """Return the content's MD5 in hexadecimal: for stores that list one."""
        digest = hashlib.md5(usedforsecurity=False)
        if isinstance(self.content, bytes):
            digest.update(self.content)
        else:
            with self.content.reopen() as stream:
                while part := stream.read(_PART_BYTES):
                    digest.update(part)
        return digest.hexdigest()


def fingerprint_of(entry: "Entry") -> Fingerprint:
    """Return what the walk saw of a file."""
    return Fingerprint(entry.size, entry.modified_ns, entry.inode)


def read(
    folder: "Folder",
    entry: "Entry",
    *,
    whole_bytes_max: int = LARGE_BYTES_MIN - 1,
    keep_going: Callable[[], None],
) -> Reading:
    """Return the file's content and digest.

    A file that is not held whole is read twice, now and when it is sent: its digest goes into the store's
    metadata, which every service wants before the first byte. What is sent is checked against it before it is
    complete.

    Args:
        folder: the source.
        entry: the file as the walk found it.
        whole_bytes_max: what is held whole.
        keep_going: called before each part of a large file; raises to end the run.

    Raises:
        SourceChanged: it changed while it was read, or another file took its place since the walk.
        SourceUnreadable: it cannot be read.
    """
    # Not with `opened`: for a small file a context of its own costs as much as the reading.
    descriptor = folder.open(entry.path)
    try:
        before = os.fstat(descriptor)
        if not _is_same(entry, before):
            raise SourceChanged("another file took its place")
        if before.st_size > whole_bytes_max:
            digest = hashlib.sha256()
            for part in _parts(folder, descriptor, before.st_size, keep_going):
                digest.update(part)
            sha256 = digest.digest()
            data = None
        else:
            data = _whole(folder, descriptor, before.st_size)
            sha256 = hashlib.sha256(data).digest()
        _refuse_change(before, os.fstat(descriptor))
    finally:
        os.close(descriptor)
    if data is None:
        content: Content = Source(
            before.st_size, lambda: _checked(folder, entry, sha256, keep_going)
        )
    else:
        content = data
    return Reading(content, sha256, Fingerprint(before.st_size, before.st_mtime_ns, before.st_ino))


def _is_same(entry: "Entry", state: os.stat_result) -> bool:
    # Also when a folder above was replaced by a link: what it leads to is another file.
    return (state.st_ino, state.st_dev) == (entry.inode, entry.device)


def _whole(folder: "Folder", descriptor: int, size: int) -> bytes:
    try:
        # One byte more than promised: a file that grew is noticed here, or by the look after this.
        data = folder.read_descriptor(descriptor, size + 1)
        while 0 < len(data) < size and (
            more := folder.read_descriptor(descriptor, size + 1 - len(data))
        ):
            data += more
    except OSError as error:
        raise SourceUnreadable((error.strerror or str(error)).lower()) from error
    if len(data) != size:
        raise SourceChanged("its size changed")
    return data


def _parts(
    folder: "Folder", descriptor: int, size: int, keep_going: Callable[[], None]
) -> Iterator[bytes]:
    left = size
    while True:
        keep_going()
        try:
            part = folder.read_descriptor(descriptor, _PART_BYTES)
        except OSError as error:
            raise SourceUnreadable((error.strerror or str(error)).lower()) from error
        left -= len(part)
        if left < 0 or (left and not part):
            raise SourceChanged("its size changed")
        if not part:
            return
        yield part


def _refuse_change(before: os.stat_result, after: os.stat_result) -> None:
    # The time of status change too: a tool that sets the time of change back cannot set this one.
    if (before.st_size, before.st_mtime_ns, before.st_ctime_ns) != (
        after.st_size,
        after.st_mtime_ns,
        after.st_ctime_ns,
    ):
        raise SourceChanged("it changed while it was read")


@contextmanager
def _checked(
    folder: "Folder",
    entry: "Entry",
    sha256: bytes,
    keep_going: Callable[[], None],
) -> Iterator[BinaryIO]:
    """Give a stream that ends with ContentChanged instead of its last bytes if they are not as first read."""
    try:
        with folder.opened(entry.path) as descriptor:
            state = os.fstat(descriptor)
            if not _is_same(entry, state):
                raise ContentChanged("another file took its place")
            raw = _CheckedStream(folder, descriptor, state.st_size, sha256, keep_going)
            with io.BufferedReader(raw, _PART_BYTES) as stream:
                yield stream
    except SourceUnreadable as error:
        raise ContentChanged(f"it could not be read again: {error}") from error


class _CheckedStream(io.RawIOBase):
    def __init__(
        self,
        folder: "Folder",
        descriptor: int,
        size: int,
        sha256: bytes,
        keep_going: Callable[[], None],
    ) -> None:
        self._read = folder.read_descriptor
        self._descriptor = descriptor
        self._left = size
        self._sha256 = sha256
        self._digest = hashlib.sha256()
        self._keep_going = keep_going

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed's is wider
        self._keep_going()
        part = self._read(self._descriptor, len(buffer))
        self._digest.update(part)
        self._left -= len(part)
        if self._left < 0 or (self._left and not part):
            raise ContentChanged("its size changed while it was sent")
        # Before the last bytes are handed over: a store commits when it has them all.
        if not self._left and self._digest.digest() != self._sha256:
            raise ContentChanged("it changed while it was sent")
        buffer[: len(part)] = part
        return len(part)
