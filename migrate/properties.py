"""What is stored beside a file's bytes."""

import base64
from decimal import Decimal

from app.store.contract import Properties
from app.store.keys import Key
from migrate.content_types import content_type_of
from migrate.reading import Reading


def properties_of(path: bytes, key: Key, reading: Reading) -> Properties:
    """Return a file's content type, digest, time of change and, where the key is another, its name."""
    modified_seconds = Decimal(reading.fingerprint.modified_ns).scaleb(-9)
    metadata = {
        "sha256": reading.sha256.hex(),
        # As rclone spells it, so that other tools find it.
        "mtime": f"{modified_seconds:.9f}",
    }
    if path != key.encode():
        # Base 64: metadata are ASCII, and the longest name still fits into the 2 KB that S3 takes.
        metadata["kb_name"] = base64.b64encode(path).decode("ascii")
    return Properties(content_type=content_type_of(key), metadata=metadata)
