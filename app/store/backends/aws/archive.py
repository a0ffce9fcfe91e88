"""S3's archive classes: what is offline, and how long it takes to bring it back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from app.store.backends.aws.shapes import Shape
from app.store.errors import Archived
from app.store.keys import Key

Priority = Literal["standard", "high"]


@dataclass(frozen=True, slots=True)
class Retrieval:
    """How an archived object is asked for: the service's word for the speed, and the longest time."""

    tier: Literal["Standard", "Expedited"]
    lasts: timedelta


_STANDARD: Final = Retrieval("Standard", timedelta(hours=5))
_EXPEDITED: Final = Retrieval("Expedited", timedelta(minutes=5))
_DEEP: Final = Retrieval("Standard", timedelta(hours=12))

# S3 User Guide, "Understanding archive retrieval options": Standard takes 3 to 5 hours, Expedited 1 to 5
# minutes (but for the largest objects); from the deep classes Standard takes up to 12 hours, and they have no
# Expedited.
RETRIEVALS: Final[Mapping[str, Mapping[Priority, Retrieval]]] = {
    "GLACIER": {"standard": _STANDARD, "high": _EXPEDITED},
    "DEEP_ARCHIVE": {"standard": _DEEP, "high": _DEEP},
    # The two archive tiers of INTELLIGENT_TIERING.
    "ARCHIVE_ACCESS": {"standard": _STANDARD, "high": _EXPEDITED},
    "DEEP_ARCHIVE_ACCESS": {"standard": _DEEP, "high": _DEEP},
}


def archive_of(head: Shape) -> str | None:
    """Return which archive an object lies in, by the answer to a HEAD; None for one that is online."""
    word = head.get("ArchiveStatus") or head.get("StorageClass")
    return word if word in RETRIEVALS else None


def is_restored(head: Shape) -> bool:
    """Return whether a readable copy of an archived object is there."""
    return 'ongoing-request="false"' in str(head.get("Restore", ""))


def archived_object(key: Key, head: Shape) -> Archived | None:
    """Return the error for an object that cannot be read, by the answer to a HEAD; None where it can be."""
    archive = archive_of(head)
    if archive is None or is_restored(head):
        return None
    requested = 'ongoing-request="true"' in str(head.get("Restore", ""))
    return archived(key, archive, requested=requested)


def archived(key: Key, archive: str, *, requested: bool) -> Archived:
    """Return the error for an object in `archive`."""
    lasts = RETRIEVALS[archive]["standard"].lasts
    hours = f"{lasts.total_seconds() / 3600:g} hours"
    if requested:
        message = (
            f"{key} is archived ({archive}) and was asked for: it can be read in at most {hours}"
        )
    else:
        message = (
            f"{key} is archived ({archive}); ask for it with rehydrate, which takes up to {hours}"
        )
    return Archived(message, key=key, available_by=datetime.now(UTC) + lasts, requested=requested)
