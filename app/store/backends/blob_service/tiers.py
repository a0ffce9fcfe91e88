"""Access tiers of blobs that are there already."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Final, Literal

from azure.core.exceptions import ResourceExistsError
from azure.storage.blob import RehydratePriority, StandardBlobTier

from app.store.backends.blob_service.archive import ARCHIVE, archived_blob, is_archived, lasts
from app.store.backends.blob_service.calls import BlobCalls
from app.store.backends.blob_service.shapes import info_of, tier_of
from app.store.contract import ALWAYS, BlobInfo, WhenPresent
from app.store.errors import Unsupported
from app.store.keys import Key

_PRIORITIES: Final = {"standard": RehydratePriority.STANDARD, "high": RehydratePriority.HIGH}


class BlobTiers(BlobCalls):
    """Sets tiers in place; see `Tiers`. The version stays; the service checks no version when it does so."""

    @property
    def tier_names(self) -> tuple[str, ...]:
        """See `NamesTiers`."""
        return tuple(tier.value for tier in StandardBlobTier)

    def set_tier(self, key: Key, tier: str, *, when: WhenPresent = ALWAYS) -> BlobInfo:
        """See `Tiers`. A condition is Unsupported."""
        if when is not ALWAYS:
            raise Unsupported(f"{key}: Azure checks no version where a tier is set", key=key)
        wanted = tier_of(key, tier)
        head = self._head(key)
        offline = archived_blob(key, head)
        if offline is not None and tier != ARCHIVE:
            raise offline
        if offline is None:
            with self._translated(key):
                self._blob(key).set_standard_blob_tier(wanted)
            head = self._head(key)
        return info_of(key, head, size=head.size)

    def rehydrate(
        self, key: Key, *, days: int = 7, priority: Literal["standard", "high"] = "standard"
    ) -> datetime:
        """See `Tiers`. The blob moves to Hot and stays there: `days` are S3's."""
        head = self._head(key)
        if not is_archived(head):
            raise Unsupported(f"{key} is not archived; it can be read now", key=key)
        with self._translated(key), suppress(ResourceExistsError):
            # ResourceExistsError: 409 BlobBeingRehydrated, it was asked for already.
            self._blob(key).set_standard_blob_tier(
                StandardBlobTier.HOT, rehydrate_priority=_PRIORITIES[priority]
            )
        return datetime.now(UTC) + lasts(priority, size=head.size)
