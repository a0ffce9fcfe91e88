"""What is stored beside a file's bytes."""

from decimal import Decimal

from app.store.contract import Properties
from app.store.keys import Key
from migrate.content_types import content_type_of
from migrate.reading import Reading


def properties_of(key: Key, reading: Reading) -> Properties:
    """Return a file's content type, digest and time of change for the store."""
    modified_seconds = Decimal(reading.fingerprint.modified_ns).scaleb(-9)
    return Properties(
        content_type=content_type_of(key),
        # `mtime` as rclone spells it, so that other tools find it.
        metadata={"sha256": reading.sha256.hex(), "mtime": f"{modified_seconds:.9f}"},
    )
