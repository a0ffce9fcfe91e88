"""Azure's archive tier: what is offline, and how long it takes to bring it back."""

from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from azure.storage.blob import BlobProperties

from app.store.errors import Archived
from app.store.keys import Key

ARCHIVE: Final = "Archive"

# "Blob rehydration from the archive tier", rehydration priority: standard up to 15 hours; high under one hour
# for blobs below 10 GB, and no promise for larger ones.
_STANDARD: Final = timedelta(hours=15)
_HIGH: Final = timedelta(hours=1)
_HIGH_BYTES_MAX: Final = 10_000_000_000


def lasts(priority: Literal["standard", "high"], *, size: int) -> timedelta:
    """Return how long it takes at most until an archived blob of `size` bytes can be read."""
    return _HIGH if priority == "high" and size < _HIGH_BYTES_MAX else _STANDARD


def is_archived(head: BlobProperties) -> bool:
    """Return whether a blob is offline."""
    return word(head.blob_tier) == ARCHIVE


def archived_blob(key: Key, head: BlobProperties) -> Archived | None:
    """Return the error for a blob that cannot be read, by its properties; None where it can be."""
    if not is_archived(head):
        return None
    priority = word(getattr(head, "rehydrate_priority", None)).lower()
    takes = lasts("high" if priority == "high" else "standard", size=head.size)
    return archived(key, takes, requested=bool(head.archive_status))


def archived(key: Key, takes: timedelta = _STANDARD, *, requested: bool = False) -> Archived:
    """Return the error for a blob that can be read after `takes`."""
    hours = f"{takes.total_seconds() / 3600:g} hours"
    if requested:
        message = f"{key} is archived and was asked for: it can be read in at most {hours}"
    else:
        message = f"{key} is archived; ask for it with rehydrate, which takes up to {hours}"
    return Archived(message, key=key, available_by=datetime.now(UTC) + takes, requested=requested)


def word(value: object) -> str:
    """Return the service's word: the SDK gives some as members of an enumeration."""
    return str(getattr(value, "value", value) or "")
