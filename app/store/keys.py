"""Keys: the only place that decides which names exist."""

import re
import unicodedata
from typing import Final, NewType

from app.store.errors import InvalidKey

Key = NewType("Key", str)
"""A valid name of a blob; made only by `parse_key`."""

KEY_BYTES_MAX: Final = 1024
"""The smallest limit of the three clouds: S3 and GCS allow 1,024 bytes of UTF-8, Azure 1,024 characters."""

SEGMENTS_MAX: Final = 254
"""Azure allows 254 path segments in a blob's name (Naming and Referencing Containers, Blobs)."""

RESERVED_PREFIX: Final = ".kb/"
"""Where our own records live inside a store: never listed as documents, never expired, never migrated."""

PROBE_PREFIX: Final = f"{RESERVED_PREFIX}probe/"
"""Where probes write; whoever finds something old there may delete it."""

# Control, line and paragraph separators, noncharacters: what breaks listings (XML) or terminals.
# `str.isprintable` would also refuse private-use and unassigned characters and the no-break space.
_CONTROL: Final = re.compile(
    "[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\ufdd0-\\ufdef"
    + "".join(f"\\U{plane:04x}fffe\\U{plane:04x}ffff" for plane in range(17))
    + "]"
)


def parse_key(raw: str) -> Key:
    """Return `raw` as a Key.

    Raises:
        InvalidKey: saying which rule is broken. Every store holds every key that passes, but for what its
            `capabilities` say.
    """
    broken = broken_rule(raw)
    if broken:
        raise InvalidKey(f"{raw!r} is not a valid path: {broken}", key=raw)
    return Key(raw)


def folded(key: Key) -> str:
    """Return what all names have in common that a store without `exact_names` may take for one."""
    return unicodedata.normalize("NFC", key).casefold()


def broken_rule(raw: str) -> str | None:
    """Return the first rule that `raw` breaks, as a phrase for a message, or None if it is a valid key."""
    if not raw:
        return "it is empty"
    try:
        encoded = raw.encode("utf-8")
    except UnicodeEncodeError:
        return "it is not valid Unicode"
    if len(encoded) > KEY_BYTES_MAX:
        return f"it is longer than {KEY_BYTES_MAX} bytes"
    if _is_plain(raw):
        return None
    if "\\" in raw:
        return "it has a backslash, which some services turn into a slash"
    if _CONTROL.search(raw):
        return "it has a control character"
    segments = raw.split("/")
    if len(segments) > SEGMENTS_MAX:
        return f"it has more than {SEGMENTS_MAX} segments"
    if any(segment in ("", ".", "..") for segment in segments):
        return "it has an empty, '.' or '..' segment"
    if any(segment.endswith(".") for segment in segments):
        # Azure: "avoid blob names that end with a dot" in any segment: clients strip it, names then collide.
        return "a segment ends with a dot"
    return None


def _is_plain(raw: str) -> bool:
    """Tell at a glance that nothing is wrong with most keys: listings ask about each of theirs.

    No control character is printable.
    """
    return (
        raw.isprintable()
        and raw[0] != "/"
        and raw[-1] not in "/."
        and "//" not in raw
        and "./" not in raw
        and "\\" not in raw
        and raw.count("/") < SEGMENTS_MAX
    )
