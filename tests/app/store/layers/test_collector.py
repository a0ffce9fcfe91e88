"""What the collector deletes, and that nothing that can be read is among it."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from app.store.backends.memory import MemoryStore
from app.store.collector import COLLECTOR_KEY, Collection, collect
from app.store.contract import (
    ALWAYS,
    Blob,
    BlobStore,
    Span,
    Upload,
    Version,
    WhenPresent,
)
from app.store.errors import CorruptBlob, LeaseHeld, LeaseLost, StoreError, Unavailable
from app.store.keys import Key
from app.store.layers.base import Layer
from app.store.layers.compressed import CompressedStore
from app.store.layers.deduped import DedupedStore
from app.store.layers.epochs import EPOCH
from app.store.layers.pointers import MAGIC
from app.store.lease import leases_of
from app.store.stack import StackOptions, open_stack, restacked
from tests.app.store.layers.faulty import Between, Faulty, Moment
from tests.app.store.layers.scene import Clock, OneLease, shared_contents

_A, _B = Key("a.md"), Key("b.md")
_TEXT = b"a line of text\n" * 1000
_OTHER = b"another line\n" * 1000


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def memory(clock: Clock) -> MemoryStore:
    return MemoryStore(clock=clock)


@pytest.fixture
def store(memory: MemoryStore, clock: Clock) -> DedupedStore:
    return DedupedStore(memory, clock=clock)


def run(inner: BlobStore, leases: OneLease | None = None, *, dry_run: bool = False) -> Collection:
    return collect(inner, leases or OneLease(), dry_run=dry_run)


def test_content_that_nothing_names_goes_when_it_is_old_enough(
    store: DedupedStore, memory: MemoryStore, clock: Clock
) -> None:
    store.write(_A, _TEXT)
    store.write(_B, _OTHER)
    store.delete(_A)
    for days in (0, 7, 13):
        clock.now += timedelta(days=days) - (clock.now - Clock().now)
        assert run(memory) == Collection(2, 0, 0, 1)
    clock.now = Clock().now + 2 * EPOCH + timedelta(days=1)

    assert run(memory, dry_run=True) == Collection(2, 1, len(_TEXT), 1)
    assert len(shared_contents(memory)) == 2
    assert run(memory) == Collection(2, 1, len(_TEXT), 1)
    assert len(shared_contents(memory)) == 1
    assert run(memory) == Collection(1, 0, 0, 1)
    assert store.read(_B).data == _OTHER


def test_nothing_else_is_ever_deleted(
    store: DedupedStore, memory: MemoryStore, clock: Clock
) -> None:
    kept = {
        Key("small.md"): b"small",
        Key(".kb/index/segment"): _TEXT,
        Key("plain"): b"x" * 100,
        Key(".kb/content/readme"): b"somebody's",
        Key(".kb/content/1/ab/short"): b"somebody's",
        Key("1/ab/" + "ab" * 32): b"no content",
    }
    for key, data in kept.items():
        memory.write(key, data)
    for number in range(150):
        store.write(Key(f"{number:03}.md"), _TEXT + b"%d" % (number // 2))
    clock.now += 5 * EPOCH
    run(memory)

    assert {key: memory.read(key).data for key in kept} == kept
    for number in range(150):
        assert store.read(Key(f"{number:03}.md")).data == _TEXT + b"%d" % (number // 2)
    assert len(shared_contents(memory)) == 75 + 1


@pytest.mark.parametrize("broken", ["a pointer", "a read"])
def test_where_a_pointer_cannot_be_read_nothing_is_deleted(
    store: DedupedStore, memory: MemoryStore, clock: Clock, broken: str
) -> None:
    store.write(_A, _TEXT)
    store.delete(_A)
    clock.now += 5 * EPOCH
    leases = OneLease()
    memory.write(_B, MAGIC + b"cut" if broken == "a pointer" else b"small")
    inner = Unreadable(memory, _B) if broken == "a read" else memory
    with pytest.raises(CorruptBlob if broken == "a pointer" else Unavailable, match=r"b\.md"):
        run(inner, leases)

    assert len(shared_contents(memory)) == 1
    assert leases.holder is None


def test_one_collector_works_at_a_time(
    store: DedupedStore, memory: MemoryStore, clock: Clock
) -> None:
    store.write(_A, _TEXT)
    store.delete(_A)
    clock.now += 5 * EPOCH
    leases = OneLease(holder="another")
    with pytest.raises(LeaseHeld):
        run(memory, leases)
    assert len(shared_contents(memory)) == 1
    leases.holder = None
    run(memory, leases)

    assert leases.holder is None
    assert shared_contents(memory) == []
    assert memory.read(COLLECTOR_KEY).data == b""


def test_a_long_collection_renews_its_lease_and_ends_when_it_is_lost(
    store: DedupedStore, memory: MemoryStore, clock: Clock
) -> None:
    for number in range(10):
        store.write(_A, _TEXT + b"%d" % number)
    store.delete(_A)
    clock.now += 5 * EPOCH
    leases, seconds = OneLease(), iter(range(0, 10_000, 15))
    deleted = Counting(memory)

    def take_over() -> None:
        if deleted.deletes == 3:
            leases.holder = "another"

    with pytest.raises(LeaseLost):
        collect(deleted, leases, dry_run=False, keep_going=take_over, clock=lambda: next(seconds))
    assert leases.renewals > 1
    assert leases.holder == "another"
    assert 3 <= deleted.deletes < 6


def test_a_stack_is_collected_under_its_own_leases(memory: MemoryStore, clock: Clock) -> None:
    stack = open_stack(memory, StackOptions(deduplicate=True, compress=True, cache_seconds_max=60))
    DedupedStore(CompressedStore(memory), clock=clock).write(_B, _OTHER)
    stack.write(_A, _TEXT)
    stack.delete(_B)
    clock.now += 5 * EPOCH
    below = restacked(stack, deduplicate=False, cache_seconds_max=None)

    assert collect(below, leases_of(stack), dry_run=False).deleted == 1
    assert stack.read(_A).data == _TEXT
    lease = leases_of(stack).acquire(COLLECTOR_KEY, seconds=60)
    with pytest.raises(LeaseHeld):
        collect(below, leases_of(stack), dry_run=False)
    leases_of(stack).release(lease)


def test_pointers_behind_a_compressing_layer_are_seen(memory: MemoryStore, clock: Clock) -> None:
    inner = CompressedStore(memory, bytes_min=0, ratio_max=100)
    store = DedupedStore(inner, clock=clock)
    store.write(_A, _TEXT)
    store.write(_B, _OTHER)
    store.delete(_B)
    clock.now += 5 * EPOCH
    run(inner)

    assert store.read(_A).data == _TEXT
    assert len(shared_contents(memory)) == 1


def _rewrite(store: DedupedStore, _: Clock) -> None:
    store.write(Key("new.md"), _TEXT)


def _delete(store: DedupedStore, _: Clock) -> None:
    store.delete(_A)


def _move(store: DedupedStore, _: Clock) -> None:
    blob = store.read(_A)
    store.write(Key("0-moved.md"), blob.data)
    store.delete(_A)


def _replace(store: DedupedStore, _: Clock) -> None:
    list(store.write_many([Upload(_A, _OTHER), Upload(_B, _TEXT)]))


def _sleep(store: DedupedStore, clock: Clock) -> None:
    """The collector stops for weeks, while others go on."""
    clock.now += 3 * EPOCH
    _replace(store, clock)
    store.write(Key("gone.md"), _OTHER)


@pytest.mark.parametrize("act", [_rewrite, _delete, _move, _replace, _sleep])
def test_whatever_happens_between_two_steps_every_blob_can_be_read(
    act: Callable[[DedupedStore, Clock], None],
) -> None:
    for number in range(40):
        clock = Clock()
        memory = MemoryStore(clock=clock)
        store = DedupedStore(memory, clock=clock)
        store.write(_A, _TEXT)
        store.write(_B, _OTHER)
        store.write(Key("gone.md"), b"gone\n" * 2000)
        store.delete(Key("gone.md"))
        clock.now += 5 * EPOCH
        between = Between(memory, number, partial(act, store, clock))
        run(between)

        for info in list(store.scan()):
            assert store.read(info.key).data in (_TEXT, _OTHER)
        if not between.done:
            assert number >= 5
            return
    raise AssertionError("a collection makes more calls than were looked at")


def test_a_writer_stopped_before_its_pointer_while_content_is_collected(
    memory: MemoryStore, clock: Clock
) -> None:
    """The longest race: content found stored, weeks of nothing, a collection, then the pointer."""
    orphan = DedupedStore(memory, clock=clock)
    orphan.write(_A, _TEXT)
    orphan.delete(_A)

    def weeks_later() -> None:
        clock.now += 3 * EPOCH
        run(memory)
        assert shared_contents(memory) == []

    for call in (0, 1):
        between = Between(memory, call, weeks_later)
        DedupedStore(between, clock=clock).write(_B, _TEXT)
        assert between.done
        assert orphan.read(_B).data == _TEXT
        orphan.delete(_B)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("on", [False, True])
def test_a_collection_that_fails_anywhere_has_harmed_nothing(moment: Moment, on: bool) -> None:
    for at in range(40):
        clock = Clock()
        memory = MemoryStore(clock=clock)
        store = DedupedStore(memory, clock=clock)
        store.write(_A, _TEXT)
        for number in range(4):
            store.write(_B, _OTHER + b"%d" % number)
        clock.now += 5 * EPOCH
        faulty = Faulty(memory, at=at, moment=moment, on=on)
        leases = OneLease()
        try:
            run(faulty, leases)
        except StoreError:
            assert faulty.calls > at
        assert leases.holder is None
        assert store.read(_A).data == _TEXT
        assert store.read(_B).data == _OTHER + b"3"
        if faulty.calls <= at:
            return
        run(memory, leases)
        assert len(shared_contents(memory)) == 2
    raise AssertionError("a collection makes more calls than were looked at")


class Counting(Layer):
    def __init__(self, inner: BlobStore) -> None:
        super().__init__(inner)
        self.deletes = 0

    def delete(self, key: Key, *, when: WhenPresent = ALWAYS, lease: str | None = None) -> None:
        self.deletes += 1
        self.inner.delete(key, when=when, lease=lease)


class Unreadable(Faulty):
    """One blob cannot be read."""

    def __init__(self, inner: BlobStore, key: Key) -> None:
        super().__init__(inner)
        self._key = key

    def read(self, key: Key, *, span: Span | None = None, unless: Version | None = None) -> Blob:
        if key == self._key:
            raise Unavailable(f"{key}: no answer", key=key)
        return self.inner.read(key, span=span, unless=unless)
