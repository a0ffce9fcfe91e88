"""The two clients of the SDK that a store needs: one that retries, and one that never does.

They are botocore's, as boto3's are: what boto3 adds is not called here, and takes long to import.
"""

import functools
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import botocore.session
from botocore import UNSIGNED
from botocore.config import Config
from botocore.credentials import RefreshableCredentials
from botocore.handlers import add_expect_header
from botocore.loaders import Loader

from app.store.backends.aws.listing import read_entries
from app.store.backends.emulator_keys import refuse_emulator_key
from app.store.errors import StoreOptionError

if TYPE_CHECKING:
    from botocore.credentials import Credentials
    from mypy_boto3_s3 import S3Client

CONNECT_SECONDS_MAX: Final = 10
READ_SECONDS_MAX: Final = 60
ATTEMPTS_MAX: Final = 3


class _Models(Loader):
    """The models of AWS's services."""

    def list_available_services(self, type_name: str) -> list[str]:
        """Return the services that have a folder: to look into each takes longer than to read a model."""
        places = (Path(place) for place in self.search_paths)
        return sorted(
            {folder.name for place in places if place.is_dir() for folder in place.iterdir()}
        )


@functools.cache
def _models() -> _Models:
    """Return the service models, once: parsing them takes longer than all else of a client."""
    return _Models()


class Clients:
    """Makes its clients when they are first asked for, and closes those it made.

    Args:
        region_name: None leaves it to the SDK.
        endpoint_url: None is AWS itself.
        aws_access_key_id, aws_secret_access_key, aws_session_token: None leaves it to the SDK's chain.
        connections_max: how many connections are kept open.

    Raises:
        StoreOptionError: only half of a key pair was given, or a pair that everybody knows, for an endpoint
            that is not on this machine. A pair that the SDK's chain finds is looked at with the first call.
    """

    def __init__(
        self,
        *,
        region_name: str | None,
        endpoint_url: str | None,
        aws_access_key_id: str | None,
        aws_secret_access_key: str | None,
        aws_session_token: str | None,
        connections_max: int,
    ) -> None:
        if bool(aws_access_key_id) != bool(aws_secret_access_key):
            raise StoreOptionError(
                "give both aws_access_key_id and aws_secret_access_key, or neither"
            )
        self._session = botocore.session.Session()
        self._session.register_component("data_loader", _models())
        if aws_access_key_id and aws_secret_access_key:
            self._session.set_credentials(
                aws_access_key_id, aws_secret_access_key, aws_session_token
            )
        if region_name is not None:
            self._session.set_config_variable("region", region_name)
        if endpoint_url and aws_access_key_id and aws_secret_access_key:
            refuse_emulator_key(aws_access_key_id, aws_secret_access_key, endpoint_url)
        self._endpoint_url = endpoint_url
        self._connections_max = connections_max
        self._made: dict[int, S3Client] = {}
        self._lock = threading.Lock()

    @property
    def retrying(self) -> "S3Client":
        """The client for calls that may be repeated."""
        return self._client(ATTEMPTS_MAX)

    @property
    def once(self) -> "S3Client":
        """The client for calls that must not be repeated: those with a condition."""
        return self._client(1)

    @property
    def endpoint(self) -> str:
        """Where the calls go, for messages."""
        return self.retrying.meta.endpoint_url

    @property
    def region(self) -> str:
        """The region that calls are signed for."""
        region = self.retrying.meta.region_name
        return "us-east-1" if region in (None, "aws-global") else region

    @property
    def ca_bundle(self) -> str | None:
        """The file with certificates that the SDK was told to trust."""
        bundle = self._session.get_config_variable("ca_bundle")
        return str(bundle) if bundle else None

    def credentials(self) -> "Credentials | None":
        """Return what the SDK's chain found: it renews itself. None where it found nothing."""
        return self._session.get_credentials()

    def address_of(self, bucket: str) -> str:
        """Return the URL that the names of a bucket's objects are appended to, as the SDK does it."""
        # Unsigned, because then no credentials are asked for; the URL is the same.
        client = self._make(1, signature_version=UNSIGNED)
        try:
            url: str = client.generate_presigned_url(
                "get_object", Params={"Bucket": bucket, "Key": "x"}
            )
        finally:
            client.close()
        return url.removesuffix("/x")

    def create_bucket(self, bucket: str) -> None:
        """Create `bucket` in the session's region unless the caller owns it already."""
        client = self.retrying
        region = client.meta.region_name
        try:
            # us-east-1 is the one region that must not be named (S3 API, CreateBucketConfiguration).
            if region in (None, "us-east-1", "aws-global"):
                client.create_bucket(Bucket=bucket)
            else:
                elsewhere: Any = {"LocationConstraint": region}
                client.create_bucket(Bucket=bucket, CreateBucketConfiguration=elsewhere)
        except client.exceptions.BucketAlreadyOwnedByYou:
            return

    def close(self) -> None:
        """Close the connections; a later call opens new ones."""
        with self._lock:
            clients, self._made = list(self._made.values()), {}
        for client in clients:
            client.close()

    def _client(self, attempts_max: int) -> "S3Client":
        # A session makes one client at a time; the clients themselves are thread-safe.
        with self._lock:
            client = self._made.get(attempts_max)
            if client is None:
                client = self._made[attempts_max] = self._make(attempts_max)
        return client

    def _make(self, attempts_max: int, **options: Any) -> "S3Client":
        made = self._session.create_client(
            "s3",
            endpoint_url=self._endpoint_url,
            config=Config(
                connect_timeout=CONNECT_SECONDS_MAX,
                read_timeout=READ_SECONDS_MAX,
                max_pool_connections=self._connections_max,
                retries={"mode": "standard", "total_max_attempts": attempts_max},
                # Uploads carry Content-MD5, which every service that speaks S3 checks; the trailing CRCs that
                # botocore adds by itself break several (boto/boto3#4392, #4398, #4435).
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                # An endpoint of one's own has no DNS names for its buckets.
                s3={"addressing_style": "path" if self._endpoint_url else "auto"},
                **options,
            ),
        )
        client = cast("S3Client", made)
        self._refuse_emulator_key(client.meta.endpoint_url)
        # With "Expect: 100-continue" each upload waits a round trip more; only redirects gain from it.
        client.meta.events.unregister("before-call.s3", add_expect_header)
        read_entries(client)
        return client

    def _refuse_emulator_key(self, endpoint: str) -> None:
        """Look at what the chain found; what it would fetch from a service is no emulator's."""
        found = self.credentials()
        if found is not None and not isinstance(found, RefreshableCredentials):
            refuse_emulator_key(found.access_key, found.secret_key, endpoint)
