"""What bulk calls are like on S3."""

from datetime import UTC, datetime
from functools import cached_property
from typing import Final
from urllib.parse import quote, urlsplit

from app.store.backends.aws import clients as sdk
from app.store.backends.aws.failures import bucket_missing
from app.store.backends.aws.shapes import (
    DEFAULT_CONTENT_TYPE,
    DEFAULT_TIER,
    expect_stored,
    is_no_md5,
    md5_of,
)
from app.store.backends.aws.signing import Signer
from app.store.backends.bulk.failures import Service
from app.store.backends.bulk.headers import (
    condition_headers,
    moment_of,
    properties_of,
    property_headers,
)
from app.store.backends.bulk.messages import Reply, Request
from app.store.backends.bulk.transport import Handles
from app.store.backends.bulk.verbs import SMALL_BYTES_MAX
from app.store.backends.content import BYTES_AT_ONCE_MAX, intact
from app.store.backends.endpoints import TornAnswer
from app.store.backends.etags import version_of
from app.store.backends.names import Names
from app.store.contract import Blob, BlobInfo, Digest, Upload
from app.store.keys import Key

_METADATA: Final = "x-amz-meta-"
_ENCRYPTION: Final = "x-amz-server-side-encryption"


class S3Dialect:
    """S3's requests and answers, with the address, region, credentials and patience of the SDK's.

    Args:
        bucket: the store's.
        names: of its objects.
        vendor: its clients of the SDK.
        etags_md5: whether ETags may be MD5 sums at all.
    """

    put_bytes_max = BYTES_AT_ONCE_MAX
    backoff_seconds = 0.5

    def __init__(self, bucket: str, names: Names, vendor: sdk.Clients, *, etags_md5: bool) -> None:
        self._bucket = bucket
        self._names = names
        self._vendor = vendor
        self._etags_md5 = etags_md5

    @property
    def tries_max(self) -> int:
        """See `Dialect`."""
        return sdk.ATTEMPTS_MAX

    @cached_property
    def service(self) -> Service:
        """See `Dialect`."""
        endpoint = self._vendor.endpoint
        missing = bucket_missing(self._bucket, endpoint)
        return Service("S3", endpoint, missing, frozenset({"NoSuchBucket"}))

    def handles(self) -> Handles:
        """See `Dialect`."""
        return Handles(
            self._address,
            connect_seconds_max=sdk.CONNECT_SECONDS_MAX,
            read_seconds_max=sdk.READ_SECONDS_MAX,
            ca_bundle=self._vendor.ca_bundle,
        )

    def get(self, key: Key) -> Request | None:
        """See `Dialect`."""
        return self._request(key, {})

    def put(self, upload: Upload, data: bytes) -> Request | None:
        """See `Dialect`."""
        headers = property_headers(
            upload.properties,
            content_type="content-type",
            content_encoding="content-encoding",
            metadata=_METADATA,
        )
        if headers is None:
            return None
        headers |= condition_headers(upload.when)
        if upload.properties.tier:
            headers["x-amz-storage-class"] = upload.properties.tier
        return self._request(upload.key, headers, data, upload.sha256)

    def blob(self, key: Key, reply: Reply) -> Blob:
        """See `Dialect`."""
        headers = reply.headers
        properties = properties_of(
            headers,
            metadata=_METADATA,
            default_content_type=DEFAULT_CONTENT_TYPE,
            tier=headers.get("x-amz-storage-class"),
        )
        modified = headers.get("last-modified")
        if not modified:
            raise TornAnswer
        tier = properties.tier or DEFAULT_TIER
        info = self._info(key, reply, len(reply.body), modified, tier)
        blob = Blob(info, properties, reply.body)
        return intact(blob) if self._etags_md5 else blob

    def written(self, upload: Upload, data: bytes, reply: Reply) -> BlobInfo:
        """See `Dialect`."""
        tier = upload.properties.tier or DEFAULT_TIER
        info = self._info(upload.key, reply, len(data), reply.headers.get("date"), tier)
        # More is left to S3, which compares its signed SHA-256: a second sum would cost as much as the rest.
        if self._etags_md5 and len(data) <= SMALL_BYTES_MAX:
            expect_stored(upload.key, data, info.digest)
        return info

    @cached_property
    def _address(self) -> str:
        return self._vendor.address_of(self._bucket)

    @cached_property
    def _signer(self) -> Signer:
        return Signer(urlsplit(self._address).netloc, self._vendor.region)

    @cached_property
    def _path(self) -> str:
        return urlsplit(self._address).path

    def _request(
        self,
        key: Key,
        headers: dict[str, str],
        data: bytes | None = None,
        sha256: bytes | None = None,
    ) -> Request | None:
        found = self._vendor.credentials()
        if found is None:
            # The call is then made by the SDK, which says what to do.
            return None
        name = quote(self._names.name(key), safe="/~")
        credentials = found.get_frozen_credentials()
        lines = self._signer.signed(
            "GET" if data is None else "PUT",
            f"{self._path}/{name}",
            headers,
            data or b"",
            credentials,
            payload_sha256=sha256,
        )
        return Request(f"{self._address}/{name}", lines, data)

    def _info(self, key: Key, reply: Reply, size: int, date: str | None, tier: str) -> BlobInfo:
        headers = reply.headers
        version = version_of(headers.get("etag"))
        return BlobInfo(
            key=key,
            size_stored=size,
            version=version,
            modified=moment_of(date) if date else datetime.now(UTC),
            digest=None if _is_encrypted(headers) else self._digest(version),
            tier=tier,
        )

    def _digest(self, version: str) -> Digest | None:
        return md5_of(version) if self._etags_md5 else None


def _is_encrypted(headers: dict[str, str]) -> bool:
    customers = f"{_ENCRYPTION}-customer-algorithm" in headers
    return is_no_md5(headers.get(_ENCRYPTION), customers=customers)
