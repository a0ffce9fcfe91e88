"""The shapes of Google Cloud Storage's requests and answers."""

import base64
from collections.abc import Mapping
from datetime import UTC
from typing import Any, Final

from google.cloud.storage import Blob

from app.store.backends.refusals import condition_failed
from app.store.contract import Absent, BlobInfo, Digest, IfVersion, Properties, When
from app.store.errors import Unsupported
from app.store.keys import Key

CHECKSUM: Final = "auto"
"""The SDK's word for CRC32C where it is computed natively, else MD5."""
DEFAULT_TIER: Final = "STANDARD"
TIERS: Final = (DEFAULT_TIER, "NEARLINE", "COLDLINE", "ARCHIVE")
LISTED: Final = (
    "nextPageToken,items(name,generation,size,md5Hash,timeCreated,timeDeleted,storageClass)"
)
_DEFAULT_CONTENT_TYPE: Final = "application/octet-stream"


def generation_of(version: str) -> int | None:
    """Return the generation that a version names; None for what no blob's version can be.

    Zero is none: as a condition it would mean that nothing is stored.
    """
    return int(version) if version.isascii() and version.isdigit() and int(version) else None


def condition_of(key: Key, when: When) -> dict[str, int]:
    """Return the condition as options of a call.

    Raises:
        ConditionFailed: it names a version that no blob can have.
    """
    if when is Absent.ABSENT:
        return {"if_generation_match": 0}
    if isinstance(when, IfVersion):
        generation = generation_of(when.version)
        if generation is None:
            raise condition_failed(key, when)
        return {"if_generation_match": generation}
    return {}


def check_tier(key: Key, tier: str) -> None:
    """Refuse what is no storage class.

    Raises:
        Unsupported: `tier` is none.
    """
    if tier not in TIERS:
        raise Unsupported(
            f"{key}: {tier!r} is not a storage class of Google's: {', '.join(TIERS)}", key=key
        )


def set_properties(key: Key, blob: Blob, properties: Properties) -> None:
    """Give a blob that is to be uploaded its properties; the content type goes with the upload.

    Raises:
        Unsupported: there is no such tier.
    """
    if properties.tier is not None:
        check_tier(key, properties.tier)
        blob.storage_class = properties.tier
    if properties.content_encoding:
        blob.content_encoding = properties.content_encoding
    if properties.metadata:
        blob.metadata = dict(properties.metadata)


def properties_of(blob: Blob) -> Properties:
    """Return the properties of a blob that was looked at."""
    content_type = blob.content_type
    metadata: Mapping[str, Any] = blob.metadata or {}
    return Properties(
        content_type=None if content_type == _DEFAULT_CONTENT_TYPE else content_type,
        content_encoding=blob.content_encoding or None,
        metadata=dict(metadata),
        tier=None if blob.storage_class == DEFAULT_TIER else blob.storage_class,
    )


def info_of(key: Key, blob: Blob) -> BlobInfo:
    """Return what an upload, a look or a listing says about a blob."""
    return BlobInfo(
        key=key,
        size_stored=int(blob.size),
        version=str(blob.generation),
        # When this generation was made; `updated` moves with the metadata, too.
        modified=blob.time_created.astimezone(UTC),
        # Composed of several, a blob has no MD5.
        digest=Digest("md5", base64.b64decode(blob.md5_hash).hex()) if blob.md5_hash else None,
        tier=blob.storage_class,
    )
