"""Content that is to be shared: named by its digest, and sent only while it still has that."""

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from app.store.backends.content import PART_BYTES, parts, size_of, whole
from app.store.contract import Content, Properties, Source, Upload, When
from app.store.keys import Key
from app.store.layers.base import end
from app.store.layers.pointers import MAGIC


@dataclass(frozen=True, slots=True)
class Shared:
    """An upload whose content is to be shared.

    Attributes:
        key: of the blob.
        content: sources check themselves: one that gives other bytes than were hashed cannot be read.
        sha256, size: of the content.
        when, properties: of the blob.
    """

    key: Key
    content: Content
    sha256: str
    size: int
    when: When
    properties: Properties


def shared_or_inline(upload: Upload, *, bytes_min: int) -> Shared | Upload:
    """Return `upload` as shared content, or as what is stored under its own key.

    A blob with a tier of its own is not shared: others would pay for it, or wait for it. Content that looks
    like a pointer is shared whatever its size, or it would be taken for one.

    Raises:
        ContentChanged: a source has another size, or cannot be read.
    """
    content = upload.content
    if isinstance(content, Source) and content.size <= PART_BYTES:
        content = whole(upload.key, content)
    too_small = size_of(content) < bytes_min or upload.properties.tier is not None
    if too_small and not _looks_like_pointer(upload.key, content):
        return Upload(upload.key, content, upload.when, upload.properties)
    checksum = hashlib.sha256()
    for part in parts(upload.key, content, part_bytes_max=PART_BYTES):
        checksum.update(part)
    sha256 = checksum.hexdigest()
    if isinstance(content, Source):
        content = _unchanged(content, sha256)
    return Shared(upload.key, content, sha256, size_of(content), upload.when, upload.properties)


def _looks_like_pointer(key: Key, content: Content) -> bool:
    if isinstance(content, bytes):
        return content.startswith(MAGIC)
    beginning = parts(key, content, part_bytes_max=len(MAGIC))
    try:
        return next(beginning, b"") == MAGIC
    finally:
        end(beginning)


def _unchanged(source: Source, sha256: str) -> Source:
    """Return a source that breaks off where its bytes are not those that were hashed."""

    @contextmanager
    def reopen() -> Iterator[BinaryIO]:
        with source.reopen() as stream:
            yield cast(BinaryIO, _Checked(stream, source.size, sha256))

    return Source(source.size, reopen)


class _Checked(io.RawIOBase):
    """Gives the last byte only if all of them have the digest: who stores all has stored what was hashed."""

    def __init__(self, stream: BinaryIO, size: int, sha256: str) -> None:
        self._stream = stream
        self._left = size
        self._sha256 = sha256
        self._checksum = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        self._checksum.update(data)
        self._left -= len(data)
        if data and self._left == 0 and self._checksum.hexdigest() != self._sha256:
            raise OSError("its bytes changed between two readings")
        return len(data)
