"""What a source keeps beside its bytes, on its way into a destination that may keep none."""

import io
import json
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import IO, Final

from app.store.contract import ABSENT, BlobStore, IfVersion, Source, When
from app.store.errors import ConditionFailed, NotFound
from app.store.operations import exists, read_in_parts
from migrate.ahead import Around
from migrate.journal import Journal
from migrate.manifest import MANIFEST, line_of, lines_of, properties_fields
from migrate.origin import Origin
from migrate.portable import Checked
from migrate.reading import Reading
from migrate.refusals import SourceChanged, SourceUnreadable
from migrate.walk import Entry, Folder

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
def noting(source: Origin, store: BlobStore, journal: Journal, *, to: str) -> Iterator[Origin]:
    """Give the source to read from, so that what it keeps beside the bytes arrives in the destination.

    What a destination with properties would refuse or change is left out, with the reason. For one without,
    they are noted, and lie in its manifest when the run ends, however it ends.

    Args:
        source: as it was opened.
        store: the destination.
        journal: of the run.
        to: the destination's address: services differ in what they take.

    Raises:
        StoreError: the manifest cannot be written; the next run writes it.
    """
    if isinstance(source, Folder):
        # Files have nothing beside their bytes: nothing in between costs time for each of them.
        yield source
        return
    if store.capabilities.properties:
        yield Checked(source, identifiers=not to.startswith(("s3:", "gs:")))
        return
    noted = _Noted(source, journal)
    try:
        yield noted
    finally:
        noted.keep(store)


class _Noted(Around):
    """Notes what is read, with the commit that its write waits for."""

    def __init__(self, source: Origin, journal: Journal) -> None:
        super().__init__(source)
        self._journal = journal
        journal.commit()
        journal.connection.executescript(_SCHEMA)

    def seen(
        self, entry: Entry, answer: Reading | SourceChanged | SourceUnreadable
    ) -> Reading | SourceChanged | SourceUnreadable:
        """See `Around`."""
        if isinstance(answer, Reading) and answer.properties is not None:
            fields = json.dumps(properties_fields(answer.properties))
            self._journal.connection.execute(
                "REPLACE INTO properties (path, sha256, fields) VALUES (?, ?, ?)",
                (entry.path, answer.sha256, fields),
            )
        return answer

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
