"""The guide's locks, on every storage."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from app.storage import BlobStorage
from app.store.backends.memory import MemoryStore
from app.store.errors import InvalidKey, LeaseHeld, NotFound, Unsupported
from app.store.keys import Key
from app.store.layers.base import Layer
from app.store.lease import leases_of
from app.store.stack import Stack, open_stack


@pytest.fixture
def other(storage: BlobStorage) -> BlobStorage:
    """Another agent at the same place, who does not like to wait."""
    other = BlobStorage(storage.store)
    other.append_seconds_max = 0.0
    return other


def _writes(storage: BlobStorage, **options: str) -> dict[str, Callable[[], object]]:
    etag = storage.read_file("a.md")["etag"]
    return {
        "write with an etag": lambda: storage.write_file_with_etag("a.md", "y", etag, **options),
        "write": lambda: storage.write_file("a.md", "x", **options),
        "append": lambda: storage.write_file("a.md", "x", "a", **options),
        "write without an etag": lambda: storage.write_file_with_etag("a.md", "x", **options),
        "delete": lambda: storage.delete_file("a.md", **options),
    }


def _codes(answers: dict[str, Callable[[], object]]) -> dict[str, object]:
    codes = {}
    for name, call in answers.items():
        answer = call()
        assert isinstance(answer, dict)
        codes[name] = answer.get("code", "done")
    return codes


def test_a_locked_file_is_written_by_its_holder_alone(
    storage: BlobStorage, other: BlobStorage
) -> None:
    storage.write_file("a.md", "old")
    lease_id = storage.acquire_lock("a.md", timeout=60)

    assert isinstance(lease_id, str)
    assert set(_codes(_writes(other)).values()) == {"locked"}
    assert other.read_file("a.md")["content"] == "old"
    assert other.write_file("b.md", "neighbour")["success"]
    assert storage.write_file("a.md", "one")["success"]
    assert storage.write_file("a.md", " two", "a")["success"]
    etag = storage.read_file("a.md")["etag"]
    assert storage.write_file_with_etag("a.md", "three", etag)["success"]
    assert storage.write_file_with_etag("a.md", "four")["success"]
    assert other.write_file("a.md", "x")["code"] == "locked"
    assert storage.release_lock("a.md", lease_id) == {
        "success": True,
        "message": "Successfully released the lock of a.md",
        "file_path": "a.md",
    }
    assert other.read_file("a.md")["content"] == "four"
    assert set(_codes(_writes(other)).values()) == {"done"}


def test_a_lock_has_one_holder(storage: BlobStorage, other: BlobStorage) -> None:
    storage.write_file("a.md", "old")
    lease_id = storage.acquire_lock("a.md")
    for taker in (storage, other):
        with pytest.raises(LeaseHeld):
            taker.acquire_lock("a.md")
    storage.release_lock("a.md", lease_id)

    other.release_lock("a.md", other.acquire_lock("a.md", timeout=30))


def test_what_cannot_be_locked_is_said(storage: BlobStorage) -> None:
    with pytest.raises(NotFound):
        storage.acquire_lock("none.md")
    with pytest.raises(InvalidKey):
        storage.acquire_lock(".kb/x")
    assert storage.release_lock("..", "x")["code"] == "invalid_path"
    storage.write_file("a.md", "old")
    with pytest.raises(ValueError, match="some time"):
        storage.acquire_lock("a.md", timeout=0)


def test_the_id_of_a_lock_works_from_elsewhere(storage: BlobStorage, other: BlobStorage) -> None:
    storage.write_file("a.md", "old")
    lease_id = storage.acquire_lock("a.md")

    assert set(_codes(_writes(other, lease_id=lease_id)).values()) == {"done"}
    storage.release_lock("a.md", lease_id)
    storage.write_file("a.md", "new")
    lease_id = storage.acquire_lock("a.md")
    assert other.release_lock("a.md", lease_id)["success"]
    assert other.write_file("a.md", "free")["success"]


def test_a_lost_lock_writes_nothing_until_it_is_released(
    storage: BlobStorage, other: BlobStorage
) -> None:
    storage.write_file("a.md", "old")
    lease_id = storage.acquire_lock("a.md")
    leases_of(storage.store).break_lease(Key("a.md"))
    others = other.acquire_lock("a.md")
    other.write_file("a.md", "newer")
    etag = other.read_file("a.md")["etag"]
    writes = _writes(other, lease_id=lease_id) | {"mine": lambda: storage.write_file("a.md", "x")}

    assert set(_codes(writes).values()) <= {"lock_lost", "conflict"}
    storage.read_file("a.md")
    assert set(_codes(_writes(storage)).values()) == {"lock_lost"}
    assert storage.release_lock("a.md", lease_id)["success"]
    assert storage.write_file("a.md", "x")["code"] == "locked"
    assert other.read_file("a.md")["etag"] == etag
    assert other.release_lock("a.md", others)["success"]
    assert storage.write_file("a.md", "mine")["success"]


def test_a_holder_that_has_seen_what_was_written_replaces_it(storage: BlobStorage) -> None:
    storage.write_file("a.md", "old")
    lease_id = storage.acquire_lock("a.md")
    # By somebody whom no lock stops, or with the id of this lock.
    BlobStorage(storage.store).write_file("a.md", "foreign", lease_id=lease_id)

    assert storage.write_file("a.md", "blind")["code"] == "conflict"
    assert storage.read_file("a.md")["content"] == "foreign"
    assert storage.write_file("a.md", "after a look")["success"]
    BlobStorage(storage.store).write_file("a.md", "foreign", lease_id=lease_id)
    assert storage.batch_read_files(["a.md"])[0]["content"] == "foreign"
    assert storage.delete_file("a.md")["success"]


def test_a_lock_ends_with_its_file(storage: BlobStorage, other: BlobStorage) -> None:
    storage.write_file("a.md", "old")
    lease_id = storage.acquire_lock("a.md", timeout=None)

    assert storage.delete_file("a.md")["success"]
    assert other.write_file("a.md", "anew")["success"]
    assert storage.write_file("a.md", "again")["success"]
    assert storage.release_lock("a.md", lease_id)["success"]


def test_closing_releases_what_is_held_and_ends_its_threads(storage: BlobStorage) -> None:
    storage.write_file("a.md", "old")
    storage.write_file("b.md", "old")
    assert isinstance(storage.store, Stack)
    holder = BlobStorage(
        Stack(_Shared(storage.store), storage.store.backend, storage.store.options)
    )
    holder.acquire_lock("a.md", timeout=-1)
    holder.acquire_lock("b.md", timeout=3600)
    assert len(_renewing()) == 2
    holder.close()

    assert _renewing() == []
    assert storage.write_file("a.md", "new")["success"]
    assert storage.write_file("b.md", "new")["success"]


def test_threads_of_one_holder_do_not_disturb_each_other(storage: BlobStorage) -> None:
    storage.write_file("a.md", "old")
    lease_id = storage.acquire_lock("a.md")
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda n: storage.write_file("a.md", str(n)), range(8)))

    assert all(answer["success"] for answer in answers)
    storage.release_lock("a.md", lease_id)


def test_a_lock_ends_when_its_time_is_over() -> None:
    now = [datetime(2026, 11, 25, tzinfo=UTC)]
    store = open_stack(MemoryStore(clock=lambda: now[0]))
    storage, other = BlobStorage(store), BlobStorage(store)
    storage.write_file("a.md", "old")
    storage.acquire_lock("a.md", timeout=10)
    now[0] += timedelta(seconds=9)
    assert other.write_file("a.md", "early")["code"] == "locked"
    now[0] += timedelta(seconds=2)

    assert storage.write_file("a.md", "late")["code"] == "lock_lost"
    assert other.write_file("a.md", "other")["success"]
    second = storage.acquire_lock("a.md", timeout=10)
    assert storage.write_file("a.md", "mine again")["success"]
    assert storage.release_lock("a.md", second)["success"]


def test_a_store_whose_writers_heed_no_locks_has_none() -> None:
    storage = BlobStorage(MemoryStore())
    storage.write_file("a.md", "old")
    with pytest.raises(Unsupported):
        storage.acquire_lock("a.md")


class _Shared(Layer):
    """A store that others go on using."""

    def close(self) -> None:
        """Nothing: it is not this one's."""


def _renewing() -> list[str]:
    return [thread.name for thread in threading.enumerate() if "lease of" in thread.name]
