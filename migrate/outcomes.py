"""What can become of an entry of the source, in the words that screens, JSON and the journal share."""

from enum import StrEnum
from typing import Final

from app.store.values import value


class Result(StrEnum):
    """How an entry ended."""

    COPIED = "copied"
    REPLACED = "replaced"
    ALREADY_THERE = "already_there"
    LEFT_OUT = "left_out"
    EXCLUDED = "excluded"


class Cause(StrEnum):
    """Why an entry was left out."""

    LINK = "link"
    SPECIAL = "special"
    UNREADABLE = "unreadable"
    NAME = "name"
    RESERVED = "reserved"
    TWIN = "twin"
    PROPERTIES = "properties"
    CONFLICT = "conflict"
    CHANGED = "changed"
    GONE = "gone"
    FAILED = "failed"
    EXCLUDED = "excluded"


EXPLAINED: Final = {
    Cause.LINK: "symbolic links: never followed; move what they point to under its own name",
    Cause.SPECIAL: "pipes, sockets or devices: they have no content to move",
    Cause.UNREADABLE: "could not be read",
    Cause.NAME: "names that the store cannot hold: rename them and run again",
    Cause.RESERVED: "names kept for this program's own records",
    Cause.TWIN: "names that this store takes for one another: rename them and run again",
    Cause.PROPERTIES: "have metadata that the store would refuse or change: a folder keeps them all",
    Cause.CONFLICT: "other content lies in the store under this name: not touched; --replace replaces it",
    Cause.CHANGED: "changed while being read, each time: run again when they are quiet",
    Cause.GONE: "vanished while the migration ran",
    Cause.FAILED: "failed: run again",
    Cause.EXCLUDED: "not to be moved, by a filter or a .kbignore",
}
"""What a person is told about all entries with one cause."""


@value(frozen=True, slots=True)
class Outcome:
    """What became of one entry.

    Attributes:
        path: below the source's root.
        result: how it ended.
        size: bytes of the file.
        cause: why it was left out, else None; None also for what a filter excludes.
        reason: the cause of this one entry as a phrase; "" where nothing is to be said.
    """

    path: bytes
    result: Result
    size: int = 0
    cause: Cause | None = None
    reason: str = ""
