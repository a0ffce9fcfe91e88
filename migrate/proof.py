"""What a verification finds and establishes, as values."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final


class Check(StrEnum):
    """How a verification compares.

    VERSION: the version that the service gave when it accepted an upload, with the one that it lists.
    DIGEST: contents, by the digest that the service lists where it lists one, else by reading.
    READ: contents, by reading every blob.
    """

    VERSION = "version"
    DIGEST = "digest"
    READ = "read"


class Found(StrEnum):
    """What verification can find about a path."""

    MISSING = "missing"
    DIFFERENT = "different"
    NOT_MOVED = "not_moved"
    SOURCE_CHANGED = "source_changed"
    UNPROVED = "unproved"
    EXTRA = "extra"
    REWRITTEN = "rewritten"
    SOURCE_GONE = "source_gone"


REMARKS: Final = frozenset({Found.EXTRA, Found.REWRITTEN, Found.SOURCE_GONE})
"""What is said, but is no difference between what was to arrive and what is there."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to say about one path."""

    path: bytes
    found: Found
    reason: str


@dataclass(slots=True)
class Proof:
    """What verification established.

    Attributes:
        proved: files whose content in the store is that of the source, or of what was moved.
        bytes_proved: theirs.
        found: how many findings of each kind.
        listed: keys that the one listing named.
        by_version: files that the listed version proved: the service gave it when it accepted the upload.
        by_digest: files that the listed digest proved.
        read: blobs that were read, because a listing could not decide or reading was asked for.
        excluded: entries of the source that a filter excludes: looked at on neither side.
        not_files: links, pipes and the like in the source, which have no content to prove.
        root_sha256: of the lines `<sha256>  <path>`, as sha256sum prints them, of all files proved, sorted by
            the bytes of their paths. Two people who have the same files have the same root.
        seconds: how long it took.
    """

    proved: int = 0
    bytes_proved: int = 0
    found: Counter[Found] = field(default_factory=Counter)
    listed: int = 0
    by_version: int = 0
    by_digest: int = 0
    read: int = 0
    not_files: int = 0
    excluded: int = 0
    root_sha256: str = ""
    seconds: float = 0.0

    @property
    def holds(self) -> bool:
        """Whether there is no difference."""
        return not any(count for found, count in self.found.items() if found not in REMARKS)

    def fields(self) -> dict[str, Any]:
        """Return the proof for JSON; every kind of finding is there, also with 0."""
        return {
            "holds": self.holds,
            "proved": self.proved,
            "bytes_proved": self.bytes_proved,
            "found": {found.value: self.found[found] for found in Found},
            "listed": self.listed,
            "by_version": self.by_version,
            "by_digest": self.by_digest,
            "read": self.read,
            "not_files": self.not_files,
            "excluded": self.excluded,
            "root_sha256": self.root_sha256,
            "seconds": round(self.seconds, 3),
        }
