"""Every store that the laws are checked against. Add a backend: add a row."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from app.store.backends.azure import AzureStore
from app.store.backends.gcs import GCSStore
from app.store.backends.local import LocalStore
from app.store.backends.memory import MemoryStore
from app.store.backends.s3 import S3Store
from app.store.conformance import Around
from app.store.contract import BlobStore
from app.store.layers.base import Layer
from app.store.layers.cached import CachedStore
from app.store.layers.compressed import CompressedStore
from app.store.layers.deduped import DedupedStore
from app.store.layers.metered import MeteredStore
from app.store.stack import StackOptions, open_stack
from infra.local_cloud import credentials
from samples.backends.sqlite_store import SQLiteStore, create_file
from tests.contract.narrow import InNoOrder, OneNameForTwins, WithoutConditions


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

    @property
    def gcs_url(self) -> str:
        """Started when the first test asks for it."""
        return str(self.request.getfixturevalue("gcs_url"))


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


def gcs(place: Place, *, prefix: str = "", page_keys_max: int = 1000) -> GCSStore:
    store = GCSStore(
        f"laws-{uuid.uuid4().hex}",
        prefix=prefix,
        endpoint_url=place.gcs_url,
        page_keys_max=page_keys_max,
    )
    store.create_bucket()
    return store


def compressed(inner: BlobStore) -> CompressedStore:
    """Every blob, also where it does not pay: the laws write small ones."""
    return CompressedStore(inner, bytes_min=0, ratio_max=100)


def stack(backend: BlobStore) -> BlobStore:
    """What programs use, with every option."""
    return open_stack(
        backend,
        StackOptions(metered=True, cache_seconds_max=300, deduplicate=True, compress=True),
    )


STORES: Final[dict[str, Callable[[Place], BlobStore]]] = {
    "memory": lambda place: MemoryStore(),
    "memory without conditions": lambda place: WithoutConditions(MemoryStore()),
    "memory that takes twins for one": lambda place: OneNameForTwins(MemoryStore()),
    "memory in no order": lambda place: InNoOrder(MemoryStore()),
    "local": lambda place: LocalStore(place.folder),
    "sqlite (the guide's)": sqlite,
    "layer": lambda place: Layer(MemoryStore()),
    "metered": lambda place: MeteredStore(MemoryStore()),
    "cached": lambda place: CachedStore(MemoryStore(), age_seconds_max=300),
    "cached, always asking": lambda place: CachedStore(MemoryStore(), age_seconds_max=0),
    "compressed": lambda place: compressed(MemoryStore()),
    "deduped": lambda place: DedupedStore(MemoryStore(), bytes_min=0),
    "deduped and compressed": lambda place: DedupedStore(compressed(MemoryStore()), bytes_min=0),
    "deduped on local": lambda place: DedupedStore(LocalStore(place.folder), bytes_min=0),
    "stack on memory": lambda place: stack(MemoryStore()),
    "stack on local": lambda place: stack(LocalStore(place.folder)),
    "guarded memory": lambda place: open_stack(MemoryStore()),
    "guarded local": lambda place: open_stack(LocalStore(place.folder)),
    "s3": s3,
    "s3 under a prefix, small pages": partial(s3, prefix="kb docs/ü", page_keys_max=7),
    "stack on s3": lambda place: stack(s3(place)),
    "azure": azure,
    "azure under a prefix, small pages": partial(azure, prefix="kb docs/ü/", page_keys_max=7),
    "gcs": gcs,
    "gcs under a prefix, small pages": partial(gcs, prefix="kb docs/ü", page_keys_max=7),
    "stack on azure": lambda place: stack(azure(place)),
}
LAYERS: Final[dict[str, Around]] = {
    "cached": lambda inner: CachedStore(inner, age_seconds_max=300),
    "cached, always asking": lambda inner: CachedStore(inner, age_seconds_max=0),
    "compressed": compressed,
    "deduped": lambda inner: DedupedStore(inner, bytes_min=0),
    "guarded": open_stack,
    "stack": stack,
}
"""What stands above the faults; below is memory."""

BACKENDS: Final = ("memory", "memory without conditions", "local", "s3", "azure", "gcs")
"""What the faults are made above of. Small pages, or other layers below, change nothing about them."""

EMULATED: Final = {
    name for name in STORES if any(service in name for service in ("s3", "azure", "gcs"))
}
PROVED: Final = {"stack on s3"}
"""Rows that only `make proof` runs: another service has the same layers in each `make test`."""
