"""Copies and moves, among other writers and with answers that are lost."""

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
    Capabilities,
    Content,
    IfVersion,
    Properties,
    When,
)
from app.store.errors import (
    ConditionFailed,
    ContentChanged,
    NotFound,
    Unavailable,
    Unsupported,
)
from app.store.keys import Key
from app.store.operations import (
    append,
    copy,
    exists,
    move,
    read_in_parts,
    source_of,
)
from tests.app.store.meddled import Broken, Meddled

_A, _B = Key("a.md"), Key("b.md")
_GIVEN = Properties(content_type="text/markdown", metadata={"n": "1"})


@pytest.fixture(params=["memory", "local"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    return MemoryStore() if request.param == "memory" else LocalStore(tmp_path)


@pytest.mark.parametrize("size", [0, 1, 9, 10, 11, 35])
def test_a_copy_has_all_bytes_and_properties(store: BlobStore, size: int) -> None:
    data = bytes(range(size))
    store.write(_A, data, properties=_GIVEN)
    info = copy(store, _A, _B, part_bytes_max=10)

    assert store.read(_B).data == data == store.read(_A).data
    assert store.read(_B).info == info
    assert store.read(_B).properties == store.read(_A).properties


@pytest.mark.parametrize("size", [0, 1, 9, 10, 11, 35])
@pytest.mark.parametrize("exact", [True, False])
def test_parts_are_the_whole_blob(size: int, exact: bool) -> None:
    class Inexact(MemoryStore):
        @property
        def capabilities(self) -> Capabilities:
            return Capabilities(conditional_writes=True, exact_size=exact)

    store, data = Inexact(), bytes(range(size))
    written = store.write(_A, data, properties=_GIVEN)
    read = read_in_parts(store, _A, part_bytes_max=10)
    source = source_of(store, written, part_bytes_max=10)

    assert (read.info, read.properties) == (written, _GIVEN)
    assert b"".join(read.parts) == data
    assert source.size == size
    for _ in range(2):
        with source.reopen() as stream:
            assert stream.read() == data


def test_parts_of_two_states_never_mix() -> None:
    store = Meddled("read", lambda store: store.write(_A, b"n" * 30))
    info = store.write(_A, b"o" * 30)
    read = read_in_parts(store, _A, part_bytes_max=10)
    assert next(read.parts) == b"o" * 10

    with pytest.raises(ContentChanged, match=_A):
        list(read.parts)
    with pytest.raises(ContentChanged, match=_A), source_of(store, info).reopen() as stream:
        stream.read()


def test_a_copy_of_what_is_written_meanwhile_writes_nothing() -> None:
    store = Meddled("read", lambda store: store.delete(_A))
    store.write(_A, b"o" * 30)
    with pytest.raises(ContentChanged):
        copy(store, _A, _B, part_bytes_max=10)

    assert not exists(store, _B)


def test_a_copy_keeps_to_its_condition(store: BlobStore) -> None:
    store.write(_A, b"new")
    store.write(_B, b"other")
    with pytest.raises(ConditionFailed):
        copy(store, _A, _B, when=ABSENT)
    with pytest.raises(NotFound):
        copy(store, Key("none"), _B)

    assert store.read(_B).data == b"other"
    copy(store, _A, _B, when=IfVersion(store.stat(_B).version))
    assert copy(store, _A, _B, when=ABSENT) == store.stat(_B)


@pytest.mark.parametrize("size", [3, 35])
def test_a_move_leaves_only_the_new_name(store: BlobStore, size: int) -> None:
    store.write(_A, bytes(size), properties=_GIVEN)
    given = store.read(_A).properties
    info = move(store, _A, _B, part_bytes_max=10)

    assert not exists(store, _A)
    assert store.read(_B).data == bytes(size)
    assert store.read(_B).info == info
    assert store.read(_B).properties == given
    with pytest.raises(NotFound):
        move(store, _A, _B)


def test_a_move_replaces_only_where_asked(store: BlobStore) -> None:
    store.write(_A, b"new")
    store.write(_B, b"other")
    with pytest.raises(ConditionFailed):
        move(store, _A, _B)

    assert (store.read(_A).data, store.read(_B).data) == (b"new", b"other")
    move(store, _A, _B, replace_target=True)
    assert store.read(_B).data == b"new"
    assert not exists(store, _A)


def test_a_move_onto_itself_changes_nothing(store: BlobStore) -> None:
    written = store.write(_A, b"data")

    assert move(store, _A, _A) == written
    assert store.read(_A).data == b"data"


def test_a_move_between_names_that_are_one_is_refused() -> None:
    class Folding(MemoryStore):
        @property
        def capabilities(self) -> Capabilities:
            return Capabilities(conditional_writes=True, exact_names=False)

    store = Folding()
    store.write(_A, b"data")
    with pytest.raises(Unsupported, match="one name"):
        move(store, _A, Key("A.md"))

    assert store.read(_A).data == b"data"


def test_equal_bytes_with_other_properties_are_not_taken_for_the_copy() -> None:
    store = MemoryStore()
    store.write(_A, b"data", properties=_GIVEN)
    store.write(_B, b"data")
    with pytest.raises(ConditionFailed, match="properties"):
        move(store, _A, _B)

    assert exists(store, _A)


def test_a_source_written_to_during_a_move_is_kept() -> None:
    store = Meddled("delete", lambda store: append(store, _A, b" and more"))
    store.write(_A, b"data")
    with pytest.raises(ConditionFailed):
        move(store, _A, _B)

    assert store.read(_A).data == b"data and more"
    assert store.read(_B).data == b"data"


@pytest.mark.parametrize("verb", ["write", "delete"])
@pytest.mark.parametrize("effect", [False, True], ids=["before its effect", "after its effect"])
def test_a_move_that_breaks_off_loses_nothing_and_a_repeat_finishes(
    verb: str, effect: bool
) -> None:
    store = Broken(verb, effect=effect)
    store.write(_A, b"data", properties=_GIVEN)
    store.breaks = True
    try:
        move(store, _A, _B)
    except Unavailable:
        assert exists(store, _A) or exists(store, _B)
        if exists(store, _A):
            move(store, _A, _B)

    assert not exists(store, _A)
    assert store.read(_B).data == b"data"
    assert store.read(_B).properties == _GIVEN


def test_a_copy_is_never_whole_in_memory() -> None:
    size, largest = 1 << 20, [0]

    class Watched(MemoryStore):
        def write(
            self,
            key: Key,
            content: Content,
            *,
            when: When = ALWAYS,
            properties: Properties = NO_PROPERTIES,
            lease: str | None = None,
        ) -> BlobInfo:
            assert not isinstance(content, bytes)
            with content.reopen() as stream:
                while part := stream.read(1 << 10):
                    largest[0] = max(largest[0], len(part))
            return super().write(key, content, when=when, properties=properties)

    store = Watched()
    MemoryStore.write(store, _A, bytes(size))
    copy(store, _A, _B, part_bytes_max=1 << 16)

    assert store.read(_B).data == bytes(size)
    assert largest[0] == 1 << 10
