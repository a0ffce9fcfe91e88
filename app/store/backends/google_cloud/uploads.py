"""Uploads to Google Cloud Storage: small content in one request, large content part by part."""

import io
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from google.api_core.exceptions import GoogleAPICallError
from google.cloud.storage import Blob
from google.cloud.storage.exceptions import DataCorruption

from app.store.backends.content import PART_BYTES, parts, size_of, whole
from app.store.backends.google_cloud.clients import TIMEOUT
from app.store.backends.google_cloud.retries import ONCE, PATIENT
from app.store.backends.google_cloud.shapes import CHECKSUM
from app.store.contract import Content
from app.store.keys import Key


def upload(
    blob: Blob, key: Key, content: Content, content_type: str | None, condition: dict[str, int]
) -> None:
    """Store `content` as `blob`, whose properties are set; then it has those of the service's answer."""
    size = size_of(content)
    options: dict[str, Any] = {
        "size": size,
        "content_type": content_type,
        "checksum": CHECKSUM,
        "timeout": TIMEOUT,
        **condition,
    }
    if size <= PART_BYTES:
        retry = ONCE if condition else PATIENT
        blob.upload_from_file(io.BytesIO(whole(key, content)), retry=retry, **options)
        return
    stream = _Parts(key, content)
    # Parts may be sent again; what makes them a blob is the last, and goes through once.
    try:
        blob.upload_from_file(stream, retry=stream.last_once if condition else PATIENT, **options)
    except DataCorruption as error:
        _remove(blob, error)
        raise


class PartwiseBlob(Blob):  # type: ignore[misc] # the SDK has no types
    """A blob to be uploaded in parts of which one is in memory."""

    def __init__(self, name: str, bucket: Any) -> None:
        super().__init__(name, bucket, chunk_size=PART_BYTES)

    def delete(self, **_: Any) -> None:
        """Do nothing: the SDK would delete, after an upload gone wrong, whoever's blob is there now."""


class _Parts:
    """Content as the stream that the SDK reads: each read is one part."""

    def __init__(self, key: Key, content: Content) -> None:
        self._parts = parts(key, content, part_bytes_max=PART_BYTES)
        self._left = size_of(content)
        self._position = 0

    def tell(self) -> int:
        return self._position

    def read(self, _: int) -> bytes:
        part = next(self._parts, b"")
        self._position += len(part)
        self._left -= len(part)
        return part

    def last_once(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """A retry in the SDK's form."""
        return (PATIENT if self._left else ONCE)(call)


def _remove(blob: Blob, error: DataCorruption) -> None:
    """Remove a blob that the service took with other bytes than were sent, unless it is replaced already."""
    with suppress(GoogleAPICallError, ValueError, KeyError):
        generation = int(error.response.json()["generation"])
        blob.bucket.delete_blob(
            blob.name, if_generation_match=generation, timeout=TIMEOUT, retry=ONCE
        )
