"""Which names of a source a destination can hold: pure rules over one name at a time."""

import unicodedata
from typing import Final

from app.store.contract import Capabilities
from app.store.keys import RESERVED_PREFIX, broken_rule
from migrate.outcomes import Cause

_RESERVED: Final = RESERVED_PREFIX.encode()


def refuse_name(path: bytes, capabilities: Capabilities) -> tuple[Cause, str] | None:
    """Return why the destination cannot hold `path`, or None if it can.

    Returns:
        The cause and a phrase for a message.
    """
    try:
        text = path.decode("utf-8")
    except UnicodeDecodeError:
        return Cause.NAME, "the name is not valid UTF-8"
    broken = broken_rule(text)
    if broken:
        return Cause.NAME, broken
    if path.startswith(_RESERVED) or (
        not capabilities.exact_names and fold(text).startswith(RESERVED_PREFIX)
    ):
        return Cause.RESERVED, f"{RESERVED_PREFIX} is kept for this program's own records"
    longest = capabilities.segment_bytes_max
    if longest is not None and max(map(len, path.split(b"/"))) > longest:
        return Cause.NAME, f"a segment is longer than the {longest} bytes that this store can hold"
    return None


def fold(path: str) -> str:
    """Return what all spellings of a name have in common for a store without exact names."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", path).casefold())
