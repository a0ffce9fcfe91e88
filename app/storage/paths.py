"""Paths as people and models write them, and the keys that they are."""

from app.store.errors import InvalidKey
from app.store.keys import RESERVED_PREFIX, Key, parse_key


def file_key(file_path: str) -> Key:
    """Return the key of a file.

    Raises:
        InvalidKey: it is no path of a file.
    """
    key = parse_key(file_path)
    if is_reserved(key):
        raise InvalidKey(
            f"{file_path!r} is not a path of a file: {RESERVED_PREFIX} is the system's own", key=key
        )
    return key


def is_reserved(key: Key) -> bool:
    """Return whether what lies there is the system's own: in any case, since a folder may not tell it."""
    return f"{key}/".casefold().startswith(RESERVED_PREFIX)


def prefix_of(directory: str) -> str:
    """Return what the keys below a directory start with; people and models write "", "." and "/" for all.

    Raises:
        InvalidKey: it is no path of a directory.
    """
    bare = directory.removeprefix("./").rstrip("/")
    return "" if bare in ("", ".") else f"{parse_key(bare)}/"
