"""Bad paths, outages and places that are not there: answers, not exceptions."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.storage import AzureBlobStorage, BlobStorage, FileSystemStorage, S3Storage
from app.store.backends.memory import MemoryStore
from app.store.contract import BlobStore
from app.store.errors import StoreMissing, StoreOptionError
from app.store.keys import Key
from infra.local_cloud import credentials


@pytest.mark.parametrize(
    "path", ["", "/etc/passwd", "../x", "a//b", "a/../b", "a\\b", "a\x00b", "dir/", "x" * 1025]
)
def test_a_bad_path_is_an_answer(storage: BlobStorage, path: str) -> None:
    for answer in (
        storage.read_file(path),
        storage.write_file(path, "x"),
        storage.write_file(path, "x", "a"),
        storage.write_file_with_etag(path, "x"),
        storage.delete_file(path),
    ):
        assert (answer["success"], answer["code"]) == (False, "invalid_path")
        assert "not a valid path" in answer["error"]


@pytest.mark.parametrize("path", [".kb", ".kb/x", ".KB/x", ".kb/deep/er"])
def test_the_systems_own_files_are_out_of_reach(storage: BlobStorage, path: str) -> None:
    for answer in (
        storage.read_file(path),
        storage.write_file(path, "x"),
        storage.write_file(path, "x", "a"),
        storage.write_file_with_etag(path, "x"),
        storage.delete_file(path),
    ):
        assert (answer["success"], answer["code"]) == (False, "invalid_path")
    assert list(storage.store.scan()) == []


@pytest.mark.parametrize("directory", ["..", "a//b", "a/../b", "/etc"])
def test_a_bad_directory_is_an_answer(storage: BlobStorage, directory: str) -> None:
    listed, searched = storage.list_files(directory), storage.search_files("x", directory)

    assert (listed["success"], listed["code"], listed["files"]) == (False, "invalid_path", [])
    assert (searched["success"], searched["code"], searched["matches"]) == (
        False,
        "invalid_path",
        [],
    )


def test_every_answer_is_json(filled: BlobStorage) -> None:
    answers: list[Any] = [
        filled.read_file("top.md"),
        filled.write_file("top.md", "x"),
        filled.list_files("", "**/*"),
        filled.search_files("line"),
        filled.delete_file("top.md"),
    ]

    assert all(json.loads(json.dumps(answer))["success"] for answer in answers)


def test_an_outage_is_an_answer() -> None:
    storage = S3Storage("bucket", "id", "secret", endpoint_url="http://127.0.0.1:9")

    answer = storage.list_files()
    assert (answer["success"], answer["code"], answer["files"]) == (False, "unavailable", [])
    assert "http://127.0.0.1:9" in answer["error"]
    storage.close()


@pytest.mark.emulator
def test_a_bucket_or_container_is_not_made_by_opening_it(moto_url: str, azurite_url: str) -> None:
    s3 = S3Storage("not-made", "id", "secret", endpoint_url=moto_url)
    azure = AzureBlobStorage(credentials.azurite_connection_string(azurite_url), "not-made")
    for storage in (s3, azure):
        for answer in (storage.read_file("a"), storage.write_file("a", "x"), storage.list_files()):
            assert (answer["success"], answer["code"]) == (False, "store_missing")
        storage.close()


@pytest.mark.emulator
def test_making_a_bucket_or_container_that_exists_is_no_error(
    moto_url: str, azurite_url: str
) -> None:
    connection_string = credentials.azurite_connection_string(azurite_url)
    for _ in range(2):
        with S3Storage("made", "id", "secret", endpoint_url=moto_url, create=True) as s3:
            assert s3.list_files()["success"]
        with AzureBlobStorage(connection_string, "made", create=True) as azure:
            assert azure.list_files()["success"]


def test_a_folder_is_made_unless_asked_not_to(tmp_path: Path) -> None:
    with pytest.raises(StoreMissing):
        FileSystemStorage(tmp_path / "typo", create=False)
    FileSystemStorage(tmp_path / "a" / "b").write_file("c", "x")

    assert (tmp_path / "a" / "b" / "c").read_text() == "x"
    (tmp_path / "file").touch()
    with pytest.raises(StoreOptionError, match="cannot be made"):
        FileSystemStorage(tmp_path / "file")


def test_a_bug_is_not_an_answer() -> None:
    class Broken(MemoryStore):
        def stat(self, key: Key) -> Any:
            raise ZeroDivisionError(key)

    store: BlobStore = Broken()
    with pytest.raises(ZeroDivisionError):
        BlobStorage(store).delete_file("a.md")
