"""What the operating system's errors mean for a store."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from app.store.backends.refusals import not_found
from app.store.errors import AccessDenied, InvalidKey, StoreError, Unavailable, Unsupported
from app.store.keys import Key

_NOTHING_THERE: Final = frozenset(
    {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENXIO, errno.ENAMETOOLONG, errno.EISDIR}
)
_IN_THE_WAY: Final = frozenset(
    {errno.ENOTDIR, errno.EEXIST, errno.ELOOP, errno.EISDIR, errno.ENOTEMPTY}
)
_FORBIDDEN: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


@contextmanager
def translated(key: Key, *, writing: bool = False) -> Iterator[None]:
    """Turn an OSError of the block into the StoreError that it means for `key`."""
    try:
        yield
    except OSError as error:
        raise _meaning(key, error, writing=writing) from error


def in_the_way(key: Key, what: str) -> InvalidKey:
    """Return the error for a key whose place is taken by something that is no blob."""
    return InvalidKey(f"{key} cannot be stored in this folder: {what}", key=key)


def _meaning(key: Key, error: OSError, *, writing: bool) -> StoreError:
    number = error.errno
    reason = os.strerror(number) if number else str(error)
    if number in _FORBIDDEN:
        return AccessDenied(f"{key or 'the folder'}: {reason}", key=key)
    if not writing and number in _NOTHING_THERE:
        return not_found(key)
    if number in _IN_THE_WAY:
        return in_the_way(key, "a file lies where it needs a folder, or a folder where it lies")
    if number == errno.ENAMETOOLONG:
        return in_the_way(key, "one of its segments is longer than 255 bytes")
    if number in (errno.EILSEQ, errno.EINVAL):
        return in_the_way(key, "the file system does not allow its name")
    if number == errno.EXDEV:
        return Unsupported(
            f"{key}: its folder is on another file system than the store's root, so no write can take its "
            "place in one step; open a store on that folder instead",
            key=key,
        )
    return Unavailable(f"{key or 'the folder'}: {reason}", key=key)
