"""Pointers: the small blobs that stand for shared content, and where that content lies."""

import re
from dataclasses import dataclass
from typing import Final

from app.store.errors import CorruptBlob
from app.store.keys import RESERVED_PREFIX, Key

CONTENT_PREFIX: Final = f"{RESERVED_PREFIX}content/"
POINTER_BYTES_MAX: Final = 512
"""No pointer is stored larger than this, also behind a layer that changes sizes a little."""

MAGIC: Final = b"kb-shared-content 1\n"
"""What every pointer begins with, and no blob that is stored as it is."""

_POINTER: Final = re.compile(
    re.escape(MAGIC) + rb"sha256 ([0-9a-f]{64})\nsize ([0-9]{1,19})\nepoch ([0-9]{1,9})\n"
)


@dataclass(frozen=True, slots=True)
class Pointer:
    """What stands under a blob's key where its content is shared.

    Attributes:
        sha256: of the content, in hexadecimal.
        size: of the content in bytes.
        epoch: the week in which the content was stored or found stored; see `epochs`.
    """

    sha256: str
    size: int
    epoch: int

    @property
    def content_key(self) -> Key:
        """Where the content lies."""
        return Key(f"{CONTENT_PREFIX}{self.epoch}/{self.sha256[:2]}/{self.sha256}")

    def encode(self) -> bytes:
        """Return the pointer as it is stored."""
        lines = f"sha256 {self.sha256}\nsize {self.size}\nepoch {self.epoch}\n"
        return MAGIC + lines.encode("ascii")


def parse_pointer(key: Key, data: bytes) -> Pointer | None:
    """Return the pointer that a whole blob is, None if it is none.

    Raises:
        CorruptBlob: it begins like one, and does not go on like one.
    """
    if not data.startswith(MAGIC):
        return None
    found = _POINTER.fullmatch(data)
    if found is None:
        raise CorruptBlob(f"{key} is a pointer to shared content, and not readable", key=key)
    sha256, size, epoch = (group.decode("ascii") for group in found.groups())
    return Pointer(sha256, int(size), int(epoch))


def parse_content_key(key: Key) -> tuple[int, str] | None:
    """Return the epoch and the SHA-256 that a key of shared content names, None for every other key."""
    found = re.fullmatch(
        re.escape(CONTENT_PREFIX) + r"([0-9]{1,9})/([0-9a-f]{2})/(\2[0-9a-f]{62})", key
    )
    return (int(found[1]), found[3]) if found else None


def is_content_key(key: str) -> bool:
    """Return whether a key lies where shared content does, which is no caller's."""
    # Whatever the case: on some file systems it is the same folder.
    return f"{key}/".casefold().startswith(CONTENT_PREFIX)


def may_be_pointer(key: str, size_stored: int) -> bool:
    """Return whether a blob of this name and size can be a pointer: the system's own records never are."""
    return not is_reserved(key) and size_stored <= POINTER_BYTES_MAX


def is_reserved(key: str) -> bool:
    """Return whether a key is one of the system's own records, which are stored as they are."""
    return f"{key}/".casefold().startswith(RESERVED_PREFIX)
