"""What stood before each write, in the journal: what a rollback goes back to."""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from app.store.contract import Version
from app.store.keys import RESERVED_PREFIX, Key
from app.store.values import value
from migrate.records import State, blob

if TYPE_CHECKING:
    from migrate.journal import Journal

SAVED_PREFIX: Final = f"{RESERVED_PREFIX}saved/"
"""Where migrations save what they replace; each journal has a folder of its own below."""

UNDO_SCHEMA: Final = """
CREATE TABLE undo (
    key BLOB NOT NULL,     -- in the store, as UTF-8
    path BLOB NOT NULL,    -- in the source
    run INTEGER NOT NULL,
    sha256 BLOB NOT NULL,  -- of what the run wrote, or was about to
    former_version TEXT,   -- of what stood there before; null: nothing
    former_sha256 BLOB,
    saved TEXT,            -- the key under which that was saved
    PRIMARY KEY (key, run, sha256)
) WITHOUT ROWID;
CREATE INDEX undo_saved ON undo (saved) WHERE saved IS NOT NULL;
CREATE TABLE save_area (prefix TEXT NOT NULL);
-- What had been moved when the way back was last given up: a rollback goes back to that.
CREATE TABLE accepted (
    path BLOB PRIMARY KEY, size INTEGER, modified_ns INTEGER, inode INTEGER, sha256 BLOB
) WITHOUT ROWID;
"""

_PAGE: Final = 500
_CASES: Final = """
SELECT key, undo.path, run, undo.sha256, former_version, former_sha256, saved,
    listed.version, files.state, files.sha256, files.version
FROM undo
    LEFT JOIN temp.listed AS listed ON listed.path = undo.key
    LEFT JOIN files ON files.path = undo.path
WHERE key IN (SELECT DISTINCT key FROM undo WHERE key > ? ORDER BY key LIMIT ?)
ORDER BY key, run DESC
"""


@dataclass(frozen=True, slots=True)
class Former:
    """What stood under a key before a write: its version, its SHA-256, the key under which it was saved."""

    version: Version
    sha256: bytes
    saved: Key


@value(frozen=True, slots=True)
class Change:
    """A write that a run made or was about to make.

    Attributes:
        key: in the store.
        path: of the file in the source.
        run: which one.
        sha256: of what it writes.
        former: what stood there before; None where nothing did.
    """

    key: Key
    path: bytes
    run: int
    sha256: bytes
    former: Former | None


@dataclass(frozen=True, slots=True)
class Case:
    """One key of a rollback.

    Attributes:
        key: in the store.
        changes: of this key, the newest first.
        version: that the destination lists, or None.
        known: the SHA-256 of versions that need not be read to know it.
    """

    key: Key
    changes: tuple[Change, ...]
    version: Version | None
    known: dict[Version, bytes]


@dataclass(frozen=True, slots=True)
class Unwound:
    """Where the undoing of changes arrives.

    Attributes:
        passed: how many changes, from the newest on, are undone or had no effect.
        undone: the last change that is undone: what stood before it is to stand again. None: nothing is done.
        broken: before the oldest change, something is met that no run left.
    """

    passed: int
    undone: Change | None
    broken: bool


def unwind(changes: Iterable[Change], stands: bytes | None) -> Unwound:
    """Return how far changes can be undone.

    A blob is a run's own if its bytes are those that the run wrote, whatever its version: on S3 the same
    bytes written by another have the same ETag, and nothing of anybody's is lost that the source has not.

    Args:
        changes: of one key, the newest first.
        stands: the SHA-256 of what stands there now; None where nothing does.
    """
    passed, undone = 0, None
    for change in changes:
        former = change.former.sha256 if change.former else None
        if stands == change.sha256:
            undone, stands = change, former
        elif stands != former:
            return Unwound(passed, undone, broken=True)
        passed += 1
    return Unwound(passed, undone, broken=False)


class UndoLog:
    """The part of a journal that says what stood before.

    Args:
        journal: it.
    """

    def __init__(self, journal: "Journal") -> None:
        self._journal = journal
        self._connection = journal.connection

    @property
    def prefix(self) -> str | None:
        """Where this journal's runs save what they replace; None if nothing was ever to be saved."""
        row = self._connection.execute("SELECT prefix FROM save_area").fetchone()
        return str(row[0]) if row else None

    def make_prefix(self) -> str:
        """Return `prefix`, chosen and noted for good where there is none yet."""
        prefix = self.prefix
        if prefix is None:
            prefix = f"{SAVED_PREFIX}{uuid.uuid4().hex}/"
            self._connection.execute("INSERT INTO save_area VALUES (?)", (prefix,))
            self._journal.commit()
        return prefix

    def note(self, changes: Iterable[Change]) -> None:
        """Note writes that are about to begin; they last with the journal's next commit."""
        fresh, replacing = [], []
        for change in changes:
            row = (blob(change.key.encode()), blob(change.path), change.run, blob(change.sha256))
            former = change.former
            if former is None:
                fresh.append(row)
            else:
                replacing.append((*row, former.version, former.sha256, former.saved))
        # Nearly all: to bind three times nothing would cost a third more.
        self._connection.executemany(
            "INSERT OR REPLACE INTO undo (key, path, run, sha256) VALUES (?, ?, ?, ?)", fresh
        )
        self._connection.executemany(
            "INSERT OR REPLACE INTO undo VALUES (?, ?, ?, ?, ?, ?, ?)", replacing
        )

    def note_durably(self, changes: Iterable[Change]) -> None:
        """Note writes so that they, and all noted before, survive a power cut, too."""
        self._journal.commit()
        self._connection.execute("PRAGMA synchronous = FULL")
        self.note(changes)
        self._journal.commit()
        self._connection.execute("PRAGMA synchronous = NORMAL")

    def counts(self) -> tuple[int, int]:
        """Return how many keys a rollback is about, and under how many of them something was replaced."""
        row = self._connection.execute(
            "SELECT count(DISTINCT key), count(DISTINCT CASE WHEN saved IS NOT NULL THEN key END) FROM undo"
        ).fetchone()
        return int(row[0]), int(row[1])

    def fields(self) -> dict[str, Any]:
        """Return for JSON what a rollback would be about."""
        paths, replaced = self.counts()
        return {
            "possible": paths > 0,
            "files": paths,
            "replaced": replaced,
            "saved_in": self.prefix,
        }

    def cases(self) -> Iterator[Case]:
        """Yield every key with changes, in the order of their bytes; the listing must have been taken in."""
        last = b""
        # Page by page: no cursor stays open while the journal is written.
        while rows := self._connection.execute(_CASES, (last, _PAGE)).fetchall():
            for key, group in groupby(rows, key=lambda row: bytes(row[0])):
                yield _case(Key(key.decode()), list(group))
            last = rows[-1][0]

    def is_referred_to(self, saved: Key) -> bool:
        """Return whether a change goes back to what was saved under this key."""
        found = self._connection.execute("SELECT 1 FROM undo WHERE saved = ? LIMIT 1", (saved,))
        return found.fetchone() is not None

    def settle(self, case: Case, *, passed: int, stands: tuple[Version, bytes] | None) -> None:
        """Forget the newest changes, undone or without effect, and that the files were moved by them.

        Args:
            case: whose.
            passed: how many changes.
            stands: version and SHA-256 of what stood there before the runs, where it stands there again.
        """
        self._connection.executemany(
            "DELETE FROM undo WHERE key = ? AND run = ? AND sha256 = ?",
            [(case.key.encode(), change.run, change.sha256) for change in case.changes[:passed]],
        )
        self._connection.executemany(
            "DELETE FROM files WHERE path = ?", {(change.path,) for change in case.changes}
        )
        if stands:
            version, sha256 = stands
            self._connection.executemany(
                "INSERT INTO files (path, state, size, modified_ns, inode, sha256, version)"
                " SELECT path, ?, size, modified_ns, inode, sha256, ? FROM accepted"
                " WHERE path = ? AND sha256 = ?",
                {(State.DONE, version, change.path, sha256) for change in case.changes},
            )
        self._journal.commit()

    def settle_rest(self) -> None:
        """Forget all files but those that had been accepted: the next run begins afresh."""
        self._connection.execute("DELETE FROM files WHERE path NOT IN (SELECT path FROM accepted)")
        self._journal.commit()

    def forget(self) -> None:
        """Forget what stood before: what the store holds now is what a later rollback goes back to."""
        self._connection.execute("DELETE FROM undo")
        self._connection.execute("DELETE FROM accepted")
        self._connection.execute(
            "INSERT INTO accepted SELECT path, size, modified_ns, inode, sha256 FROM files"
            " WHERE version IS NOT NULL"
        )
        self._journal.commit()


def _case(key: Key, rows: list[tuple[Any, ...]]) -> Case:
    changes = tuple(
        Change(key, path, run, sha256, Former(version, former, Key(saved)) if saved else None)
        for _, path, run, sha256, version, former, saved, *_ in rows
    )
    known = {change.former.version: change.former.sha256 for change in changes if change.former}
    listed, state, sha256, version = rows[0][7:]
    # Of a file in another state the digest is that of what was to be written, the version an older one.
    if state == State.DONE and version is not None:
        known[version] = sha256
    return Case(key, changes, listed, known)
