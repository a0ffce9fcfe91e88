"""What a journal holds, as values."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from app.store.values import value
from migrate.outcomes import Cause
from migrate.paths import path_fields
from migrate.reading import Fingerprint


class State(StrEnum):
    """The states of a file in the journal.

    A started file may or may not have reached the store: its write was about to begin.
    """

    PLANNED = "planned"
    STARTED = "started"
    DONE = "done"
    LEFT_OUT = "left_out"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Pair:
    """Which source a journal is about, and which destination; neither holds a secret."""

    source: str
    destination: str

    def fields(self) -> dict[str, Any]:
        """Return the pair for JSON."""
        return {"source": self.source, "destination": self.destination}


@value(frozen=True, slots=True)
class Record:
    """What the journal knows about one file.

    Attributes:
        path: below the source's root.
        state: how far it came.
        fingerprint: the file as it was read; zeros where it never was.
        sha256: of what was sent or was about to be, in bytes; None where nothing was.
        version: that the service gave for our last accepted write; None where there was none.
        cause, reason: why it was left out.
    """

    path: bytes
    state: State
    fingerprint: Fingerprint
    sha256: bytes | None
    version: str | None
    cause: Cause | None
    reason: str

    def fields(self) -> dict[str, Any]:
        """Return for JSON what is known of a file that was not moved."""
        cause = self.cause.value if self.cause else None
        return {
            **path_fields(self.path),
            "state": self.state.value,
            "cause": cause,
            "reason": self.reason,
        }


ROLLING_BACK: Final = "rolling_back"
ROLLED_BACK: Final = "rolled_back"
"""The endings of a rollback, which the journal keeps as a run."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run; times in seconds since 1970. `ending` is None where it was killed or is still running."""

    number: int
    began: float
    ended: float | None
    ending: str | None


blob: Final = bytearray
"""For values of many rows: bytes are looked up among sqlite3's adapters, each time; these are not."""

_STATES: Final = {state.value: state for state in State}
RECORD_COLUMNS: Final = "path, state, size, modified_ns, inode, sha256, version, cause, reason"


def record_of(row: tuple[object, ...]) -> Record:
    """Return the record in a row of RECORD_COLUMNS."""
    path, state, size, modified_ns, inode, sha256, version, cause, reason = row
    assert isinstance(path, bytes)  # noqa: S101 - the column's type, for mypy
    assert isinstance(size, int)  # noqa: S101 - the column's type, for mypy
    assert isinstance(modified_ns, int)  # noqa: S101 - the column's type, for mypy
    assert isinstance(inode, int)  # noqa: S101 - the column's type, for mypy
    assert sha256 is None or isinstance(sha256, bytes)  # noqa: S101 - the column's type, for mypy
    return Record(
        path,
        _STATES[str(state)],
        Fingerprint(size, modified_ns, inode),
        sha256,
        None if version is None else str(version),
        None if cause is None else Cause(str(cause)),
        str(reason or ""),
    )
