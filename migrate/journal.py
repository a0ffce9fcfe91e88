"""The journal of one source and one destination: what was begun, done and left out, in SQLite.

It survives `kill -9`: SQLite's write-ahead log takes back what was not committed. After a power cut the
last commits may be missing (`synchronous=NORMAL`); what was written without its mark is then found in the
store and compared, so a lost mark costs a comparison, never a file.
"""

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, Self

from migrate.kept import KEPT_SCHEMA, note_scope
from migrate.lock import locked
from migrate.outcomes import Cause
from migrate.reading import Fingerprint
from migrate.records import RECORD_COLUMNS, Pair, Record, Run, State, blob, record_of
from migrate.refusals import JournalRefused
from migrate.undo import UNDO_SCHEMA, UndoLog

SCHEMA_VERSION: Final = 2
_APPLICATION_ID: Final = 0x4B424A31  # "KBJ1": tells a journal from any other SQLite file
_COMMIT_SECONDS: Final = 0.5
_COMMIT_MARKS: Final = 500

_SCHEMA: Final = f"""
PRAGMA application_id = {_APPLICATION_ID};
PRAGMA user_version = {SCHEMA_VERSION};
CREATE TABLE pair (source TEXT NOT NULL, destination TEXT NOT NULL);
CREATE TABLE files (
    path BLOB PRIMARY KEY,  -- as the source's file system spells it
    state TEXT NOT NULL,
    size INTEGER NOT NULL DEFAULT 0,
    modified_ns INTEGER NOT NULL DEFAULT 0,
    inode INTEGER NOT NULL DEFAULT 0,
    sha256 BLOB,            -- of what was sent, or was about to be
    version TEXT,           -- that the service gave when it accepted our write
    cause TEXT,
    reason TEXT
) WITHOUT ROWID;
CREATE TABLE runs (
    number INTEGER PRIMARY KEY,
    began REAL NOT NULL,    -- seconds since 1970
    ended REAL,
    ending TEXT             -- complete, incomplete, interrupted, failed, rolling_back, rolled_back;
                            -- null: killed, or still running
);
{UNDO_SCHEMA}
"""
# States are part of the statements: to bind one costs as much as two numbers.
_INTEND: Final = f"""
INSERT INTO files (path, state, size, modified_ns, inode, sha256) VALUES (?, '{State.STARTED}', ?, ?, ?, ?)
    ON CONFLICT (path) DO UPDATE SET state = excluded.state, size = excluded.size, inode = excluded.inode,
    modified_ns = excluded.modified_ns, sha256 = excluded.sha256, cause = NULL, reason = NULL
"""  # noqa: S608 - our own words
_DONE: Final = f"""
REPLACE INTO files (path, state, size, modified_ns, inode, sha256, version)
    VALUES (?, '{State.DONE}', ?, ?, ?, ?, ?)
"""  # noqa: S608 - our own words


class Journal:
    """An open journal; made by `opened`, `seen` or `blank`. Belongs to one thread."""

    def __init__(self, connection: sqlite3.Connection, *, clock: Callable[[], float]) -> None:
        self.connection = connection
        self._clock = clock
        self._marks = 0
        self._done: list[tuple[object, ...]] = []
        self._committed = clock()
        self._run = 0

    @classmethod
    @contextmanager
    def opened(
        cls, file: Path, pair: Pair, *, clock: Callable[[], float] = time.time
    ) -> Iterator[Self]:
        """Give the journal in `file` for a run, made if it is missing; no second run can open it meanwhile.

        Raises:
            JournalRefused: another run uses it, or it is not a journal of this pair and version.
        """
        file.parent.mkdir(parents=True, exist_ok=True)
        with locked(file), _translated(file), closing(_connect(file, "rwc")) as connection:
            _prepare(connection, file, pair)
            journal = cls(connection, clock=clock)
            try:
                yield journal
            finally:
                journal.commit()

    @classmethod
    @contextmanager
    def seen(cls, file: Path, pair: Pair) -> Iterator[Self | None]:
        """Give the journal in `file` for looking only, also during a run; None if there is none.

        Raises:
            JournalRefused: it is not a journal of this pair and version.
        """
        if not file.exists():
            yield None
            return
        with _translated(file), closing(_connect(file, "ro")) as connection:
            if _is_empty(connection):
                yield None
                return
            _check(connection, file, pair)
            yield cls(connection, clock=time.time)

    @classmethod
    @contextmanager
    def blank(cls) -> Iterator[Self]:
        """Give an empty journal that is kept nowhere: for a plan before the first run."""
        with closing(_connect(None, "memory")) as connection:
            connection.executescript(_SCHEMA + KEPT_SCHEMA)
            yield cls(connection, clock=time.time)

    @property
    def run(self) -> int:
        """The number of the run that began; 0 where none has."""
        return self._run

    # What a run writes.

    def begin(self, *, ending: str | None = None) -> None:
        """Note that a run began; `ending` says how it ends if it never comes to note another."""
        cursor = self.connection.execute(
            "INSERT INTO runs (began, ending) VALUES (?, ?)", (self._clock(), ending)
        )
        self._run = cursor.lastrowid or 0
        self.commit()

    def keep_scope(self, scope: str) -> None:
        """Note what of the source the run is about to move (`Scope.text`)."""
        note_scope(self.connection, self._run, scope)
        self.commit()

    def end(self, ending: str) -> None:
        """Note how the run ended."""
        self.connection.execute(
            "UPDATE runs SET ended = ?, ending = ? WHERE number = ?",
            (self._clock(), ending, self._run),
        )
        self.commit()

    def intend(self, writes: Iterable[tuple[bytes, Fingerprint, bytes]]) -> None:
        """Note writes (path, fingerprint, SHA-256) that are about to begin, and commit.

        The version of an earlier write stays: a replacement that never reached the service is told by it.
        """
        self._write_done()
        rows = [
            (blob(path), f.size, f.modified_ns, f.inode, blob(sha256)) for path, f, sha256 in writes
        ]
        self.connection.executemany(_INTEND, rows)
        self.commit()

    def done(self, path: bytes, fingerprint: Fingerprint, sha256: bytes, version: str) -> None:
        """Note that the service holds this content of `path` as `version`."""
        f = fingerprint  # written together with others: a statement for each costs several times as much
        self._done.append((blob(path), f.size, f.modified_ns, f.inode, blob(sha256), version))
        self._count()

    def leave_out(self, path: bytes, size: int, cause: Cause, reason: str) -> None:
        """Note why `path` was not moved. What an earlier run wrote under it stays on record."""
        state = State.FAILED if cause is Cause.FAILED else State.LEFT_OUT
        self._mark(
            "INSERT INTO files (path, state, size, cause, reason) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (path) DO UPDATE SET state = excluded.state, cause = excluded.cause,"
            " reason = excluded.reason",
            (path, state, size, cause, reason),
        )

    def exclude(self, path: bytes, size: int, reason: str) -> None:
        """Note that a filter excludes `path`; what an earlier run did with it stays as it is."""
        self._mark(
            "INSERT INTO files (path, state, size, cause, reason) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (path) DO UPDATE SET state = excluded.state, cause = excluded.cause,"
            " reason = excluded.reason WHERE version IS NULL AND state <> ?",
            (path, State.LEFT_OUT, size, Cause.EXCLUDED, reason, State.STARTED),
        )

    def commit(self) -> None:
        """Make everything noted so far last."""
        self._write_done()
        if self.connection.in_transaction:
            self.connection.commit()
        self._marks = 0
        self._committed = self._clock()

    def _mark(self, statement: str, values: tuple[object, ...]) -> None:
        self._write_done()
        self.connection.execute(statement, values)
        self._count()

    def _write_done(self) -> None:
        if self._done:
            self.connection.executemany(_DONE, self._done)
            self._done.clear()

    def _count(self) -> None:
        self._marks += 1
        if self._marks >= _COMMIT_MARKS or self._clock() - self._committed >= _COMMIT_SECONDS:
            self.commit()

    # What everyone reads.

    def counts(self) -> dict[tuple[State, Cause | None], tuple[int, int]]:
        """Return for each state and cause how many files there are, and their bytes."""
        rows = self.connection.execute(
            "SELECT state, cause, count(*), sum(size) FROM files GROUP BY state, cause"
        )
        return {
            (State(state), Cause(cause) if cause else None): (count, size)
            for state, cause, count, size in rows
        }

    def not_moved(self) -> Iterator[Record]:
        """Yield the files that were left out or failed, by cause and path."""
        rows = self.connection.execute(
            f"SELECT {RECORD_COLUMNS} FROM files"  # noqa: S608 - a constant of ours
            " WHERE state IN (?, ?) ORDER BY cause, path",
            (State.LEFT_OUT, State.FAILED),
        )
        return map(record_of, rows)

    def fields(self) -> dict[str, Any]:
        """Return the counts and the last run for JSON; every state is there, also with 0."""
        states = dict.fromkeys(State, 0)
        causes: dict[str, int] = {}
        for (state, cause), (count, _) in self.counts().items():
            states[state] += count
            if cause:
                causes[cause.value] = causes.get(cause.value, 0) + count
        last = self.last_run()
        return {
            "states": {state.value: count for state, count in states.items()},
            "left_out": causes,
            "last_run": asdict(last) if last else None,
            "rollback": UndoLog(self).fields(),
        }

    def last_run(self) -> Run | None:
        """Return the latest run, or None if there was none."""
        row = self.connection.execute(
            "SELECT number, began, ended, ending FROM runs ORDER BY number DESC LIMIT 1"
        ).fetchone()
        return Run(*row) if row else None


def _connect(file: Path | None, mode: str) -> sqlite3.Connection:
    address = (
        "file:journal?mode=memory" if file is None else f"{file.absolute().as_uri()}?mode={mode}"
    )
    connection = sqlite3.connect(address, uri=True, timeout=30)
    # The scratch tables of a survey may be larger than memory should be.
    connection.execute("PRAGMA temp_store = FILE")
    return connection


def _prepare(connection: sqlite3.Connection, file: Path, pair: Pair) -> None:
    if _is_empty(connection):
        # One transaction: a kill leaves an empty file or a journal, nothing between.
        connection.executescript(f"BEGIN; {_SCHEMA}")
        connection.execute("INSERT INTO pair VALUES (?, ?)", (pair.source, pair.destination))
        connection.commit()
    # Before anything is set: another program's file is not touched.
    _check(connection, file, pair)
    connection.executescript(KEPT_SCHEMA)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")


def _is_empty(connection: sqlite3.Connection) -> bool:
    """Tell whether nothing was written yet: so a run leaves a journal that is killed as it makes one."""
    return bool(connection.execute("PRAGMA schema_version").fetchone()[0] == 0)


def _check(connection: sqlite3.Connection, file: Path, pair: Pair) -> None:
    identity = connection.execute("PRAGMA application_id").fetchone()[0]
    if identity != _APPLICATION_ID:
        raise JournalRefused(f"{file} is not a journal of kb migrate; name another with --journal.")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version != SCHEMA_VERSION:
        raise JournalRefused(
            f"The journal {file} has version {version}, this program reads version {SCHEMA_VERSION}; "
            "use the program that wrote it, or name another journal with --journal."
        )
    kept = Pair(*connection.execute("SELECT source, destination FROM pair").fetchone())
    if kept != pair:
        raise JournalRefused(
            f"The journal {file} is about {kept.source} → {kept.destination}, "
            f"not {pair.source} → {pair.destination}; name another with --journal."
        )


@contextmanager
def _translated(file: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise JournalRefused(f"The journal {file} cannot be used: {error}.") from error
    except sqlite3.DatabaseError as error:
        raise JournalRefused(
            f"The journal {file} is damaged or no journal: {error}. Without it nothing is lost: remove it, "
            "and the next run compares what the store holds with the source."
        ) from error
