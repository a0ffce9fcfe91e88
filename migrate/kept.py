"""What a journal keeps beside its files: what each run was to move, and which names were mapped."""

import sqlite3
from typing import Final

KEPT_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS scopes (
    run INTEGER PRIMARY KEY, scope TEXT NOT NULL  -- what of the source the run was to move, as JSON
);
CREATE TABLE IF NOT EXISTS names (
    path BLOB PRIMARY KEY, key BLOB NOT NULL  -- of files whose key is not their path
) WITHOUT ROWID;
"""
"""Came later than the rest: made in a journal that has none."""


def note_scope(connection: sqlite3.Connection, run: int, scope: str) -> None:
    """Keep what a run is to move (`Scope.text`)."""
    connection.execute("REPLACE INTO scopes VALUES (?, ?)", (run, scope))


def last_scope(connection: sqlite3.Connection) -> str:
    """Return what the latest run was to move; of a journal from before there were scopes: everything."""
    if not has_table(connection, "scopes"):
        return "{}"
    row = connection.execute("SELECT scope FROM scopes ORDER BY run DESC LIMIT 1").fetchone()
    return str(row[0]) if row else "{}"


def ensure_names(connection: sqlite3.Connection) -> None:
    """Give a journal from before names were mapped an empty table of them, for this connection only."""
    if not has_table(connection, "names"):
        connection.execute(
            "CREATE TEMP TABLE IF NOT EXISTS names (path BLOB PRIMARY KEY, key BLOB NOT NULL)"
        )


def has_table(connection: sqlite3.Connection, table: str) -> bool:
    """Tell whether a journal has a table: some came later than others."""
    found = connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,))
    return found.fetchone() is not None
