"""The shapes of the blob service's requests and answers."""

from datetime import UTC
from typing import Any, Final

from azure.core import MatchConditions
from azure.storage.blob import BlobProperties, ContentSettings, StandardBlobTier

from app.store.backends.blob_service.archive import word
from app.store.backends.endpoints import TornAnswer
from app.store.backends.etags import quoted, version_of
from app.store.contract import (
    Absent,
    BlobInfo,
    Digest,
    IfVersion,
    Properties,
    When,
)
from app.store.errors import Unsupported
from app.store.keys import Key

DEFAULT_CONTENT_TYPE: Final = "application/octet-stream"


def condition_of(when: When) -> dict[str, Any]:
    """Return the condition as options of a call; with one, the SDK must not repeat the call."""
    if when is Absent.ABSENT:
        return {"match_condition": MatchConditions.IfMissing, "retry_total": 0}
    if isinstance(when, IfVersion):
        match = MatchConditions.IfNotModified
        return {"etag": quoted(when.version), "match_condition": match, "retry_total": 0}
    return {}


def expect_page(answer: Any) -> None:
    """Make sure that an answer to a listing is one: the SDK takes an empty one for none, and stumbles.

    Raises:
        TornAnswer: it is not.
    """
    if answer.http_response.status_code == 200 and not answer.http_response.body():
        raise TornAnswer


def request_properties(key: Key, properties: Properties, md5: bytes) -> dict[str, Any]:
    """Return properties and the content's checksum as options of an upload.

    Raises:
        Unsupported: there is no such tier.
    """
    settings = ContentSettings(
        content_type=properties.content_type,
        content_encoding=properties.content_encoding,
        content_md5=bytearray(md5),
    )
    return {
        "content_settings": settings,
        "metadata": dict(properties.metadata),
        "standard_blob_tier": None if properties.tier is None else tier_of(key, properties.tier),
    }


def properties_of(answer: BlobProperties) -> Properties:
    """Return the properties that a download or a HEAD answers."""
    settings = answer.content_settings
    content_type = settings.content_type
    inferred = bool(answer.blob_tier_inferred)
    return Properties(
        content_type=None if content_type == DEFAULT_CONTENT_TYPE else content_type,
        content_encoding=settings.content_encoding or None,
        metadata=answer.metadata or {},
        tier=None if inferred or not answer.blob_tier else word(answer.blob_tier),
    )


def info_of(key: Key, answer: BlobProperties, *, size: int) -> BlobInfo:
    """Return what a download, a HEAD or a listing says about a blob.

    Args:
        key: its key.
        answer: the SDK's.
        size: of the whole blob.

    Raises:
        TornAnswer: the answer lacks what every blob has.
    """
    if answer.last_modified is None:
        raise TornAnswer
    md5 = answer.content_settings.content_md5
    return BlobInfo(
        key=key,
        size_stored=size,
        version=version_of(answer.etag),
        modified=answer.last_modified.astimezone(UTC),
        digest=Digest("md5", bytes(md5).hex()) if md5 else None,
        tier=word(answer.blob_tier) if answer.blob_tier else None,
    )


def size_of_range(answer: BlobProperties) -> int:
    """Return the whole blob's size from a download's `bytes 0-9/100`.

    Raises:
        TornAnswer: the answer names none.
    """
    size = str(answer.content_range or "").rpartition("/")[2]
    if not size:
        raise TornAnswer
    return int(size)


def tier_of(key: Key, tier: str) -> StandardBlobTier:
    """Return a tier as the SDK names it.

    Raises:
        Unsupported: there is no such tier.
    """
    try:
        return StandardBlobTier(tier)
    except ValueError as error:
        known = ", ".join(known.value for known in StandardBlobTier)
        raise Unsupported(f"{key}: {tier!r} is not a tier of Azure's: {known}", key=key) from error
