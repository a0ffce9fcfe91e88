"""What bulk calls through obstore are like on S3."""

import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from obstore import store as obs

from app.store.backends.aws import clients as sdk
from app.store.backends.aws.failures import bucket_missing
from app.store.backends.aws.shapes import DEFAULT_CONTENT_TYPE, DEFAULT_TIER, md5_of
from app.store.backends.bulk.clients import Clients, Patience
from app.store.backends.bulk.failures import Service
from app.store.backends.bulk.shapes import attributes_of, properties_of
from app.store.backends.bulk.verbs import SMALL_BYTES_MAX
from app.store.backends.content import BYTES_AT_ONCE_MAX
from app.store.contract import Blob, BlobInfo, BlobStore, Upload
from app.store.digests import md5_text_of
from app.store.errors import CorruptBlob, NotFound
from app.store.keys import Key

# So long obstore keeps what the chain gave: it asks again all the time, and a new key reaches it at once.
_CREDENTIALS_SECONDS: Final = 60


def bulk_clients(bucket: str, vendor: sdk.Clients) -> Clients[obs.S3Store]:
    """Return obstore's clients of `bucket`: same address, region, credentials and patience as boto3's."""
    patience = Patience(
        sdk.CONNECT_SECONDS_MAX, sdk.READ_SECONDS_MAX, sdk.ATTEMPTS_MAX - 1, backoff_seconds=0.5
    )

    def make(retries: bool) -> obs.S3Store:
        address = vendor.address_of(bucket)
        # Everything is said: obstore would take what is left out from variables of its own.
        return obs.S3Store(
            bucket,
            config={
                "aws_endpoint_url_s3": address,
                "virtual_hosted_style_request": True,
                "region": vendor.region,
                "skip_signature": False,
                "unsigned_payload": False,
                "conditional_put": "etag",
            },
            client_options=patience.client_options(address, vendor.ca_bundle),
            retry_config=patience.retry_config(retries=retries),
            credential_provider=_Credentials(vendor),
        )

    return Clients(make)


class _Credentials:
    """Hands obstore what boto3's chain holds now."""

    def __init__(self, vendor: sdk.Clients) -> None:
        self._vendor = vendor

    def __call__(self) -> Any:
        found = self._vendor.credentials()
        if found is None:
            # Its text is never shown: the call is then made by boto3, which says what to do.
            raise LookupError("boto3's chain found no credentials")
        now = found.get_frozen_credentials()
        return {
            "access_key_id": now.access_key,
            "secret_access_key": now.secret_key,
            "token": now.token,
            "expires_at": datetime.now(UTC) + timedelta(seconds=_CREDENTIALS_SECONDS),
        }


class S3Dialect:
    """S3's answers, and what its ETags prove.

    An ETag of 32 hexadecimal digits is the MD5 sum of the bytes, unless the object is encrypted with KMS or a
    customer's key, which obstore does not tell. A sum that does not agree is therefore settled by one call
    of boto3, which does tell; once it has said "encrypted", this store no longer compares.

    Args:
        store: the store, for what it has to settle.
        bucket: its bucket.
        vendor: its clients of boto3.
        etags_md5: whether ETags may be MD5 sums at all.
    """

    def __init__(
        self, store: BlobStore, bucket: str, vendor: sdk.Clients, *, etags_md5: bool
    ) -> None:
        self._store = store
        self._bucket = bucket
        self._vendor = vendor
        self._etags_md5 = threading.Event()
        if etags_md5:
            self._etags_md5.set()
        self._service: Service | None = None

    @property
    def service(self) -> Service:
        """For messages."""
        if self._service is None:
            endpoint = self._vendor.endpoint
            missing = bucket_missing(self._bucket, endpoint)
            self._service = Service("S3", endpoint, missing, frozenset({"NoSuchBucket"}))
        return self._service

    @property
    def put_bytes_max(self) -> int:
        """What one request may carry, at less than boto3 costs."""
        return BYTES_AT_ONCE_MAX

    def attributes(self, upload: Upload) -> dict[str, str]:
        """Return the properties of an upload as obstore's attributes."""
        return attributes_of(upload.properties)

    def blob(self, key: Key, meta: Any, attributes: Mapping[str, str], data: bytes) -> Blob | None:
        """Return what a GET answered; None where the bytes do not agree with the ETag."""
        version = meta["e_tag"].strip('"')
        digest = md5_of(version) if self._etags_md5.is_set() else None
        if digest and digest.value != md5_text_of(data):
            return None
        info = BlobInfo(
            key=key,
            size_stored=meta["size"],
            version=version,
            modified=meta["last_modified"],
            digest=digest,
        )
        return Blob(info, properties_of(attributes, DEFAULT_CONTENT_TYPE), data)

    def written(self, upload: Upload, data: bytes, etag: str) -> BlobInfo | None:
        """Return what a PUT answered; None where the ETag does not agree with the bytes."""
        digest = md5_of(etag) if self._etags_md5.is_set() else None
        # More is left to S3, which compares its signed SHA-256: a second sum would cost as much as the rest.
        if digest and len(data) <= SMALL_BYTES_MAX and digest.value != md5_text_of(data):
            return None
        return BlobInfo(
            key=upload.key,
            size_stored=len(data),
            version=etag,
            modified=datetime.now(UTC),
            digest=digest,
            tier=upload.properties.tier or DEFAULT_TIER,
        )

    def settled_read(self, blob: Blob) -> None:
        """Learn that the objects here are encrypted."""
        if blob.info.digest is None:
            self._etags_md5.clear()

    def settled_write(self, upload: Upload, data: bytes, etag: str) -> BlobInfo:
        """Return what was written if the objects here are encrypted; else its bytes were damaged.

        Raises:
            CorruptBlob: the service stores other bytes than were sent.
        """
        try:
            encrypted = self._store.stat(upload.key).digest is None
        except NotFound:
            # Somebody deleted it since: nobody will read other bytes than were sent.
            encrypted = True
        else:
            if encrypted:
                self._etags_md5.clear()
        if not encrypted:
            raise CorruptBlob(
                f"{upload.key}: S3 stores other bytes than were sent; they were damaged on the way",
                key=upload.key,
            )
        return BlobInfo(
            key=upload.key,
            size_stored=len(data),
            version=etag,
            modified=datetime.now(UTC),
            tier=upload.properties.tier or DEFAULT_TIER,
        )
