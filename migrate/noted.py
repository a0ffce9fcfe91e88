"""A source whose properties are noted while it is read, for a destination that keeps none."""

import io
import json
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import IO, Final

from app.store.contract import ABSENT, BlobStore, IfVersion, Source, When
from app.store.errors import ConditionFailed, NotFound
from app.store.operations import exists, read_in_parts
from migrate.ahead import read_ahead
from migrate.journal import Journal
from migrate.manifest import MANIFEST, line_of, lines_of, properties_fields
from migrate.origin import Origin
from migrate.reading import Reading
from migrate.refusals import SourceChanged, SourceUnreadable
from migrate.walk import Entry

_ATTEMPTS_MAX: Final = 5
_PAGE: Final = 1000
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS properties (
    path BLOB PRIMARY KEY, sha256 BLOB NOT NULL, fields TEXT NOT NULL,  -- of that content, as JSON
    kept INTEGER NOT NULL DEFAULT 0                                     -- in the destination's manifest
) WITHOUT ROWID;
"""
# What was never written is not the destination's to describe.
_WRITTEN: Final = "path IN (SELECT path FROM files WHERE version IS NOT NULL)"
_NEW: Final = f"""
SELECT coalesce(names.key, properties.path), properties.path, sha256, fields
FROM properties LEFT JOIN names ON names.path = properties.path
WHERE NOT kept AND properties.{_WRITTEN}
"""  # noqa: S608 - our own words


@contextmanager
def noting(source: Origin, store: BlobStore, journal: Journal) -> Iterator[Origin]:
    """Give the source to read from; in the end, however the run ends, its properties lie in the destination.

    A destination that keeps properties itself needs nothing: the source is given as it is.

    Raises:
        StoreError: the manifest cannot be written; the next run writes it.
    """
    if store.capabilities.properties:
        yield source
        return
    noted = _Noted(source, journal)
    try:
        yield noted
    finally:
        noted.keep(store)


class _Noted:
    """An `Origin` around another: what is read is noted, with the commit that its write waits for."""

    def __init__(self, source: Origin, journal: Journal) -> None:
        self._source = source
        self._journal = journal
        journal.commit()
        journal.connection.executescript(_SCHEMA)
        self.name = source.name
        self.exact_size = source.exact_size
        self.walk = source.walk
        self.look_again = source.look_again
        self.ignore_file = source.ignore_file

    def read(self, entry: Entry, *, keep_going: Callable[[], None]) -> Reading:
        """See `Origin`."""
        return self._note(entry, self._source.read(entry, keep_going=keep_going))

    def read_many(
        self, entries: Iterable[Entry], *, keep_going: Callable[[], None]
    ) -> Iterator[Reading | SourceChanged | SourceUnreadable]:
        """See `Origin`."""
        pairs = ((entry, entry) for entry in entries)
        for entry, answer in read_ahead(self._source, pairs, keep_going=keep_going):
            yield self._note(entry, answer) if isinstance(answer, Reading) else answer

    def keep(self, store: BlobStore) -> None:
        """Add what is new to the destination's manifest."""
        self._journal.commit()
        connection = self._journal.connection
        if not exists(store, MANIFEST):
            connection.execute("UPDATE properties SET kept = 0")
        if connection.execute(f"{_NEW} LIMIT 1").fetchone() is not None:
            _write_merged(store, connection)
            connection.execute(f"UPDATE properties SET kept = 1 WHERE {_WRITTEN}")  # noqa: S608 - ours
        connection.commit()

    def _note(self, entry: Entry, reading: Reading) -> Reading:
        if reading.properties is not None:
            self._journal.connection.execute(
                "REPLACE INTO properties (path, sha256, fields) VALUES (?, ?, ?)",
                (
                    entry.path,
                    reading.sha256,
                    json.dumps(properties_fields(reading.properties)),
                ),
            )
        return reading


def _write_merged(store: BlobStore, connection: sqlite3.Connection) -> None:
    """Write the manifest anew: the lines that it has, and those that are new."""
    for attempt in range(1, _ATTEMPTS_MAX + 1):
        with tempfile.NamedTemporaryFile(prefix="kb-") as file:
            when = _merge(store, connection, file)
            try:
                store.write(MANIFEST, Source(file.tell(), partial(io.FileIO, file.name)), when=when)
            except ConditionFailed:
                # Another migration into the same folder came between; it has other keys.
                if attempt == _ATTEMPTS_MAX:
                    raise
            else:
                return


def _merge(store: BlobStore, connection: sqlite3.Connection, file: IO[bytes]) -> When:
    """Write all lines to `file`, sorted by key; return the condition under which they may be written."""
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS merged (key BLOB PRIMARY KEY, line BLOB)")
    connection.execute("DELETE FROM temp.merged")
    when: When = ABSENT
    try:
        head = read_in_parts(store, MANIFEST)
    except NotFound:
        pass
    else:
        when = IfVersion(head.info.version)
        lines = lines_of(head)
        while page := list(islice(lines, _PAGE)):
            rows = [(json.loads(line)["key"].encode(), line + b"\n") for line in page]
            connection.executemany("INSERT OR REPLACE INTO temp.merged VALUES (?, ?)", rows)
    for key, path, sha256, fields in connection.execute(_NEW):
        line = line_of(key.decode(), path.decode(), sha256, fields)
        connection.execute("INSERT OR REPLACE INTO temp.merged VALUES (?, ?)", (key, line))
    for (line,) in connection.execute("SELECT line FROM temp.merged ORDER BY key"):
        file.write(line)
    file.flush()
    return when
