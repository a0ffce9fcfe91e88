"""Equal content is stored once: what lies where, and when it is looked at again."""

import io
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from app.store.backends.local import LocalStore
from app.store.backends.memory import MemoryStore
from app.store.contract import (
    ABSENT,
    NO_PROPERTIES,
    Blob,
    BlobInfo,
    Capabilities,
    IfVersion,
    Properties,
    Source,
    Span,
    Upload,
    digest_of,
)
from app.store.errors import (
    ConditionFailed,
    ContentChanged,
    CorruptBlob,
    InvalidKey,
    NotFound,
    StoreError,
    StoreOptionError,
)
from app.store.keys import Key
from app.store.layers.deduped import DedupedStore
from app.store.layers.epochs import epoch_of
from app.store.layers.pointers import MAGIC, Pointer, parse_pointer
from tests.app.store.layers.faulty import Faulty
from tests.app.store.layers.scene import Clock, Interrupted, shared_contents

_A, _B = Key("a.md"), Key("b.md")
_TEXT = b"a line of text\n" * 1000
_SHA256 = digest_of(_TEXT).value
_LARGE = bytes(range(256)) * (36 << 10)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def memory(clock: Clock) -> MemoryStore:
    return MemoryStore(clock=clock)


@pytest.fixture
def store(memory: MemoryStore, clock: Clock) -> DedupedStore:
    return DedupedStore(memory, clock=clock)


def test_equal_content_lies_there_once(
    store: DedupedStore, memory: MemoryStore, clock: Clock
) -> None:
    store.write(_A, _TEXT, properties=Properties(content_type="text/markdown"))
    store.write(_B, Source(len(_TEXT), lambda: io.BytesIO(_TEXT)))
    list(store.write_many([Upload(Key(f"{n}.md"), _TEXT) for n in range(5)]))

    assert shared_contents(memory) == [f".kb/content/{epoch_of(clock())}/{_SHA256[:2]}/{_SHA256}"]
    assert sum(len(memory.read(info.key).data) for info in memory.scan()) < len(_TEXT) + 7 * 200
    assert [info.key for info in store.scan()] == [*(f"{n}.md" for n in range(5)), "a.md", "b.md"]
    assert store.read(_A).data == store.read(_B).data == store.read(Key("4.md")).data == _TEXT
    assert store.read(_A).properties == Properties(content_type="text/markdown")


def test_content_found_stored_is_not_sent_again(memory: MemoryStore, clock: Clock) -> None:
    counted = Faulty(memory)
    store = DedupedStore(counted, clock=clock)
    store.write(_A, _TEXT)
    counted.calls = 0
    store.write(_B, _TEXT)

    assert counted.calls == 2


def test_small_blobs_and_the_systems_own_are_stored_as_they_are(
    store: DedupedStore, memory: MemoryStore
) -> None:
    tiered = Properties(tier="Cool")
    for key, content, properties in (
        (_A, b"small", NO_PROPERTIES),
        (Key(".kb/index/1"), _TEXT, NO_PROPERTIES),
        (Key(".KB/index/2"), MAGIC, NO_PROPERTIES),
        (Key(".kb"), _TEXT, NO_PROPERTIES),
        (_B, _TEXT, tiered),
    ):
        store.write(key, content, properties=properties)

        assert memory.read(key).data == content
        assert store.read(key) == memory.read(key)
        assert list(store.read_many([key])) == [memory.read(key)]
    assert shared_contents(memory) == []


@pytest.mark.parametrize("properties", [NO_PROPERTIES, Properties(tier="Cool")])
def test_content_that_looks_like_a_pointer_comes_back(
    store: DedupedStore, memory: MemoryStore, properties: Properties
) -> None:
    for content in (MAGIC, Pointer("0" * 64, 5, 1).encode(), MAGIC + _LARGE):
        store.write(_A, content, properties=properties)
        assert store.read(_A).data == content
        source = Source(len(content), partial(io.BytesIO, content))
        store.write(_B, source, properties=properties)
        assert store.read(_B).data == content
        assert parse_pointer(_B, memory.read(_B).data) is not None


def test_blobs_from_before_the_layer_come_back(store: DedupedStore, memory: MemoryStore) -> None:
    for content in (b"", b"small", _TEXT):
        version = memory.write(_A, content).version
        assert store.read(_A) == memory.read(_A)
        assert store.read(_A, span=Span(2, 3)) == memory.read(_A, span=Span(2, 3))
        assert store.write(_A, _TEXT, when=IfVersion(version)).version != version


def test_spans_are_cut_from_the_content(store: DedupedStore) -> None:
    info = store.write(_A, _TEXT)
    for start, length in ((0, 5), (7, 90), (0, 10**6), (len(_TEXT) - 2, 9), (len(_TEXT) + 1, 1)):
        part = store.read(_A, span=Span(start, length))
        assert (part.data, part.info) == (_TEXT[start : start + length], info)


def test_where_content_lies_is_out_of_a_callers_reach(
    store: DedupedStore, memory: MemoryStore
) -> None:
    store.write(_A, _TEXT)
    own = Key(shared_contents(memory)[0])
    for key in (own, Key(".kb/content"), Key(".KB/Content/x")):
        for look in (store.read, store.stat):
            with pytest.raises(NotFound):
                look(key)
        with pytest.raises(InvalidKey):
            store.write(key, b"x")
        store.delete(key)
        with pytest.raises(ConditionFailed):
            store.delete(key, when=IfVersion("any"))
    (read,) = store.read_many([own])
    (refused,) = store.write_many([Upload(own, b"x")])

    assert isinstance(read, NotFound)
    assert isinstance(refused, InvalidKey)
    assert shared_contents(store) == []
    assert store.read(_A).data == _TEXT


def test_deleting_a_blob_leaves_the_others_of_equal_content(store: DedupedStore) -> None:
    for key in (_A, _B):
        store.write(key, _TEXT)
    store.delete(_A)

    assert store.read(_B).data == _TEXT
    with pytest.raises(NotFound):
        store.read(_A)


def test_content_that_is_gone_or_changed_is_corrupt(
    store: DedupedStore, memory: MemoryStore
) -> None:
    store.write(_A, _TEXT)
    own = Key(shared_contents(memory)[0])
    memory.write(own, _TEXT[:-1] + b"!")
    with pytest.raises(CorruptBlob, match=r"a\.md"):
        store.read(_A)
    assert [type(answer) for answer in store.read_many([_A])] == [CorruptBlob]
    memory.delete(own)
    with pytest.raises(CorruptBlob, match=r"a\.md"):
        store.read(_A)
    assert [type(answer) for answer in store.read_many([_A])] == [CorruptBlob]
    memory.write(_B, MAGIC + b"nonsense")
    corrupt, missing = store.read_many([_B, Key("missing")])
    assert isinstance(corrupt, CorruptBlob)
    assert isinstance(missing, NotFound)


def test_content_of_another_size_is_stored_anew(store: DedupedStore, memory: MemoryStore) -> None:
    store.write(_A, _TEXT)
    memory.write(Key(shared_contents(memory)[0]), b"cut")
    store.write(_B, _TEXT)

    assert store.read(_A).data == store.read(_B).data == _TEXT


def test_a_pointer_replaced_while_it_was_followed_is_followed_again(
    memory: MemoryStore, clock: Clock
) -> None:
    slow = Interrupted(memory)
    store = DedupedStore(slow, clock=clock)

    def replace_and_collect(key: Key) -> None:
        if not key.startswith(".kb/"):
            return
        slow.calm()
        store.write(_A, _TEXT * 2)
        memory.delete(key)

    reads: list[Callable[[], Blob | StoreError]] = [
        lambda: store.read(_A),
        lambda: next(store.read_many([_A])),
    ]
    for read in reads:
        store.write(_A, _TEXT)
        slow.before_read = replace_and_collect
        blob = read()
        assert isinstance(blob, Blob)
        assert blob.data == _TEXT * 2


def test_a_source_that_changes_between_hash_and_upload_is_refused(
    store: DedupedStore, memory: MemoryStore
) -> None:
    opened: list[int] = []

    def reopen() -> io.BytesIO:
        opened.append(1)
        return io.BytesIO(_LARGE if len(opened) == 1 else _LARGE[:-1] + b"!")

    store.write(_A, b"old")
    with pytest.raises(ContentChanged, match="changed between"):
        store.write(_A, Source(len(_LARGE), reopen))
    assert store.read(_A).data == b"old"
    assert shared_contents(memory) == []
    opened.clear()
    refused, written = store.write_many(
        [Upload(_A, Source(len(_LARGE), reopen)), Upload(_B, _TEXT)]
    )
    assert isinstance(refused, ContentChanged)
    assert isinstance(written, BlobInfo)


def test_large_content_under_a_lost_condition_is_not_sent(
    store: DedupedStore, memory: MemoryStore
) -> None:
    store.write(_A, b"old")
    with pytest.raises(ConditionFailed):
        store.write(_A, _LARGE, when=ABSENT)

    assert shared_contents(memory) == []


def test_without_conditions_content_is_not_shared() -> None:
    class Plain(MemoryStore):
        @property
        def capabilities(self) -> Capabilities:
            return Capabilities(conditional_writes=False)

    with pytest.raises(StoreOptionError):
        DedupedStore(Plain())


def test_on_a_folder_it_works_too(tmp_path: Path) -> None:
    local = LocalStore(tmp_path)
    store = DedupedStore(local)
    store.write(_A, _TEXT)
    store.write(_B, _TEXT)

    assert len(shared_contents(local)) == 1
    assert store.read(_B).data == _TEXT
