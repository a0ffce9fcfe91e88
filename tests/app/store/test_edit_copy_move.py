"""Edits, copies and moves, among other writers and with answers that are lost."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.store.backends.local import LocalStore
from app.store.backends.memory import MemoryStore
from app.store.contract import (
    ABSENT,
    ALWAYS,
    NO_PROPERTIES,
    Blob,
    BlobInfo,
    BlobStore,
    Capabilities,
    Content,
    IfVersion,
    Properties,
    Span,
    Version,
    When,
    WhenPresent,
    digest_of,
)
from app.store.errors import (
    ConditionFailed,
    ContentChanged,
    LeaseHeld,
    LeaseLost,
    NotFound,
    Unavailable,
    Unsupported,
)
from app.store.keys import Key
from app.store.operations import (
    NotOnce,
    append,
    copy,
    edit,
    exists,
    move,
    read_in_parts,
    source_of,
)

_A, _B = Key("a.md"), Key("b.md")
_GIVEN = Properties(content_type="text/markdown", metadata={"n": "1"})


class Meddled(MemoryStore):
    """Before the next calls of `verb`, somebody does `meddle`, so many times."""

    def __init__(self, verb: str, meddle: Callable[[MemoryStore], object], times: int = 1) -> None:
        super().__init__()
        self.verb, self.meddle, self.times = verb, meddle, times

    def meddled(self, verb: str) -> None:
        if verb == self.verb and self.times:
            self.times -= 1
            self.verb, held = "", self.verb
            self.meddle(self)
            self.verb = held

    def read(self, key: Key, *, span: Span | None = None, unless: Version | None = None) -> Blob:
        if span != Span(0, 10):
            self.meddled("read")
        return super().read(key, span=span, unless=unless)

    def write(
        self,
        key: Key,
        content: Content,
        *,
        when: When = ALWAYS,
        properties: Properties = NO_PROPERTIES,
        lease: str | None = None,
    ) -> BlobInfo:
        self.meddled("write")
        return super().write(key, content, when=when, properties=properties, lease=lease)

    def delete(self, key: Key, *, when: WhenPresent = ALWAYS, lease: str | None = None) -> None:
        self.meddled("delete")
        super().delete(key, when=when, lease=lease)


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
def test_equal_bytes_written_again_are_no_conflict(algorithm: str) -> None:
    store = MemoryStore()
    version = _written(store, b"one two")
    store.write(_A, b"changed")
    store.write(_A, b"one two")
    edit(store, _A, b"two", b"2", version=version, seen=digest_of(b"one two", algorithm))  # type: ignore[arg-type]

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


class Broken(MemoryStore):
    """Breaks off one call of `verb`."""

    def __init__(self, verb: str, *, effect: bool) -> None:
        super().__init__()
        self.verb, self.effect, self.breaks = verb, effect, False

    def write(
        self,
        key: Key,
        content: Content,
        *,
        when: When = ALWAYS,
        properties: Properties = NO_PROPERTIES,
        lease: str | None = None,
    ) -> BlobInfo:
        if self.verb == "write" and self.breaks:
            self.breaks = False
            if self.effect:
                super().write(key, content, when=when, properties=properties)
            raise Unavailable("broken off", key=key)
        return super().write(key, content, when=when, properties=properties)

    def delete(self, key: Key, *, when: WhenPresent = ALWAYS, lease: str | None = None) -> None:
        if self.verb == "delete" and self.breaks:
            self.breaks = False
            if self.effect:
                super().delete(key, when=when)
            raise Unavailable("broken off", key=key)
        super().delete(key, when=when)


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
