"""Edits and appends, among other writers."""

from typing import Literal

import pytest

from app.store.backends.memory import MemoryStore
from app.store.contract import (
    ALWAYS,
    NO_PROPERTIES,
    BlobInfo,
    BlobStore,
    Content,
    Properties,
    Version,
    When,
    digest_of,
)
from app.store.errors import (
    ConditionFailed,
    LeaseHeld,
    LeaseLost,
)
from app.store.keys import Key
from app.store.operations import (
    NotOnce,
    append,
    edit,
    exists,
)
from tests.app.store.meddled import Meddled

_A, _B = Key("a.md"), Key("b.md")
_GIVEN = Properties(content_type="text/markdown", metadata={"n": "1"})


def _written(store: BlobStore, data: bytes) -> Version:
    return store.write(_A, data, properties=_GIVEN).version


def test_an_edit_replaces_one_place_and_keeps_the_properties() -> None:
    store = MemoryStore()
    version = _written(store, b"one two three")
    info = edit(store, _A, b"two", b"2 & 2", version=version)

    assert store.read(_A).data == b"one 2 & 2 three"
    assert store.read(_A).info == info
    assert store.read(_A).properties == _GIVEN


@pytest.mark.parametrize(
    ("data", "old", "count"),
    [
        (b"one two", b"three", 0),
        (b"one one", b"one", 2),
        (b"aaa", b"aa", 2),
        (b".. a.c abc", b"a.c", 1),
        (b"", b"x", 0),
    ],
)
def test_an_edit_says_how_often_its_place_occurs(data: bytes, old: bytes, count: int) -> None:
    store = MemoryStore()
    version = _written(store, data)
    if count == 1:
        edit(store, _A, old, b"new", version=version)
        return
    with pytest.raises(NotOnce, match=f"a.md.* {count} times") as caught:
        edit(store, _A, old, b"new", version=version)

    assert caught.value.count == count
    assert store.stat(_A).version == version


def test_an_edit_of_what_another_has_changed_is_a_conflict() -> None:
    store = MemoryStore()
    version = _written(store, b"one two")
    seen = digest_of(b"one two")
    store.write(_A, b"one two three")

    with pytest.raises(ConditionFailed, match="changed after it was read"):
        edit(store, _A, b"two", b"2", version=version)
    with pytest.raises(ConditionFailed, match="changed after it was read"):
        edit(store, _A, b"two", b"2", version=version, seen=seen)
    assert store.read(_A).data == b"one two three"


def test_an_edit_of_what_another_has_deleted_is_a_conflict() -> None:
    store = MemoryStore()
    version = _written(store, b"one two")
    store.delete(_A)

    with pytest.raises(ConditionFailed, match="deleted"):
        edit(store, _A, b"two", b"2", version=version)
    assert not exists(store, _A)


@pytest.mark.parametrize("algorithm", ["md5", "sha256"])
def test_equal_bytes_written_again_are_no_conflict(algorithm: Literal["md5", "sha256"]) -> None:
    store = MemoryStore()
    version = _written(store, b"one two")
    store.write(_A, b"changed")
    store.write(_A, b"one two")
    edit(store, _A, b"two", b"2", version=version, seen=digest_of(b"one two", algorithm))

    assert store.read(_A).data == b"one 2"


def test_equal_bytes_written_during_the_edit_are_no_conflict() -> None:
    store = Meddled("write", lambda store: store.write(_A, b"one two", properties=_GIVEN))
    store.verb, verb = "", store.verb
    version = _written(store, b"one two")
    store.verb = verb
    edit(store, _A, b"two", b"2", version=version, sleep=lambda _: None)

    assert store.read(_A).data == b"one 2"
    assert store.read(_A).properties == _GIVEN


def test_other_bytes_written_during_the_edit_are_never_lost() -> None:
    store = Meddled("write", lambda store: append(store, _A, b" three"))
    store.verb, verb = "", store.verb
    version = _written(store, b"one two")
    store.verb = verb

    with pytest.raises(ConditionFailed):
        edit(store, _A, b"two", b"2", version=version, sleep=lambda _: None)
    assert store.read(_A).data == b"one two three"


def test_an_edit_of_nothing_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="something"):
        edit(MemoryStore(), _A, b"", b"x", version="1")


class Leased(MemoryStore):
    """Refuses the first writes because of a lease."""

    def __init__(self, *refusals: ConditionFailed) -> None:
        super().__init__()
        self.refusals = list(refusals)

    def write(
        self,
        key: Key,
        content: Content,
        *,
        when: When = ALWAYS,
        properties: Properties = NO_PROPERTIES,
        lease: str | None = None,
    ) -> BlobInfo:
        if self.refusals:
            raise self.refusals.pop(0)
        return super().write(key, content, when=when, properties=properties)


def test_an_append_waits_for_anothers_lease() -> None:
    store = Leased(LeaseHeld("held", key=_A), LeaseHeld("held", key=_A))
    append(store, _A, b"line\n", sleep=lambda _: None)

    assert store.read(_A).data == b"line\n"


def test_an_append_under_a_lost_lease_is_not_tried_again() -> None:
    store = Leased(LeaseLost("lost", key=_A))
    with pytest.raises(LeaseLost):
        append(store, _A, b"line\n", lease="mine", sleep=lambda _: None)

    assert not exists(store, _A)
