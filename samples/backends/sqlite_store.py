"""A store in a SQLite file: the complete example of docs/guide/add-a-backend.md."""

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from app.store.backends.content import whole
from app.store.backends.names import Names
from app.store.backends.refusals import condition_failed, not_found, not_modified, refuse_lease
from app.store.backends.window import through_window
from app.store.contract import (
    ABSENT,
    ALWAYS,
    NO_PROPERTIES,
    Blob,
    BlobInfo,
    Capabilities,
    Content,
    IfVersion,
    Properties,
    Span,
    Upload,
    Version,
    When,
    WhenPresent,
    digest_of,
)
from app.store.errors import StoreError, StoreMissing, Unavailable
from app.store.keys import Key

# AUTOINCREMENT never gives a number twice: a version names one state for ever.
_TABLE = """CREATE TABLE IF NOT EXISTS blobs (version INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE, modified REAL NOT NULL, properties TEXT NOT NULL, data BLOB NOT NULL)"""
_PAGE_BLOBS_MAX = 500


class SQLiteStore:
    """The rows of `file` whose names start with `prefix`.

    Args:
        file: made by `create_file`.
        prefix: "" or the beginning of all names.

    Raises:
        StoreMissing: there is no such file.
    """

    def __init__(self, file: Path | str, *, prefix: str = "") -> None:
        self._file = Path(file).absolute()
        self._names = Names(prefix)
        self._lock = threading.Lock()
        if not self._file.is_file():
            raise StoreMissing(f"the file {self._file} does not exist")
        self._db = sqlite3.connect(
            self._file, timeout=30, isolation_level=None, check_same_thread=False
        )
        # With a WAL: a power cut may cost the last writes, never half of one.
        self._db.execute("PRAGMA synchronous = NORMAL")

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(conditional_writes=True)

    def read(self, key: Key, *, span: Span | None = None, unless: Version | None = None) -> Blob:
        with self._transaction() as db:
            info, data, properties = self._row(db, key)
        if info.version == unless:
            raise not_modified(key)
        kept = Properties(**json.loads(properties))
        return Blob(info, kept, data[span.start : span.start + span.length] if span else data)

    def read_many(self, keys: Iterable[Key]) -> Iterator[Blob | StoreError]:
        return through_window(self.read, keys, concurrency=4)

    def stat(self, key: Key) -> BlobInfo:
        return self.read(key).info

    def write(
        self,
        key: Key,
        content: Content,
        *,
        when: When = ALWAYS,
        properties: Properties = NO_PROPERTIES,
        lease: str | None = None,
    ) -> BlobInfo:
        refuse_lease(key, lease)
        data, kept = whole(key, content), json.dumps(asdict(properties))
        with self._transaction() as db:
            self._check(db, key, when)
            db.execute(
                "REPLACE INTO blobs (name, modified, properties, data) VALUES (?, ?, ?, ?)",
                (self._names.name(key), datetime.now(UTC).timestamp(), kept, data),
            )
            return self._row(db, key)[0]

    def write_many(self, uploads: Iterable[Upload]) -> Iterator[BlobInfo | StoreError]:
        return through_window(self._upload, uploads, concurrency=4)

    def delete(self, key: Key, *, when: WhenPresent = ALWAYS, lease: str | None = None) -> None:
        refuse_lease(key, lease)
        with self._transaction() as db:
            self._check(db, key, when)
            db.execute("DELETE FROM blobs WHERE name = ?", (self._names.name(key),))

    def scan(self, prefix: str = "", *, after: str | None = None) -> Iterator[BlobInfo]:
        start, last = self._names.name(prefix), self._names.name(after or "")
        while True:
            # Page by page: no lock is held while the caller looks at what was found.
            with self._transaction() as db:
                page = db.execute(
                    "SELECT name, version, modified, data FROM blobs WHERE name > ?"
                    " AND substr(name, 1, length(?)) = ? ORDER BY name LIMIT ?",
                    (last, start, start, _PAGE_BLOBS_MAX),
                ).fetchall()
            for name, *state in page:
                yield _info(Key(self._names.bare(name)), *state)
            if len(page) < _PAGE_BLOBS_MAX:
                return
            last = page[-1][0]

    def close(self) -> None:
        self._db.close()

    def _row(self, db: sqlite3.Connection, key: Key) -> tuple[BlobInfo, bytes, str]:
        query = "SELECT version, modified, data, properties FROM blobs WHERE name = ?"
        row = db.execute(query, (self._names.name(key),)).fetchone()
        if row is None:
            raise not_found(key)
        return _info(key, *row[:3]), row[2], row[3]

    def _check(self, db: sqlite3.Connection, key: Key, when: When) -> None:
        query = "SELECT version FROM blobs WHERE name = ?"
        row = db.execute(query, (self._names.name(key),)).fetchone()
        if (when is ABSENT and row) or (
            isinstance(when, IfVersion) and (row is None or str(row[0]) != when.version)
        ):
            raise condition_failed(key, when)

    def _upload(self, one: Upload) -> BlobInfo:
        return self.write(one.key, one.content, when=one.when, properties=one.properties)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            # IMMEDIATE: what is checked in here is still so when it is written.
            with self._lock, self._db:
                self._db.execute("BEGIN IMMEDIATE")
                yield self._db
        except sqlite3.OperationalError as error:
            raise Unavailable(f"{self._file}: {error}") from error


def create_file(file: Path | str) -> None:
    """Make the file that a store stands on, unless it exists: no method of a store does."""
    with closing(sqlite3.connect(file)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute(_TABLE)


def open_at(url: str) -> SQLiteStore:
    """Return the store that `sqlite:///folder/name.db/prefix` names; for `kb store conformance --open`."""
    file, _, prefix = url.removeprefix("sqlite://").partition(".db")
    return SQLiteStore(f"{file}.db", prefix=prefix.strip("/"))


def _info(key: Key, version: int, modified: float, data: bytes) -> BlobInfo:
    time = datetime.fromtimestamp(modified, UTC)
    return BlobInfo(key, len(data), str(version), time, digest_of(data, "md5"))
