"""What storages are opened with: caching, monitoring, compression, one copy of equal content."""

import gzip
import logging
from pathlib import Path

import pytest

import app
from app.storage import (
    AzureBlobStorage,
    BlobStorage,
    CachedBlobStorage,
    FileSystemStorage,
    MonitoredBlobStorage,
    S3Storage,
)
from app.store.backends.memory import MemoryStore
from app.store.contract import Upload
from app.store.errors import StoreOptionError
from app.store.keys import Key
from app.store.stack import Stack
from infra.local_cloud import credentials

_TEXT = "a line of text\n" * 1000


def test_a_cached_storage_answers_from_memory_and_sees_its_own_writes() -> None:
    backend = MemoryStore()
    storage = CachedBlobStorage(BlobStorage(backend), cache_ttl=300)
    storage.write_file("a.md", "one")
    assert storage.read_file("a.md")["content"] == "one"
    backend.write(Key("a.md"), b"another's")

    assert storage.read_file("a.md")["content"] == "one"
    assert storage.batch_read_files(["a.md"])[0]["content"] == "one"
    storage.write_file("a.md", " and two", mode="a")
    assert storage.read_file("a.md")["content"] == "another's and two"
    storage.delete_file("a.md")
    assert storage.read_file("a.md")["code"] == "not_found"


def test_every_class_takes_the_option_that_the_wrapper_is(tmp_path: Path) -> None:
    storage = FileSystemStorage(tmp_path, cache_ttl=300)
    storage.write_file("a.md", "one")
    storage.read_file("a.md")
    (tmp_path / "a.md").write_text("another's")

    assert storage.read_file("a.md")["content"] == "one"
    assert FileSystemStorage(tmp_path, cache_ttl=0).read_file("a.md")["content"] == "another's"


def test_an_edit_after_a_conflict_sees_the_others_text() -> None:
    backend = MemoryStore()
    storage = CachedBlobStorage(BlobStorage(backend))
    etag = storage.write_file("a.md", "one")["etag"]
    storage.read_file("a.md")
    backend.write(Key("a.md"), b"another's")

    assert storage.write_file_with_etag("a.md", "mine", etag)["code"] == "conflict"
    assert storage.read_file("a.md")["content"] == "another's"


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_monitored_storage_logs_as_the_guide_does(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, wrapped: bool
) -> None:
    caplog.set_level(logging.INFO, "app.store")
    storage: BlobStorage = (
        MonitoredBlobStorage(FileSystemStorage(tmp_path))
        if wrapped
        else FileSystemStorage(tmp_path, monitored=True)
    )
    storage.write_file("notes/a.md", "secret text")
    storage.read_file("notes/a.md")
    storage.read_file("missing.md")

    written, read, missing = caplog.messages
    assert written.startswith("WRITE notes/a.md: True (0.")
    assert read.startswith("READ notes/a.md: True (0.")
    assert missing.startswith("READ missing.md: False (0.")
    assert "secret" not in caplog.text


def test_wrappers_in_any_order_stand_in_one(tmp_path: Path) -> None:
    inside = MonitoredBlobStorage(CachedBlobStorage(FileSystemStorage(tmp_path, compress=True)))
    outside = CachedBlobStorage(MonitoredBlobStorage(FileSystemStorage(tmp_path, compress=True)))

    assert repr(inside.store) == repr(outside.store)
    assert repr(inside.store).startswith("MeteredStore(CachedStore(LeasedStore(CompressedStore(")
    assert isinstance(inside.store, Stack)


def test_equal_files_take_the_room_of_one(tmp_path: Path) -> None:
    storage = FileSystemStorage(tmp_path, deduplicate=True)
    for number in range(20):
        storage.write_file(f"{number}.md", _TEXT)

    assert sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) < 2 * len(
        _TEXT
    )
    assert storage.list_files("", "**/*")["count"] == 20
    assert storage.read_file("7.md")["content"] == _TEXT


@pytest.mark.emulator
def test_large_text_is_stored_compressed_for_every_client(moto_url: str, azurite_url: str) -> None:
    storages = (
        S3Storage("compressed", "id", "secret", endpoint_url=moto_url, create=True, compress=True),
        AzureBlobStorage(
            credentials.azurite_connection_string(azurite_url),
            "compressed",
            create=True,
            compress=True,
        ),
    )
    for storage in storages:
        storage.write_file("a.md", _TEXT)
        list(storage.store.write_many([Upload(Key("b.md"), _TEXT.encode())]))
        assert isinstance(storage.store, Stack)
        for key in (Key("a.md"), Key("b.md")):
            stored = storage.store.backend.read(key)
            assert gzip.decompress(stored.data).decode() == _TEXT
            assert stored.properties.content_encoding == "gzip"
            assert storage.read_file(key)["content"] == _TEXT
        assert [each["content"] for each in storage.batch_read_files(["b.md", "a.md"])] == [
            _TEXT,
            _TEXT,
        ]
        storage.close()


def test_an_option_that_does_not_exist_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="cache_tll"):
        FileSystemStorage(tmp_path / "new", cache_tll=3)  # type: ignore[call-arg] # that is the law
    with pytest.raises(StoreOptionError, match="cache_ttl"):
        FileSystemStorage(tmp_path / "new", cache_ttl=-1)

    assert not (tmp_path / "new").exists()


def test_the_guides_names_come_from_app() -> None:
    for name in ("FileSystemStorage", "AzureBlobStorage", "S3Storage", "CachedBlobStorage"):
        assert issubclass(getattr(app, name), BlobStorage)
    assert app.MonitoredBlobStorage is MonitoredBlobStorage
