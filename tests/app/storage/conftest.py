"""Every storage of the guide, empty and filled."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.storage import AzureBlobStorage, BlobStorage, FileSystemStorage, S3Storage
from app.store.backends.memory import MemoryStore
from app.store.keys import Key
from app.store.stack import open_stack
from infra.local_cloud import credentials


def _folder(tmp_path: Path, _: pytest.FixtureRequest) -> BlobStorage:
    return FileSystemStorage(str(tmp_path / "storage"))


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


def _azure(tmp_path: Path, request: pytest.FixtureRequest) -> BlobStorage:
    return AzureBlobStorage(
        credentials.azurite_connection_string(request.getfixturevalue("azurite_url")),
        f"storage-{abs(hash(tmp_path))}",
        prefix="kb",
        create=True,
    )


@pytest.fixture(
    params=[
        pytest.param(_folder, id="folder"),
        pytest.param(_memory, id="memory"),
        pytest.param(_s3, id="s3", marks=pytest.mark.emulator),
        pytest.param(_azure, id="azure", marks=pytest.mark.emulator),
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
