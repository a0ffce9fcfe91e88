"""Every storage of the guide, empty and filled."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from app.storage import (
    AzureBlobStorage,
    BlobStorage,
    CachedBlobStorage,
    FileSystemStorage,
    GCSStorage,
    MonitoredBlobStorage,
    S3Storage,
)
from app.storage.options import StorageOptions
from app.store.backends.memory import MemoryStore
from app.store.keys import Key
from app.store.stack import open_stack
from infra.local_cloud import credentials

_EVERY_OPTION: Final[StorageOptions] = {
    "cache_ttl": 300,
    "monitored": True,
    "compress": True,
    "deduplicate": True,
}


def _folder(tmp_path: Path, _: pytest.FixtureRequest) -> BlobStorage:
    return FileSystemStorage(str(tmp_path / "storage"))


def _folder_layered(tmp_path: Path, _: pytest.FixtureRequest) -> BlobStorage:
    return FileSystemStorage(tmp_path / "storage", **_EVERY_OPTION)


def _memory_wrapped(_: Path, __: pytest.FixtureRequest) -> BlobStorage:
    return CachedBlobStorage(MonitoredBlobStorage(BlobStorage(MemoryStore())))


def _memory(_: Path, __: pytest.FixtureRequest) -> BlobStorage:
    return BlobStorage(open_stack(MemoryStore()))


def _s3(tmp_path: Path, request: pytest.FixtureRequest) -> BlobStorage:
    return S3Storage(
        f"storage-{abs(hash(tmp_path))}",
        credentials.MOTO_ACCESS_KEY_ID,
        credentials.MOTO_SECRET_ACCESS_KEY,
        endpoint_url=request.getfixturevalue("moto_url"),
        create=True,
    )


def _s3_layered(tmp_path: Path, request: pytest.FixtureRequest) -> BlobStorage:
    return S3Storage(
        f"layered-{abs(hash(tmp_path))}",
        credentials.MOTO_ACCESS_KEY_ID,
        credentials.MOTO_SECRET_ACCESS_KEY,
        endpoint_url=request.getfixturevalue("moto_url"),
        create=True,
        **_EVERY_OPTION,
    )


def _azure(tmp_path: Path, request: pytest.FixtureRequest) -> BlobStorage:
    return AzureBlobStorage(
        credentials.azurite_connection_string(request.getfixturevalue("azurite_url")),
        f"storage-{abs(hash(tmp_path))}",
        prefix="kb",
        create=True,
    )


def _gcs(tmp_path: Path, request: pytest.FixtureRequest) -> BlobStorage:
    return GCSStorage(
        f"storage-{abs(hash(tmp_path))}",
        endpoint_url=request.getfixturevalue("gcs_url"),
        prefix="kb",
        create=True,
    )


@pytest.fixture(
    params=[
        pytest.param(_folder, id="folder"),
        pytest.param(_folder_layered, id="folder with every option"),
        pytest.param(_memory, id="memory"),
        pytest.param(_memory_wrapped, id="memory, cached and monitored"),
        pytest.param(_s3, id="s3", marks=pytest.mark.emulator),
        pytest.param(_s3_layered, id="s3 with every option", marks=pytest.mark.emulator),
        pytest.param(_azure, id="azure", marks=pytest.mark.emulator),
        pytest.param(_gcs, id="gcs", marks=pytest.mark.emulator),
    ]
)
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BlobStorage]:
    make: Callable[[Path, pytest.FixtureRequest], BlobStorage] = request.param
    with make(tmp_path, request) as storage:
        yield storage


@pytest.fixture
def filled(storage: BlobStorage) -> BlobStorage:
    for path in ("a/one.md", "a/b/two.md", "a/b/three.txt", "ab/four.md", "top.md", "a/.five.md"):
        storage.write_file(path, f"line of {path}\n")
    storage.store.write(Key(".kb/index/segment"), b"line of our own")
    return storage
