"""Storage classes of objects that are there already."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final, Literal

from botocore.exceptions import ClientError

from app.store.backends.aws.archive import RETRIEVALS, archive_of, archived_object, is_restored
from app.store.backends.aws.calls import ObjectCalls
from app.store.backends.aws.shapes import DEFAULT_TIER, Shape, info_of
from app.store.backends.etags import quoted, version_of
from app.store.backends.refusals import condition_failed
from app.store.contract import ALWAYS, BlobInfo, IfVersion, WhenPresent
from app.store.errors import Unsupported
from app.store.keys import Key

# S3 API, "CopyObject": larger objects are copied in parts, which cannot keep their ETag's kind or conditions.
_COPY_BYTES_MAX: Final = 5 << 30
_KEPT: Final = ("ServerSideEncryption", "SSEKMSKeyId", "BucketKeyEnabled")


class ObjectTiers(ObjectCalls):
    """Sets classes by copying an object onto itself; see `Tiers`.

    The copy keeps metadata and properties, and is made under the condition that the object is as it was seen.
    It is a new state: its version may differ (it does where the object was uploaded in parts), and a
    versioned bucket keeps the former one. Leases that are records are not heeded: no bytes change. Objects
    above 5 GiB are left to lifecycle rules.
    """

    @property
    def tier_names(self) -> tuple[str, ...]:
        """See `NamesTiers`: those that the SDK knows."""
        shape: Any = self._client.meta.service_model.shape_for("StorageClass")
        return tuple(shape.enum)

    def set_tier(self, key: Key, tier: str, *, when: WhenPresent = ALWAYS) -> BlobInfo:
        """See `Tiers`."""
        head = self._head(key)
        version = version_of(head.get("ETag"))
        if isinstance(when, IfVersion) and when.version != version:
            raise condition_failed(key, when)
        offline = archived_object(key, head)
        if offline is not None:
            raise offline
        size = int(head["ContentLength"])
        if tier == head.get("StorageClass", DEFAULT_TIER):
            # S3 refuses a copy onto itself that changes nothing.
            return info_of(key, head, size=size)
        if size > _COPY_BYTES_MAX:
            raise Unsupported(
                f"{key} is larger than 5 GiB; a lifecycle rule can change its class", key=key
            )
        return info_of(key, self._copied(key, tier, version, head), size=size, tier=tier)

    def rehydrate(
        self, key: Key, *, days: int = 7, priority: Literal["standard", "high"] = "standard"
    ) -> datetime:
        """See `Tiers`. The class stays; a readable copy is there for `days`, as long as it is not expired."""
        head = self._head(key)
        archive = archive_of(head)
        if archive is None:
            raise Unsupported(f"{key} is not archived; it can be read now", key=key)
        retrieval = RETRIEVALS[archive][priority]
        asked: Any = {"GlacierJobParameters": {"Tier": retrieval.tier}}
        if not archive.endswith("_ACCESS"):
            # Out of INTELLIGENT_TIERING an object comes for good, and days are refused.
            asked["Days"] = days
        with self._translated(key), suppress_code("RestoreAlreadyInProgress"):
            self._client.restore_object(**self._request(key), RestoreRequest=asked)
        now = datetime.now(UTC)
        return now if is_restored(head) else now + retrieval.lasts

    def _copied(self, key: Key, tier: str, version: str, head: Shape) -> Shape:
        place: Any = self._request(key)
        wanted: Any = tier
        kept = {name: head[name] for name in _KEPT if name in head}
        with self._translated(key, IfVersion(version), retried=False):
            answer = self._clients.once.copy_object(
                **place,
                CopySource=place,
                CopySourceIfMatch=quoted(version),
                IfMatch=quoted(version),
                StorageClass=wanted,
                MetadataDirective="COPY",
                **kept,
            )
        return {**kept, **answer["CopyObjectResult"]}


class suppress_code(suppress):  # noqa: N801 - reads as contextlib's: with suppress_code(…):
    """Suppress the ClientErrors that have this code."""

    def __init__(self, code: str) -> None:
        super().__init__(ClientError)
        self._code = code

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> bool:
        """Say whether the block's error is one of them."""
        return isinstance(error, ClientError) and error.response["Error"]["Code"] == self._code
