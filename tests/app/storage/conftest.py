"""Every storage of the guide, empty and filled."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from app.storage import BlobStorage, CachedBlobStorage, MonitoredBlobStorage
from app.storage.options import StorageOptions
from app.store.backends.memory import MemoryStore
from app.store.keys import Key
from app.store.stack import open_stack
from tests.app.storage.places import place_of

Opener = Callable[[Path, pytest.FixtureRequest], BlobStorage]

_EVERY_OPTION: Final[StorageOptions] = {
    "cache_ttl": 300,
    "monitored": True,
    "compress": True,
    "deduplicate": True,
}


def _opened(
    storage_type: str,
    options: StorageOptions,
    folder: Path,
    request: pytest.FixtureRequest,
) -> BlobStorage:
    return place_of(storage_type, folder, request).open(**options)


def _memory(_: Path, __: pytest.FixtureRequest) -> BlobStorage:
    return BlobStorage(open_stack(MemoryStore()))


def _memory_wrapped(_: Path, __: pytest.FixtureRequest) -> BlobStorage:
    return CachedBlobStorage(MonitoredBlobStorage(BlobStorage(MemoryStore())))


_STORAGES: Final[dict[str, Opener]] = {
    "folder": partial(_opened, "filesystem", {}),
    "folder with every option": partial(_opened, "filesystem", _EVERY_OPTION),
    "memory": _memory,
    "memory, cached and monitored": _memory_wrapped,
    "s3": partial(_opened, "s3", {}),
    "s3 with every option": partial(_opened, "s3", _EVERY_OPTION),
    "azure": partial(_opened, "azure", {}),
    "gcs": partial(_opened, "gcs", {}),
}


@pytest.fixture(
    params=[
        pytest.param(
            opener,
            id=name,
            marks=[] if name.startswith(("folder", "memory")) else [pytest.mark.emulator],
        )
        for name, opener in _STORAGES.items()
    ]
)
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BlobStorage]:
    opener: Opener = request.param
    with opener(tmp_path, request) as storage:
        yield storage


@pytest.fixture
def filled(storage: BlobStorage) -> BlobStorage:
    for path in ("a/one.md", "a/b/two.md", "a/b/three.txt", "ab/four.md", "top.md", "a/.five.md"):
        storage.write_file(path, f"line of {path}\n")
    storage.store.write(Key(".kb/index/segment"), b"line of our own")
    return storage
