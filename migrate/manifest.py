"""What a folder cannot keep beside its files: the properties of blobs, and names that it could not hold."""

import json
import sqlite3
import weakref
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from app.store.contract import Properties, ReadableStore
from app.store.errors import InvalidKey, NotFound
from app.store.keys import RESERVED_PREFIX, Key, parse_key
from app.store.operations import Parts, read_in_parts
from migrate.refusals import SourceFailed

MANIFEST: Final = Key(f"{RESERVED_PREFIX}properties.jsonl")
"""Where it lies in the folder's store: a line of JSON for each blob that a migration wrote there."""

_PAGE: Final = 1000
_SCHEMA: Final = """
CREATE TABLE blobs (key TEXT PRIMARY KEY, name TEXT, sha256 BLOB, properties TEXT) WITHOUT ROWID;
CREATE UNIQUE INDEX blobs_name ON blobs (name);
"""


class Manifest:
    """The manifest of one folder, looked up by key and by name; it need not fit into memory.

    Args:
        connection: to a database of its own.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        weakref.finalize(self, connection.close)

    def name_of(self, key: Key) -> bytes:
        """Return what the blob under `key` was called in the store that it came from."""
        row = self._connection.execute("SELECT name FROM blobs WHERE key = ?", (key,)).fetchone()
        return str(row[0] if row else key).encode()

    def key_of(self, name: bytes) -> Key:
        """Return the key under which the blob of this name lies in the folder."""
        text = name.decode()
        row = self._connection.execute("SELECT key FROM blobs WHERE name = ?", (text,)).fetchone()
        return Key(row[0] if row else text)

    def properties_of(self, key: Key, sha256: bytes) -> Properties | None:
        """Return a blob's properties; None where its content is no longer what they belong to."""
        row = self._connection.execute(
            "SELECT properties FROM blobs WHERE key = ? AND sha256 = ?", (key, sha256)
        ).fetchone()
        return None if row is None else properties_from(json.loads(row[0]))


def manifest_of(store: ReadableStore) -> Manifest | None:
    """Return the manifest that lies in a folder's store, None if there is none.

    Raises:
        SourceFailed: it is damaged.
        StoreError: it cannot be read.
    """
    try:
        head = read_in_parts(store, MANIFEST)
    except NotFound:
        return None
    # Neither a name nor memory: a temporary file that the system removes.
    # Whichever thread lets go of it last closes it.
    connection = sqlite3.connect("", check_same_thread=False)
    connection.executescript(_SCHEMA)
    rows = _rows(head)
    while page := list(islice(rows, _PAGE)):
        connection.executemany("INSERT OR REPLACE INTO blobs VALUES (?, ?, ?, ?)", page)
    return Manifest(connection)


def lines_of(head: Parts) -> Iterator[bytes]:
    """Yield the lines of a blob, without their ends."""
    rest = b""
    for part in head.parts:
        *lines, rest = (rest + part).split(b"\n")
        yield from lines
    if rest:
        yield rest


def line_of(key: str, name: str, sha256: bytes, properties: str) -> bytes:
    """Return a line of a manifest; `properties` is the JSON of `properties_fields`."""
    named = {} if name == key else {"name": name}
    fields = {"key": key, **named, "sha256": sha256.hex(), **json.loads(properties)}
    return json.dumps(fields, ensure_ascii=False).encode() + b"\n"


def properties_fields(properties: Properties) -> dict[str, Any]:
    """Return properties for JSON, only what is set."""
    fields = {
        "content_type": properties.content_type,
        "content_encoding": properties.content_encoding,
        "metadata": dict(sorted(properties.metadata.items())),
    }
    return {name: value for name, value in fields.items() if value}


def properties_from(fields: dict[str, Any]) -> Properties:
    """Return the properties that `fields` came from.

    Raises:
        AttributeError, TypeError: they came from none.
    """
    content_type, encoding = fields.get("content_type"), fields.get("content_encoding")
    metadata = fields.get("metadata", {})
    words = [word for word in (content_type, encoding) if word is not None]
    if not all(isinstance(word, str) for word in (*words, *metadata.values())):
        raise TypeError("properties are text")
    return Properties(content_type, encoding, metadata)


def _rows(head: Parts) -> Iterator[tuple[str, str, bytes, str]]:
    for number, line in enumerate(lines_of(head), 1):
        try:
            fields = json.loads(line)
            key = parse_key(fields["key"])
            # A name leads nowhere but into a store: never out of one, never to this program's records.
            name = parse_key(fields.get("name", key))
            properties = json.dumps(properties_fields(properties_from(fields)))
            row = key, name, bytes.fromhex(fields["sha256"]), properties
            reserved = name.startswith(RESERVED_PREFIX)
        except (InvalidKey, AttributeError, KeyError, TypeError, ValueError) as error:
            raise _damaged(number) from error
        if reserved:
            raise _damaged(number)
        yield row


def _damaged(number: int) -> SourceFailed:
    return SourceFailed(
        f"{MANIFEST} in the source is damaged in line {number}. Without it, nothing but properties and names "
        "that the folder could not hold would be lost: to do so, remove it."
    )
