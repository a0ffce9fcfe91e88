"""Both sides at one moment, side by side: the walk, one listing and the journal, joined and sorted in SQLite.

Listings are not sorted alike everywhere, and neither side needs to fit into memory.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any, Final, TypeVar

from app.store.contract import BlobInfo, Capabilities, Digest, ReadableStore
from app.store.keys import RESERVED_PREFIX
from migrate import queries
from migrate.elsewhere import names_elsewhere
from migrate.ignore import IgnoreFiles
from migrate.journal import Journal
from migrate.kept import ensure_names
from migrate.mapping import mapped
from migrate.names import fold, refuse_name
from migrate.origin import Origin
from migrate.outcomes import Cause
from migrate.paths import folders_of
from migrate.records import RECORD_COLUMNS, State, blob, record_of
from migrate.scope import EVERYTHING, Naming, Scope
from migrate.sights import Extent, Listed, Settled, Sight
from migrate.twins import Twins
from migrate.walk import Entry, Kind

Item = TypeVar("Item")

_PAGE: Final = 1000
_KINDS: Final = {kind.value: kind for kind in Kind}


class Survey:
    """The scratch tables beside a journal, and what can be asked of them.

    Args:
        journal: whose records are joined; it is not changed but by `plan_all`.
        capabilities: the destination's, which decide which names it can hold.
        naming: whether those that it cannot hold get keys that it can.
    """

    def __init__(
        self, journal: Journal, capabilities: Capabilities, *, naming: Naming = Naming.CHECK
    ) -> None:
        self._connection = journal.connection
        self._journal = journal
        self._capabilities = capabilities
        self._naming = naming
        # Only where names are mapped at a store without exact names.
        self._twins: Twins | None = None
        self._run(queries.SCHEMA)
        ensure_names(self._connection)
        if naming is Naming.MAP and not capabilities.exact_names:
            self._twins = Twins(self._connection)

    def add_source(
        self, entries: Iterable[Entry], excluded: Callable[[Entry], tuple[Cause, str] | None]
    ) -> None:
        """Take in the walk of the source; `excluded` gives the cause and reason why an entry is not moved."""
        rows = (self._source_row(entry, excluded(entry)) for entry in entries)
        self._insert(queries.SOURCE_ROW, rows)
        if self._twins is not None:
            self._map_twins(self._twins)
        if self._naming is Naming.MAP and not self._capabilities.flat_keys:
            self._run(queries.FILES_AMONG_FOLDERS)

    def add_listing(self, infos: Iterable[BlobInfo]) -> None:
        """Take in one listing of the destination, without this program's own records."""
        rows = (
            self._listed_row(info) for info in infos if not info.key.startswith(RESERVED_PREFIX)
        )
        self._insert(queries.LISTED_ROW, rows)

    def find_twins(self) -> None:
        """Mark files that the destination would take for one another; call when both sides are in."""
        if self._capabilities.exact_names:
            return
        self._run(queries.TWINS)
        twins = self._connection.execute(
            "SELECT path FROM temp.folders WHERE folded IN"
            " (SELECT folded FROM temp.folders GROUP BY folded HAVING count(*) > 1)"
        ).fetchall()
        # '0' follows '/': everything below the folder.
        self._connection.executemany(
            queries.TWIN_FOLDERS, [(folder + b"/", folder + b"0") for (folder,) in twins]
        )
        self._connection.commit()

    @contextmanager
    def scratch(self) -> Iterator[sqlite3.Connection]:
        """Give the connection for scratch tables of others: temporary ones beside these."""
        self._journal.commit()
        yield self._connection
        self._connection.commit()

    def extent(self) -> Extent:
        """Return how much both sides hold."""
        (entries, files, size, empty) = self._connection.execute(
            "SELECT total(kind <> 'empty_folder'), total(kind = 'file' AND cause IS NOT 'excluded'),"
            " total(CASE WHEN cause IS NOT 'excluded' THEN size END),"
            " total(kind = 'empty_folder' AND cause IS NULL) FROM temp.source"
        ).fetchone()
        (listed,) = self._connection.execute("SELECT count(*) FROM temp.listed").fetchone()
        return Extent(int(entries), int(files), int(size), int(empty), listed)

    def plan_all(self) -> None:
        """Note every file of the source in the journal as planned, and forget what is no longer there."""
        self._run(f"BEGIN; {queries.PLANNED} COMMIT;")

    def names_elsewhere(self) -> Iterator[tuple[bytes, Cause, str]]:
        """Yield the keys of the source that this destination holds and some other store would not."""
        keys = self._connection.execute(
            "SELECT key FROM temp.source WHERE kind = 'file' AND cause IS NULL"
        )
        yield from names_elsewhere((key for (key,) in keys), self._capabilities, self._connection)

    def source_sights(self) -> Iterator[Sight]:
        """Yield a sight for every entry of the source but empty folders, in the order of their bytes."""
        # What is only planned is known from the source itself.
        tables = (
            "temp.source AS source LEFT JOIN temp.listed AS listed ON listed.path = source.key"
            f" LEFT JOIN files ON files.path = source.path AND files.state <> '{State.PLANNED}'"
        )
        for sight in self._sights("source", tables):
            if (
                isinstance(sight, Sight)
                and sight.entry
                and sight.entry.kind is not Kind.EMPTY_FOLDER
            ):
                yield sight

    def all_sights(self) -> Iterator[Sight]:
        """Yield a sight for every path that either side or the journal knows, in the order of their bytes."""
        for sight in self._all(queries.NOT_SETTLED):
            assert isinstance(sight, Sight)  # noqa: S101 - nothing is settled, for mypy
            yield sight

    def unsettled_sights(self) -> Iterator[Sight | Settled]:
        """Yield the same, but of files that both sides and the journal agree on no more than that."""
        return self._all(queries.SETTLED)

    def _all(self, settled: str) -> Iterator[Sight | Settled]:
        self._run(f"DROP TABLE IF EXISTS temp.paths; {queries.PATHS}")
        tables = (
            "temp.paths AS paths"
            " LEFT JOIN temp.source AS source ON paths.known AND source.path = paths.path"
            " LEFT JOIN temp.listed AS listed ON listed.path = paths.key"
            " LEFT JOIN files ON paths.known AND files.path = paths.path"
        )
        yield from self._sights("paths", tables, settled)

    def _sights(
        self, paths: str, tables: str, settled: str = queries.NOT_SETTLED
    ) -> Iterator[Sight | Settled]:
        record = ", ".join(f"files.{name}" for name in RECORD_COLUMNS.split(", "))
        query = queries.SIGHTS.format(
            paths=paths, tables=tables, record=record, settled=settled, page=_PAGE
        )
        # Page by page: no cursor stays open while the journal is written.
        last = (b"", b"")
        while page := self._connection.execute(query, last).fetchall():
            for row in page:
                yield Settled(row[0], row[4], row[-1]) if row[-1] else self._sight(row)
            last = (page[-1][0], page[-1][14])

    def _sight(self, row: tuple[Any, ...]) -> Sight:
        path, found, kind, reason, size, modified_ns, inode, device, cause = row[:9]
        entry = refusal = listed = None
        if found is not None:
            refusal = (Cause(cause), reason) if cause else None
            entry = Entry(path, _KINDS[kind], reason or "", size, modified_ns, inode, device)
        if row[9] is not None:
            digest = Digest(row[12], row[13]) if row[12] else None
            listed = Listed(row[10], row[11], digest)
        elif entry and entry.kind is Kind.FILE and not refusal and not self._capabilities.flat_keys:
            refusal = queries.obstruction(self._connection, row[14])
        record = record_of(row[15:-1]) if row[15] is not None else None
        return Sight(path, row[14], entry, refusal, listed, record)

    def _source_row(self, entry: Entry, refusal: tuple[Cause, str] | None) -> tuple[object, ...]:
        key, folded = entry.path, None
        if entry.kind is Kind.FILE and not refusal:
            if self._twins is None:
                key, refusal, folded = self._named(entry.path)
            else:
                self._twins.add([entry.path])
        cause, reason = refusal or (None, entry.reason)
        return (
            blob(entry.path),
            entry.kind.value,
            reason,
            entry.size,
            entry.modified_ns,
            entry.inode,
            entry.device,
            cause.value if cause else "",
            blob(key),
            folded or "",
        )

    def _named(self, path: bytes) -> tuple[bytes, tuple[Cause, str] | None, str | None]:
        """Return a file's key, why the destination cannot hold it, and its folded form where that matters."""
        key, refusal = path, None
        if self._naming is Naming.CHECK:
            refusal = refuse_name(path, self._capabilities)
        elif self._twins is None:
            key, refusal = mapped(path, self._capabilities)
        else:
            key, refusal = mapped(path, self._capabilities, is_twin=self._twins.__contains__)
        return key, refusal, None if refusal else self._folded(key)

    def _map_twins(self, twins: Twins) -> None:
        """Give every file its key; only now all twins are known."""
        twins.find()
        last = b""
        while page := self._connection.execute(queries.NAMES, (last, _PAGE)).fetchall():
            rows = []
            for (path,) in page:
                key, refusal, folded = self._named(path)
                cause, reason = refusal or (None, None)
                rows.append((key, cause, reason, folded, path))
            self._connection.executemany(
                "UPDATE temp.source SET key = ?, cause = ?, reason = ?, folded = ? WHERE path = ?",
                rows,
            )
            last = page[-1][0]
        self._connection.commit()

    def _listed_row(self, info: BlobInfo) -> tuple[object, ...]:
        path = info.key.encode()
        # Where sizes are not the contents' own, digests are not either.
        digest = info.digest if self._capabilities.exact_size else None
        algorithm, checksum = (digest.algorithm, digest.value) if digest else ("", "")
        folded = self._folded(path) or ""
        return blob(path), info.size_stored, info.version, algorithm, checksum, folded

    def _folded(self, path: bytes) -> str | None:
        if self._capabilities.exact_names:
            return None
        self._connection.executemany(
            "INSERT OR IGNORE INTO temp.folders VALUES (?, ?)",
            [(fold(folder.decode()), folder) for folder in folders_of(path)],
        )
        return fold(path.decode())

    def _insert(self, statement: str, rows: Iterator[tuple[object, ...]]) -> None:
        while page := list(islice(rows, _PAGE)):
            self._connection.executemany(statement, page)
        self._connection.commit()

    def _run(self, script: str) -> None:
        self._journal.commit()
        self._connection.executescript(script)


def survey_of(
    source: Origin,
    store: ReadableStore,
    journal: Journal,
    *,
    scope: Scope = EVERYTHING,
    keep_going: Callable[[], None],
) -> Survey:
    """Look at both sides: one walk, one listing.

    Args:
        source: where entries are.
        store: the destination.
        journal: of this pair.
        scope: what of the source is to be moved.
        keep_going: called often; raises to end it.

    Raises:
        SourceRefused: a `.kbignore` cannot be understood.
        Stopped: a stop was requested.
        StoreError: the destination cannot be listed.
    """
    ignored = IgnoreFiles(source)

    def excluded(entry: Entry) -> tuple[Cause, str] | None:
        reason = scope.filters.refuse(entry)
        if reason:
            return Cause.EXCLUDED, reason
        return ignored.refuse(entry.path, is_folder=entry.is_folder)

    survey = Survey(journal, store.capabilities, naming=scope.naming)
    survey.add_source(_guarded(source.walk(), keep_going), excluded)
    survey.add_listing(_guarded(store.scan(), keep_going))
    survey.find_twins()
    return survey


def _guarded(items: Iterable[Item], keep_going: Callable[[], None]) -> Iterator[Item]:
    for item in items:
        keep_going()
        yield item
