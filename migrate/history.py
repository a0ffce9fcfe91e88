"""How runs went over time, and what verifications proved: kept in the journal for its report."""

import json
import sqlite3
import time
from collections.abc import Callable
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any, Final

from migrate.journal import Journal
from migrate.kept import has_table
from migrate.summary import Summary

HISTORY_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS samples (
    run INTEGER NOT NULL,
    seconds REAL NOT NULL,   -- since files began to move
    files INTEGER NOT NULL,  -- sent and accepted so far
    bytes INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    PRIMARY KEY (run, seconds)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS endings (
    run INTEGER PRIMARY KEY, fields TEXT NOT NULL  -- the run's summary, as JSON
);
CREATE TABLE IF NOT EXISTS proofs (
    number INTEGER PRIMARY KEY,
    noted REAL NOT NULL,     -- seconds since 1970
    fields TEXT NOT NULL     -- the proof, as JSON
);
"""
"""Came later than the rest: made in a journal that has none."""

SAMPLE_SECONDS: Final = 0.5
_POINTS_MAX: Final = 240
_WAIT_SECONDS: Final = 2


@dataclass(frozen=True, slots=True)
class Sample:
    """How far a run was.

    Attributes:
        seconds: since files began to move.
        files: sent and accepted by then.
        size_bytes: theirs.
        refused: writes that the service had been too busy for.
    """

    seconds: float
    files: int
    size_bytes: int
    refused: int


class History:
    """Samples a run about twice a second, and keeps how it ended.

    Args:
        journal: of the run.
        summary: what is counted.
        refused: how many writes were refused so far.
        tell: told of each sample while files move.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        journal: Journal,
        summary: Summary,
        refused: Callable[[], int],
        *,
        tell: Callable[[Sample], None] = lambda sample: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._journal = journal
        self._summary = summary
        self._refused = refused
        self._tell = tell
        self._clock = clock
        self._began: float | None = None
        self._next = 0.0

    def begin(self) -> None:
        """Files begin to move."""
        self._journal.connection.executescript(HISTORY_SCHEMA)
        self._began = self._clock()
        self._tell(self._note())

    def look(self) -> None:
        """Take a sample if it is time for one; costs next to nothing if it is not."""
        if self._began is not None and self._clock() >= self._next:
            self._tell(self._note())

    def end(self) -> None:
        """Take the last sample, and keep the summary."""
        if self._began is None:
            return
        self._note()
        self._journal.connection.execute(
            "REPLACE INTO endings VALUES (?, ?)",
            (self._journal.run, json.dumps(self._summary.fields())),
        )

    def _note(self) -> Sample:
        assert self._began is not None  # noqa: S101 - all callers have asked, for mypy
        now, summary = self._clock(), self._summary
        self._next = now + SAMPLE_SECONDS
        sample = Sample(
            round(now - self._began, 3),
            summary.sent,
            summary.bytes_copied,
            self._refused(),
        )
        # It lasts with the next commit: a killed run lacks a second of its history at most.
        self._journal.connection.execute(
            "REPLACE INTO samples VALUES (?, ?, ?, ?, ?)", (self._journal.run, *astuple(sample))
        )
        return sample


def samples_of(connection: sqlite3.Connection, run: int) -> list[Sample]:
    """Return the samples of a run in order; of a long one every second, third, … and the last."""
    if not has_table(connection, "samples"):
        return []
    rows = [
        Sample(*row)
        for row in connection.execute(
            "SELECT seconds, files, bytes, refused FROM samples WHERE run = ? ORDER BY seconds",
            (run,),
        )
    ]
    if len(rows) > 2 and rows[-1].seconds - rows[-2].seconds < SAMPLE_SECONDS / 2:
        del rows[-2]  # the rate of so short a span would be chance
    step = -(-len(rows) // _POINTS_MAX) or 1
    return rows[::step] + (rows[-1:] if (len(rows) - 1) % step else [])


def ending_of(connection: sqlite3.Connection, run: int) -> dict[str, Any] | None:
    """Return the summary of a run as JSON says it; None where it was killed or is older than this table."""
    if not has_table(connection, "endings"):
        return None
    row = connection.execute("SELECT fields FROM endings WHERE run = ?", (run,)).fetchone()
    return json.loads(row[0]) if row else None


@dataclass(frozen=True, slots=True)
class KeptProof:
    """A verification that came to its end.

    Attributes:
        noted: when, in seconds since 1970.
        fields: check and proof, as `kb migrate verify --json` says them.
    """

    noted: float
    fields: dict[str, Any]


def keep_proof(file: Path, fields: dict[str, Any], *, now: float) -> bool:
    """Keep a proof in the journal in `file`; tell whether it could be: not while a run writes."""
    try:
        connection = sqlite3.connect(
            f"{file.absolute().as_uri()}?mode=rw", uri=True, timeout=_WAIT_SECONDS
        )
    except sqlite3.Error:
        return False
    try:
        connection.executescript(HISTORY_SCHEMA)
        connection.execute(
            "INSERT INTO proofs (noted, fields) VALUES (?, ?)", (now, json.dumps(fields))
        )
        connection.commit()
    except sqlite3.Error:
        return False
    finally:
        connection.close()
    return True


def last_proof(connection: sqlite3.Connection) -> KeptProof | None:
    """Return the latest proof that was kept."""
    if not has_table(connection, "proofs"):
        return None
    row = connection.execute(
        "SELECT noted, fields FROM proofs ORDER BY number DESC LIMIT 1"
    ).fetchone()
    return KeptProof(row[0], json.loads(row[1])) if row else None
