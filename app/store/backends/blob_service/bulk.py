"""What bulk calls through obstore are like on Azure's blob service."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from azure.storage.blob import ContainerClient
from obstore import store as obs

from app.store.backends.blob_service import accounts as sdk
from app.store.backends.blob_service.failures import CONTAINER_MISSING, container_missing
from app.store.backends.blob_service.shapes import DEFAULT_CONTENT_TYPE, tier_of
from app.store.backends.bulk.clients import Clients, Patience
from app.store.backends.bulk.failures import Service
from app.store.backends.bulk.shapes import attributes_of, properties_of
from app.store.backends.bulk.verbs import SMALL_BYTES_MAX
from app.store.contract import Blob, BlobInfo, Upload
from app.store.keys import Key

_SCOPE: Final = "https://storage.azure.com/.default"


def bulk_clients(container: ContainerClient) -> Clients[obs.AzureStore]:
    """Return obstore's clients of a container: same address, credentials and patience as the SDK's."""
    patience = Patience(
        sdk.CONNECT_SECONDS_MAX, sdk.READ_SECONDS_MAX, sdk.RETRIES_MAX, backoff_seconds=1
    )
    endpoint = sdk.endpoint_of(container)

    def make(retries: bool) -> obs.AzureStore:
        # Everything is said: obstore would take what is left out from variables of its own.
        return obs.AzureStore(
            str(container.container_name),
            config={
                "account_name": str(container.account_name),
                "endpoint": endpoint,
                "use_emulator": False,
                "use_fabric_endpoint": False,
                "skip_signature": False,
            },
            # The variables that the SDK's HTTP library takes it from.
            client_options=patience.client_options(
                endpoint, os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE")
            ),
            retry_config=patience.retry_config(retries=retries),
            credential_provider=_Credentials(container),
        )

    return Clients(make)


class _Credentials:
    """Hands obstore what the SDK's client was opened with: a key, a signature, or an identity's token."""

    def __init__(self, container: ContainerClient) -> None:
        self._credential: Any = container.credential
        self._signature = urlsplit(container.url).query

    def __call__(self) -> Any:
        if hasattr(self._credential, "get_token"):
            token = self._credential.get_token(_SCOPE)
            expires_at = datetime.fromtimestamp(token.expires_on, UTC)
            return {"token": token.token, "expires_at": expires_at}
        if hasattr(self._credential, "account_key"):
            return {"access_key": self._credential.account_key, "expires_at": None}
        return {"sas_token": self._signature, "expires_at": None}


class AzureDialect:
    """Azure's answers. Nothing in them that obstore shows is a checksum, so nothing is compared.

    Args:
        container: the SDK's client, for messages.
    """

    def __init__(self, container: ContainerClient) -> None:
        name, endpoint = str(container.container_name), sdk.endpoint_of(container)
        self.service = Service(
            "Azure", endpoint, container_missing(name, endpoint), CONTAINER_MISSING
        )

    @property
    def put_bytes_max(self) -> int:
        """What may go without a checksum: obstore sends none to Azure."""
        return SMALL_BYTES_MAX

    def attributes(self, upload: Upload) -> dict[str, str]:
        """Return the properties of an upload as obstore's attributes.

        Raises:
            Unsupported: there is no such tier.
        """
        if upload.properties.tier is not None:
            tier_of(upload.key, upload.properties.tier)
        return attributes_of(upload.properties)

    def blob(self, key: Key, meta: Any, attributes: Mapping[str, str], data: bytes) -> Blob:
        """Return what a GET answered."""
        info = BlobInfo(
            key=key,
            size_stored=meta["size"],
            version=meta["e_tag"].strip('"'),
            modified=meta["last_modified"],
        )
        return Blob(info, properties_of(attributes, DEFAULT_CONTENT_TYPE), data)

    def written(self, upload: Upload, data: bytes, etag: str) -> BlobInfo:
        """Return what a PUT answered."""
        return BlobInfo(
            key=upload.key,
            size_stored=len(data),
            version=etag,
            modified=datetime.now(UTC),
            tier=upload.properties.tier,
        )

    def settled_read(self, blob: Blob) -> None:
        """Nothing is ever compared."""

    def settled_write(self, upload: Upload, data: bytes, etag: str) -> BlobInfo:
        """Nothing is ever compared."""
        return self.written(upload, data, etag)
