"""Every store that the laws are checked against. Add a backend: add a row."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from app.store.backends.azure import AzureStore
from app.store.backends.local import LocalStore
from app.store.backends.memory import MemoryStore
from app.store.backends.s3 import S3Store
from app.store.contract import BlobStore
from infra.local_cloud import credentials
from samples.backends.sqlite_store import SQLiteStore, create_file
from tests.contract.narrow import OneNameForTwins, WithoutConditions


@dataclass(frozen=True, slots=True)
class Place:
    """Where a test may make stores: nothing in it is another test's."""

    folder: Path
    request: pytest.FixtureRequest

    @property
    def moto_url(self) -> str:
        """Started when the first test asks for it."""
        return str(self.request.getfixturevalue("moto_url"))

    @property
    def azurite_url(self) -> str:
        """Started when the first test asks for it."""
        return str(self.request.getfixturevalue("azurite_url"))


def sqlite(place: Place) -> SQLiteStore:
    create_file(place.folder / "kb.db")
    return SQLiteStore(place.folder / "kb.db", prefix="kb")


def s3(place: Place, *, prefix: str = "", page_keys_max: int = 1000) -> S3Store:
    store = S3Store(
        f"laws-{uuid.uuid4().hex}",
        prefix=prefix,
        region_name=credentials.MOTO_REGION,
        endpoint_url=place.moto_url,
        aws_access_key_id=credentials.MOTO_ACCESS_KEY_ID,
        aws_secret_access_key=credentials.MOTO_SECRET_ACCESS_KEY,
        page_keys_max=page_keys_max,
    )
    store.create_bucket()
    return store


def azure(place: Place, *, prefix: str = "", page_keys_max: int = 5000) -> AzureStore:
    store = AzureStore(
        f"laws-{uuid.uuid4().hex}",
        prefix=prefix,
        connection_string=credentials.azurite_connection_string(place.azurite_url),
        page_keys_max=page_keys_max,
    )
    store.create_container()
    return store


STORES: Final[dict[str, Callable[[Place], BlobStore]]] = {
    "memory": lambda place: MemoryStore(),
    "memory without conditions": lambda place: WithoutConditions(MemoryStore()),
    "memory that takes twins for one": lambda place: OneNameForTwins(MemoryStore()),
    "local": lambda place: LocalStore(place.folder),
    "sqlite (the guide's)": sqlite,
    "s3": s3,
    "s3 under a prefix, small pages": partial(s3, prefix="kb docs/ü", page_keys_max=7),
    "azure": azure,
    "azure under a prefix, small pages": partial(azure, prefix="kb docs/ü/", page_keys_max=7),
}
EMULATED: Final = {name for name in STORES if name.startswith(("s3", "azure"))}
