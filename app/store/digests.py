"""Digests of small content, taken without letting other threads run meanwhile."""

import hashlib
from typing import Final

# hashlib lets other threads run during every update of more bytes than this; on threads that compete for the
# interpreter the two switches cost several times as much as the sum of a small file.
_HELD_BYTES_MAX: Final = 2047
_SMALL_BYTES_MAX: Final = 8 * _HELD_BYTES_MAX


def sha256_of(data: bytes) -> bytes:
    """Return the SHA-256 of `data`."""
    return _updated(hashlib.sha256(), data).digest()


def md5_text_of(data: bytes) -> str:
    """Return the MD5 of `data` in hexadecimal."""
    return _updated(hashlib.md5(usedforsecurity=False), data).hexdigest()


def _updated(digest: "hashlib._Hash", data: bytes) -> "hashlib._Hash":
    if len(data) > _SMALL_BYTES_MAX:
        digest.update(data)
        return digest
    view = memoryview(data)
    for start in range(0, len(data), _HELD_BYTES_MAX):
        digest.update(view[start : start + _HELD_BYTES_MAX])
    return digest
