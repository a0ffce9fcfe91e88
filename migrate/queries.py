"""The scratch tables of a survey, and what is asked of them."""

import sqlite3
from typing import Final

from migrate.mapping import FILE_MARK
from migrate.outcomes import Cause
from migrate.paths import folders_of
from migrate.records import State

# In the temp schema: it ends with the connection, also after a kill.
SCHEMA: Final = """
CREATE TEMP TABLE source (
    path BLOB PRIMARY KEY, kind TEXT, reason TEXT, size INTEGER, modified_ns INTEGER, inode INTEGER,
    device INTEGER, cause TEXT, key BLOB, folded TEXT
) WITHOUT ROWID;
CREATE TEMP TABLE listed (
    path BLOB PRIMARY KEY, size INTEGER, version TEXT, algorithm TEXT, digest TEXT, folded TEXT
) WITHOUT ROWID;
CREATE TEMP TABLE folders (folded TEXT, path BLOB, PRIMARY KEY (folded, path)) WITHOUT ROWID;
"""
# "" for what is not there: to bind None costs as much as three numbers.
SOURCE_ROW: Final = """
INSERT OR REPLACE INTO temp.source VALUES (?, ?, ?, ?, ?, ?, ?, nullif(?, ''), ?, nullif(?, ''))
"""
LISTED_ROW: Final = """
INSERT OR REPLACE INTO temp.listed VALUES (?, ?, ?, nullif(?, ''), nullif(?, ''), nullif(?, ''))
"""
# Where a name is a file or a folder, never both; '0' follows '/'.
FILES_AMONG_FOLDERS: Final = f"""
CREATE INDEX temp.source_kinds ON source (key, kind, cause);
UPDATE source SET key = CAST(key || '{FILE_MARK.decode()}' AS BLOB), folded = folded || '{FILE_MARK.decode()}'
WHERE kind = 'file' AND cause IS NULL AND EXISTS (
    SELECT 1 FROM source AS other WHERE other.key > CAST(source.key || '/' AS BLOB)
    AND other.key < CAST(source.key || '0' AS BLOB) AND other.kind = 'file' AND other.cause IS NULL
);
"""  # noqa: S608 - our own words
TWINS: Final = """
CREATE INDEX temp.source_key ON source (key);
CREATE INDEX temp.source_folded ON source (folded);
CREATE INDEX temp.listed_folded ON listed (folded);
UPDATE source SET cause = 'twin', reason =
    'differs only in case or Unicode form from another name, which this store takes for the same'
WHERE cause IS NULL AND folded IS NOT NULL AND (
    EXISTS (SELECT 1 FROM source AS other WHERE other.folded = source.folded AND other.path <> source.path)
    OR EXISTS (SELECT 1 FROM listed AS other WHERE other.folded = source.folded AND other.path <> source.key)
    OR EXISTS (SELECT 1 FROM folders WHERE folders.folded = source.folded AND folders.path <> source.key)
);
"""
TWIN_FOLDERS: Final = """
UPDATE source SET cause = 'twin', reason =
    'its folder differs only in case or Unicode form from another, which this store takes for the same'
WHERE cause IS NULL AND folded IS NOT NULL AND key > ? AND key < ?
"""
SIGHTS: Final = """
SELECT {paths}.path, source.path, kind, source.reason, source.size, source.modified_ns, source.inode,
    device, source.cause, listed.path, listed.size, listed.version, algorithm, digest, {paths}.key, {record},
    {settled}
FROM {tables}
WHERE ({paths}.path, {paths}.key) > (?, ?) ORDER BY {paths}.path, {paths}.key LIMIT {page}
"""
NOT_SETTLED: Final = "NULL"
SETTLED: Final = f"""CASE WHEN source.kind = 'file' AND source.cause IS NULL AND files.state = '{State.DONE}'
    AND files.version = listed.version AND files.size = source.size
    AND files.modified_ns = source.modified_ns AND files.inode = source.inode THEN files.sha256 END"""
"""The SHA-256 of a file that is in the store what it was when it was moved, and so it is in the source."""
PLANNED: Final = f"""
DELETE FROM files WHERE version IS NULL AND state <> '{State.STARTED}'
    AND path NOT IN (SELECT path FROM temp.source);
INSERT INTO files (path, state, size) SELECT path, '{State.PLANNED}', size FROM temp.source
    WHERE kind <> 'empty_folder' ON CONFLICT (path) DO NOTHING;
DELETE FROM main.names WHERE path IN (SELECT path FROM temp.source);
INSERT INTO main.names SELECT path, key FROM temp.source WHERE key <> path;
"""  # noqa: S608 - our own words
# A key that only the store has may be spelled like a file of the source that has another key: two rows then.
PATHS: Final = """
CREATE TEMP TABLE paths (path BLOB, key BLOB, known INTEGER, PRIMARY KEY (path, key)) WITHOUT ROWID;
INSERT INTO paths SELECT path, key, 1 FROM source;
INSERT INTO paths SELECT files.path, coalesce(names.key, files.path), 1
    FROM main.files LEFT JOIN names ON names.path = files.path
    WHERE files.path NOT IN (SELECT path FROM source);
INSERT OR IGNORE INTO paths SELECT path, path, 0 FROM listed
    WHERE NOT EXISTS (SELECT 1 FROM paths WHERE paths.path = listed.path AND paths.key = listed.path)
    AND path NOT IN (SELECT key FROM paths WHERE key <> path);
"""
NAMES: Final = """
SELECT path FROM temp.source WHERE path > ? AND kind = 'file' AND cause IS NULL ORDER BY path LIMIT ?
"""


def obstruction(connection: sqlite3.Connection, key: bytes) -> tuple[Cause, str] | None:
    """Return what lies in the way at a destination where a name is a file or a folder, never both."""
    find = connection.execute
    for folder in folders_of(key):
        if find("SELECT 1 FROM temp.listed WHERE path = ?", (folder,)).fetchone():
            return (
                Cause.NAME,
                f"the store has a file {folder.decode()!r} where its folder would be",
            )
    below = (key + b"/", key + b"0")
    if find("SELECT 1 FROM temp.listed WHERE path > ? AND path < ?", below).fetchone():
        return Cause.NAME, "the store has a folder of this name"
    return None
