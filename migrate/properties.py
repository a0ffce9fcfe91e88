"""What is stored beside a file's bytes."""

import base64
from dataclasses import replace

from app.store.contract import Properties
from app.store.keys import Key
from migrate.content_types import content_type_of
from migrate.reading import Reading
from migrate.rules import Rules


def properties_of(path: bytes, key: Key, reading: Reading, rules: Rules) -> Properties:
    """Return what the source keeps beside the content; of a file, what can be said of it.

    That is its content type, digest and time of change. What a rule says of the path counts instead. Where
    the key is another, the name is added.
    """
    found = _of_file(key, reading) if reading.properties is None else reading.properties
    found = rules.applied(path, found)
    if path == key.encode():
        return found
    # Base 64: metadata are ASCII, and the longest name still fits into the 2 KB that S3 takes.
    named = {**found.metadata, "kb_name": base64.b64encode(path).decode("ascii")}
    return replace(found, metadata=named)


def _of_file(key: Key, reading: Reading) -> Properties:
    modified_ns = reading.fingerprint.modified_ns
    # In whole numbers: a float knows no nanoseconds.
    seconds, nanoseconds = divmod(abs(modified_ns), 10**9)
    metadata = {
        "sha256": reading.sha256.hex(),
        # As rclone spells it, so that other tools find it.
        "mtime": f"{'-' if modified_ns < 0 else ''}{seconds}.{nanoseconds:09}",
    }
    return Properties(content_type=content_type_of(key), metadata=metadata)
