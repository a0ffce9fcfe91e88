"""The shapes of S3's requests and answers."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from app.store.backends.endpoints import TornAnswer
from app.store.backends.etags import quoted, version_of
from app.store.contract import Absent, BlobInfo, Digest, IfVersion, Properties, When, digest_of
from app.store.errors import CorruptBlob, Unavailable
from app.store.keys import Key

DEFAULT_TIER: Final = "STANDARD"
DEFAULT_CONTENT_TYPE: Final = "binary/octet-stream"
_MD5: Final = re.compile(r"[0-9a-f]{32}")
_NOT_MD5_ENCRYPTIONS: Final = frozenset({"aws:kms", "aws:kms:dsse"})

Shape = Mapping[str, Any]


def condition_of(when: When) -> dict[str, Any]:
    """Return the condition as parameters of a request."""
    if when is Absent.ABSENT:
        return {"IfNoneMatch": "*"}
    if isinstance(when, IfVersion):
        return {"IfMatch": quoted(when.version)}
    return {}


def size_of_whole(answer: Shape) -> int:
    """Return the object's size from the answer to a GET or HEAD of all of it.

    Raises:
        TornAnswer: it names none.
    """
    if "ContentLength" not in answer:
        raise TornAnswer
    return int(answer["ContentLength"])


def expect_page(page: Shape) -> bool:
    """Return whether more pages of a listing follow.

    Raises:
        TornAnswer: it is not a whole page; an empty answer would look like an empty bucket.
    """
    if "IsTruncated" not in page or (page["IsTruncated"] and "NextContinuationToken" not in page):
        raise TornAnswer
    return bool(page["IsTruncated"])


def request_properties(properties: Properties) -> dict[str, Any]:
    """Return properties as parameters of PutObject or CreateMultipartUpload."""
    named = {
        "ContentType": properties.content_type,
        "ContentEncoding": properties.content_encoding,
        "Metadata": dict(properties.metadata),
        "StorageClass": properties.tier,
    }
    return {name: value for name, value in named.items() if value}


def properties_of(answer: Shape) -> Properties:
    """Return the properties that GetObject or HeadObject answers."""
    content_type = answer.get("ContentType")
    return Properties(
        content_type=None if content_type == DEFAULT_CONTENT_TYPE else content_type,
        content_encoding=answer.get("ContentEncoding") or None,
        metadata=answer.get("Metadata", {}),
        tier=answer.get("StorageClass"),
    )


def info_of(key: Key, answer: Shape, *, size: int, tier: str | None = None) -> BlobInfo:
    """Return what an answer says about an object.

    Args:
        key: its key.
        answer: of PutObject, CompleteMultipartUpload, GetObject or HeadObject.
        size: of the whole object.
        tier: what was asked for, where the answer does not say.
    """
    version = version_of(answer.get("ETag"))
    return BlobInfo(
        key=key,
        size_stored=size,
        version=version,
        modified=_modified(answer),
        digest=None if _encrypted(answer) else md5_of(version),
        tier=answer.get("StorageClass") or tier or DEFAULT_TIER,
    )


def md5_of(version: str) -> Digest | None:
    """Return the digest that an ETag is, unless it is a multipart upload's."""
    return Digest("md5", version) if _MD5.fullmatch(version) else None


def is_no_md5(encryption: str | None, *, customers: bool) -> bool:
    """Return whether an ETag is no MD5 sum: by the answer's encryption, or a customer's key."""
    return encryption in _NOT_MD5_ENCRYPTIONS or customers


def expect_stored(key: Key, data: bytes, digest: Digest | None) -> None:
    """Make sure that the service stores what was sent, where its answer tells.

    Raises:
        CorruptBlob: it stores other bytes.
    """
    if digest is not None and digest != digest_of(data, "md5"):
        raise CorruptBlob(
            f"{key}: S3 stores other bytes than were sent; they were damaged on the way", key=key
        )


def expect_part(key: Key, data: bytes, answer: Shape) -> None:
    """Make sure that a part of an upload arrived as it was sent, where the answer tells.

    Raises:
        Unavailable: it did not; nothing is visible of the upload.
    """
    if _encrypted(answer):
        return
    stored = md5_of(version_of(answer.get("ETag")))
    if stored not in (None, digest_of(data, "md5")):
        raise Unavailable(f"{key}: a part of it was damaged on the way", key=key)


def size_of_range(answer: Shape) -> int:
    """Return the whole object's size from a partial answer: `bytes 0-9/100`.

    Raises:
        TornAnswer: it names none.
    """
    size = str(answer.get("ContentRange", "")).rpartition("/")[2]
    if not size:
        raise TornAnswer
    return int(size)


def _encrypted(answer: Shape) -> bool:
    """Return whether the ETag is no MD5 sum, because of how the object is encrypted."""
    return is_no_md5(answer.get("ServerSideEncryption"), customers="SSECustomerAlgorithm" in answer)


def _modified(answer: Shape) -> datetime:
    """Return when the object was written; uploads answer only with the service's present time."""
    modified = answer.get("LastModified")
    if isinstance(modified, datetime):
        return modified.astimezone(UTC)
    date = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
    return parsedate_to_datetime(date).astimezone(UTC) if date else datetime.now(UTC)
