"""What both sides and the journal know about one path, before anything is read."""

from dataclasses import dataclass
from typing import NamedTuple

from app.store.contract import Digest, Version
from app.store.values import value
from migrate.outcomes import Cause
from migrate.records import Record
from migrate.walk import Entry


@value(frozen=True, slots=True)
class Listed:
    """What the destination's listing says about one key: size in bytes as stored, version, digest if any."""

    size: int
    version: Version
    digest: Digest | None


@value(frozen=True, slots=True)
class Sight:
    """Everything known about one path before anything is read.

    Attributes:
        path: below the source's root.
        key: under which the destination has it or would have it: the path, unless names are mapped.
        entry: what the source has there, or None.
        refusal: why an entry is not moved: a filter, or a name that the destination cannot hold; or None.
        listed: what the destination has there, or None.
        record: what the journal knows, or None.
    """

    path: bytes
    key: bytes
    entry: Entry | None
    refusal: tuple[Cause, str] | None
    listed: Listed | None
    record: Record | None

    @property
    def is_excluded(self) -> bool:
        """Whether a filter excludes the entry: what the store holds under its name is nobody's business."""
        return self.refusal is not None and self.refusal[0] is Cause.EXCLUDED


class Settled(NamedTuple):
    """A file that both sides and the journal agree on: in the store is, unchanged, what was moved.

    A tuple: there are as many as files, and it takes a tenth of a dataclass's time to make.
    """

    path: bytes
    size: int
    sha256: bytes


@dataclass(frozen=True, slots=True)
class Extent:
    """How much there is: entries of the source that get an outcome, files among them to move, their bytes."""

    entries: int
    files: int
    size: int
    empty_folders: int
    listed: int
