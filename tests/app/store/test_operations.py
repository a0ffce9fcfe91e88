"""What the verbs say together."""

import io
from pathlib import Path

import pytest

from app.store.backends.local import LocalStore
from app.store.backends.memory import MemoryStore
from app.store.contract import (
    ABSENT,
    ALWAYS,
    NO_PROPERTIES,
    BlobInfo,
    BlobStore,
    Content,
    IfVersion,
    Properties,
    Source,
    When,
)
from app.store.errors import ConditionFailed, StoreMissing, Unavailable, Unsupported
from app.store.keys import Key
from app.store.operations import append, ensure, exists, update

_A = Key("a.md")


class Rivalled(MemoryStore):
    """Another writer is faster, `times` times."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    def write(
        self,
        key: Key,
        content: Content,
        *,
        when: When = ALWAYS,
        properties: Properties = NO_PROPERTIES,
        lease: str | None = None,
    ) -> BlobInfo:
        if self.times and when is not ALWAYS:
            self.times -= 1
            held = self.read(key).data if exists(self, key) else b""
            super().write(key, held + b"rival\n")
        return super().write(key, content, when=when, properties=properties, lease=lease)


class Losing(MemoryStore):
    """Takes effect, and loses the answer."""

    def write(
        self,
        key: Key,
        content: Content,
        *,
        when: When = ALWAYS,
        properties: Properties = NO_PROPERTIES,
        lease: str | None = None,
    ) -> BlobInfo:
        super().write(key, content, when=when, properties=properties, lease=lease)
        raise Unavailable("the answer was lost", key=key)


def test_exists_tells_present_from_missing() -> None:
    store = MemoryStore()
    store.write(_A, b"")

    assert exists(store, _A)
    assert not exists(store, Key("b.md"))


def test_exists_has_no_answer_where_the_store_is_missing(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    store = LocalStore(tmp_path / "docs")
    (tmp_path / "docs").rmdir()

    with pytest.raises(StoreMissing):
        exists(store, _A)


def test_append_creates_then_adds_and_keeps_the_properties() -> None:
    store = MemoryStore()
    append(store, _A, b"one\n")
    given = Properties(content_type="text/markdown", metadata={"n": "1"})
    store.write(_A, b"one\n", properties=given)
    written = append(store, _A, b"two\n")

    assert store.read(_A).data == b"one\ntwo\n"
    assert store.read(_A).info == written
    assert store.read(_A).properties == given


def test_append_comes_behind_faster_writers() -> None:
    store = Rivalled(times=3)
    pauses: list[float] = []
    append(store, _A, b"mine\n", sleep=pauses.append, chance=lambda: 0.5)

    assert store.read(_A).data == b"rival\n" * 3 + b"mine\n"
    assert pauses == [0.005, 0.01, 0.02]


def test_append_gives_up_in_time_and_writes_nothing() -> None:
    store = Rivalled(times=1_000_000)
    now = [100.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    with pytest.raises(ConditionFailed):
        append(store, _A, b"mine\n", clock=lambda: now[0], sleep=sleep, seconds_max=30)

    assert 120 < now[0] <= 130
    assert b"mine" not in store.read(_A).data


def test_pauses_of_two_writers_differ() -> None:
    pauses: list[float] = []
    append(Rivalled(times=1), _A, b"x", sleep=pauses.append, chance=lambda: 0.0)
    append(Rivalled(times=1), _A, b"x", sleep=pauses.append, chance=lambda: 1.0)

    assert pauses[0] < pauses[1]


def test_append_does_not_touch_an_encoded_blob() -> None:
    store = MemoryStore()
    store.write(_A, b"packed", properties=Properties(content_encoding="gzip"))

    with pytest.raises(Unsupported, match="gzip"):
        append(store, _A, b"plain")
    assert store.read(_A).data == b"packed"


def test_append_whose_answer_was_lost_is_not_repeated() -> None:
    store = Losing()
    with pytest.raises(Unavailable):
        append(store, _A, b"once\n")

    assert store.read(_A).data == b"once\n"


def test_what_a_change_raises_ends_the_update() -> None:
    store = MemoryStore()
    store.write(_A, b"old")

    def change(held: bytes | None) -> bytes:
        raise KeyError(held)

    with pytest.raises(KeyError):
        update(store, _A, change)
    assert store.read(_A).data == b"old"


_CONTENTS: tuple[Content, ...] = (b"data", Source(4, lambda: io.BytesIO(b"data")))


@pytest.fixture(params=["memory", "local"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    # One with digests and one without.
    return MemoryStore() if request.param == "memory" else LocalStore(tmp_path)


@pytest.mark.parametrize("content", _CONTENTS, ids=lambda content: type(content).__name__)
def test_ensure_takes_equal_bytes_of_another_for_its_own(
    store: BlobStore, content: Content
) -> None:
    held = store.write(_A, b"data")

    assert ensure(store, _A, content, when=ABSENT) == held
    assert ensure(store, _A, content, when=IfVersion("stale")) == held


@pytest.mark.parametrize("content", _CONTENTS, ids=lambda content: type(content).__name__)
@pytest.mark.parametrize("held", [b"other", b"date", b"dat", b"data!", b""])
def test_ensure_never_replaces_other_bytes(store: BlobStore, content: Content, held: bytes) -> None:
    store.write(_A, held)

    with pytest.raises(ConditionFailed):
        ensure(store, _A, content, when=ABSENT)
    assert store.read(_A).data == held


def test_ensure_settles_a_lost_answer_by_looking() -> None:
    store = Losing()

    assert ensure(store, _A, b"data", when=ABSENT) == store.stat(_A)


def test_ensure_says_that_nothing_is_stored(store: BlobStore) -> None:
    with pytest.raises(ConditionFailed):
        ensure(store, _A, b"data", when=IfVersion("never"))
