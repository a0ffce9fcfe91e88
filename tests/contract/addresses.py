"""Stores as another process opens them: a URL, and the variables that credentials come from. Add a row."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from app.store.backends.local import LocalStore
from app.store.conformance.races import Opening
from app.store.contract import BlobStore
from app.store.url import parse_store_url
from infra.local_cloud import credentials
from tests.contract.stores import Place, azure, gcs, s3


@dataclass(frozen=True, slots=True)
class Address:
    """An empty store, open here, and how it is opened elsewhere."""

    store: BlobStore
    url: str
    variables: dict[str, str]

    @property
    def opening(self) -> Opening:
        return Opening("app.environment:open_store_at", self.url)

    @property
    def environ(self) -> dict[str, str]:
        return {**os.environ, **self.variables}


def _local(place: Place) -> Address:
    return Address(LocalStore(place.folder), place.folder.as_uri(), {})


def _s3(place: Place) -> Address:
    store = s3(place)
    variables = {
        "AWS_ACCESS_KEY_ID": credentials.MOTO_ACCESS_KEY_ID,
        "AWS_SECRET_ACCESS_KEY": credentials.MOTO_SECRET_ACCESS_KEY,
    }
    url = f"s3://{store._bucket}?endpoint_url={place.moto_url}&region={credentials.MOTO_REGION}"
    return Address(store, url, variables)


def _azure(place: Place) -> Address:
    store = azure(place)
    connection_string = credentials.azurite_connection_string(place.azurite_url)
    account = place.azurite_url.rstrip("/").rpartition("/")[2]
    url = f"azure://{account}/{store._container.container_name}?endpoint_url={place.azurite_url}"
    return Address(store, url, {"AZURE_STORAGE_CONNECTION_STRING": connection_string})


def _gcs(place: Place) -> Address:
    store = gcs(place)
    return Address(store, f"gs://{store._objects.bucket}?endpoint_url={place.gcs_url}", {})


ADDRESSES: Final[dict[str, Callable[[Place], Address]]] = {
    "local": _local,
    "s3": _s3,
    "azure": _azure,
    "gcs": _gcs,
}


def opened(name: str, place: Place) -> Address:
    """Make the store of a row."""
    address = ADDRESSES[name](place)
    parse_store_url(address.url)
    return address
