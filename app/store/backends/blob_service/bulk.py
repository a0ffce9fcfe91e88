"""What bulk calls are like on Azure's blob service."""

import base64
import os
from email.utils import formatdate
from functools import cached_property, lru_cache
from time import time
from typing import Final
from urllib.parse import quote

from azure.storage.blob import ContainerClient

from app.store.backends.blob_service import accounts as sdk
from app.store.backends.blob_service.archive import word
from app.store.backends.blob_service.failures import CONTAINER_MISSING, container_missing
from app.store.backends.blob_service.shapes import DEFAULT_CONTENT_TYPE, tier_of
from app.store.backends.blob_service.signing import Signer
from app.store.backends.bulk.failures import Service
from app.store.backends.bulk.headers import (
    condition_headers,
    moment_of,
    properties_of,
    property_headers,
)
from app.store.backends.bulk.messages import Reply, Request
from app.store.backends.bulk.transport import Handles
from app.store.backends.content import BYTES_AT_ONCE_MAX, intact, md5_base64
from app.store.backends.endpoints import TornAnswer
from app.store.backends.etags import version_of
from app.store.backends.names import Names
from app.store.contract import Blob, BlobInfo, Digest, Upload
from app.store.keys import Key

_METADATA: Final = "x-ms-meta-"


class AzureDialect:
    """Azure's requests and answers, with the address, credentials and patience of the SDK's.

    Args:
        container: the SDK's client.
        names: of its blobs.
    """

    put_bytes_max = BYTES_AT_ONCE_MAX
    backoff_seconds = 1.0

    def __init__(self, container: ContainerClient, names: Names) -> None:
        self._container = container
        self._names = names
        self._endpoint = sdk.endpoint_of(container)
        name = str(container.container_name)
        self._address = f"{self._endpoint}/{name}"
        self.service = Service(
            "Azure", self._endpoint, container_missing(name, self._endpoint), CONTAINER_MISSING
        )

    @property
    def tries_max(self) -> int:
        """See `Dialect`."""
        return sdk.RETRIES_MAX + 1

    def handles(self) -> Handles:
        """See `Dialect`."""
        return Handles(
            self._endpoint,
            connect_seconds_max=sdk.CONNECT_SECONDS_MAX,
            read_seconds_max=sdk.READ_SECONDS_MAX,
            # The variables that the SDK's HTTP library takes it from.
            ca_bundle=os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE"),
        )

    def get(self, key: Key) -> Request | None:
        """See `Dialect`."""
        return self._request(key, {})

    def put(self, upload: Upload, data: bytes) -> Request | None:
        """See `Dialect`."""
        headers = property_headers(
            upload.properties,
            content_type="x-ms-blob-content-type",
            content_encoding="x-ms-blob-content-encoding",
            metadata=_METADATA,
        )
        if headers is None:
            return None
        headers |= condition_headers(upload.when)
        headers["x-ms-blob-type"] = "BlockBlob"
        headers["content-md5"] = md5_base64(data)
        if upload.properties.tier is not None:
            headers["x-ms-access-tier"] = tier_of(upload.key, upload.properties.tier).value
        return self._request(upload.key, headers, data)

    def blob(self, key: Key, reply: Reply) -> Blob:
        """See `Dialect`."""
        headers = reply.headers
        md5, tier = headers.get("content-md5"), headers.get("x-ms-access-tier")
        modified = headers.get("last-modified")
        if not modified:
            raise TornAnswer
        inferred = headers.get("x-ms-access-tier-inferred") == "true"
        properties = properties_of(
            headers,
            metadata=_METADATA,
            default_content_type=DEFAULT_CONTENT_TYPE,
            tier=None if inferred or not tier else word(tier),
        )
        info = BlobInfo(
            key=key,
            size_stored=len(reply.body),
            version=version_of(headers.get("etag")),
            modified=moment_of(modified),
            digest=Digest("md5", base64.b64decode(md5).hex()) if md5 else None,
            tier=word(tier) if tier else None,
        )
        return intact(Blob(info, properties, reply.body))

    def written(self, upload: Upload, data: bytes, reply: Reply) -> BlobInfo:
        """See `Dialect`."""
        headers = reply.headers
        modified, md5 = headers.get("last-modified"), headers.get("content-md5")
        if not (modified and md5):
            raise TornAnswer
        return BlobInfo(
            key=upload.key,
            size_stored=len(data),
            version=version_of(headers.get("etag")),
            modified=moment_of(modified),
            # The service has compared it with what it was sent.
            digest=Digest("md5", base64.b64decode(md5).hex()),
            tier=upload.properties.tier,
        )

    @cached_property
    def _signer(self) -> Signer:
        return Signer(self._container)

    def _request(self, key: Key, headers: dict[str, str], data: bytes | None = None) -> Request:
        url = f"{self._address}/{quote(self._names.name(key), safe='~/')}"
        headers["x-ms-date"] = _date(int(time()))
        headers["x-ms-version"] = self._container.api_version
        method = "GET" if data is None else "PUT"
        url, lines = self._signer.signed(method, url, headers, len(data or b""))
        return Request(url, lines, data)


@lru_cache(maxsize=2)
def _date(seconds: int) -> str:
    return formatdate(seconds, usegmt=True)
