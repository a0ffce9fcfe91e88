"""Names of a source that a store without exact names takes for one another: found in SQLite."""

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Final

from migrate.names import fold
from migrate.paths import folders_of

_SCHEMA: Final = """
CREATE TEMP TABLE prefixes (folded BLOB, path BLOB, PRIMARY KEY (folded, path)) WITHOUT ROWID;
CREATE TEMP TABLE twins (path BLOB PRIMARY KEY) WITHOUT ROWID;
"""


class Twins:
    """The paths and folders of a source that share their folded form with another.

    Args:
        connection: whose temporary schema holds them; they need not fit into memory.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        connection.executescript(_SCHEMA)

    def add(self, paths: Iterable[bytes]) -> None:
        """Take in files."""
        rows = ((_folded(prefix), prefix) for path in paths for prefix in (*folders_of(path), path))
        self._connection.executemany("INSERT OR IGNORE INTO temp.prefixes VALUES (?, ?)", rows)

    def find(self) -> None:
        """Compare what was taken in; call once, when everything is."""
        self._connection.execute(
            "INSERT INTO temp.twins SELECT path FROM temp.prefixes WHERE folded IN"
            " (SELECT folded FROM temp.prefixes GROUP BY folded HAVING count(*) > 1)"
        )
        self._connection.commit()

    def __contains__(self, path: object) -> bool:
        found = self._connection.execute("SELECT 1 FROM temp.twins WHERE path = ?", (path,))
        return found.fetchone() is not None

    def __iter__(self) -> Iterator[bytes]:
        for (path,) in self._connection.execute("SELECT path FROM temp.twins ORDER BY path"):
            yield path


def _folded(path: bytes) -> bytes:
    text = path.decode("utf-8", "surrogateescape")
    return fold(text).encode("utf-8", "surrogateescape")
