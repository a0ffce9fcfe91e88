"""Content on its way into a store, cut into parts and checked, and on its way out, checked too."""

import base64
import hashlib
from collections.abc import Iterator
from contextlib import ExitStack
from typing import BinaryIO, Final

from app.store.contract import Blob, Content, Source, digest_of
from app.store.errors import ContentChanged, CorruptBlob
from app.store.keys import Key

PART_BYTES: Final = 8 << 20
"""Services take content in parts of this size; S3 allows no smaller ones than 5 MiB."""

BYTES_AT_ONCE_MAX: Final = 64 << 20
"""Content in memory up to this size goes to a service in one request."""


def md5_base64(data: bytes) -> str:
    """Return the value of Content-MD5 (RFC 1864)."""
    return base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode("ascii")


def is_large(content: Content) -> bool:
    """Return whether content goes to a service in parts: sources sooner, so that memory stays bounded."""
    return size_of(content) > (PART_BYTES if isinstance(content, Source) else BYTES_AT_ONCE_MAX)


def size_of(content: Content) -> int:
    """Return how many bytes `content` has, or promises."""
    return content.size if isinstance(content, Source) else len(content)


def whole(key: Key, content: Content) -> bytes:
    """Return all bytes of `content`.

    Raises:
        ContentChanged: as `parts`.
    """
    if isinstance(content, bytes):
        return content
    return b"".join(parts(key, content, part_bytes_max=max(content.size, 1)))


def parts(key: Key, content: Content, *, part_bytes_max: int) -> Iterator[bytes]:
    """Yield `content` in parts of exactly `part_bytes_max` bytes, the last one shorter; none if empty.

    A part is yielded only when everything up to its end was there, and the last one only when nothing
    follows it: who commits after the last part has committed exactly `size` bytes.

    Raises:
        ContentChanged: a source gave fewer or more bytes than its size, or could not be read.
    """
    if isinstance(content, bytes):
        for start in range(0, len(content), part_bytes_max):
            yield content[start : start + part_bytes_max]
        return
    with ExitStack() as stack:
        stream = _opened(key, content, stack)
        left = content.size
        while left:
            part = _read_exactly(key, stream, min(left, part_bytes_max), content.size)
            left -= len(part)
            if not left:
                _refuse_more(key, stream, content.size)
            yield part
        if not content.size:
            _refuse_more(key, stream, 0)


def intact(blob: Blob) -> Blob:
    """Return a blob that was read whole, if its bytes agree with its digest or it has none.

    Raises:
        CorruptBlob: other bytes came than the service's checksum was taken of.
    """
    digest = blob.info.digest
    if digest and digest_of(blob.data, digest.algorithm) != digest:
        raise CorruptBlob(
            f"{blob.info.key}: the bytes that came are not those of their checksum (MD5 {digest.value}); "
            "they were damaged on the way, or as they lie there",
            key=blob.info.key,
        )
    return blob


def _opened(key: Key, source: Source, stack: ExitStack) -> BinaryIO:
    try:
        return stack.enter_context(source.reopen())
    except OSError as error:
        raise _unreadable(key, error) from error


def _read_exactly(key: Key, stream: BinaryIO, length: int, size: int) -> bytes:
    pieces: list[bytes] = []
    missing = length
    while missing:
        piece = _read(key, stream, missing)
        if not piece:
            raise ContentChanged(
                f"{key}: the content ended before its {size} bytes; it was cut while being read",
                key=key,
            )
        pieces.append(piece)
        missing -= len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _refuse_more(key: Key, stream: BinaryIO, size: int) -> None:
    if _read(key, stream, 1):
        raise ContentChanged(
            f"{key}: the content goes on after its {size} bytes; it grew while being read", key=key
        )


def _read(key: Key, stream: BinaryIO, length: int) -> bytes:
    try:
        return stream.read(length)
    except OSError as error:
        raise _unreadable(key, error) from error


def _unreadable(key: Key, error: OSError) -> ContentChanged:
    reason = error.strerror or str(error)
    return ContentChanged(f"{key}: the content could not be read: {reason}", key=key)
