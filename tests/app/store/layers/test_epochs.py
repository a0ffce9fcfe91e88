"""Pointers name content of their own week, whatever clocks show and however long writers stop."""

import pytest

from app.store.backends.memory import MemoryStore
from app.store.contract import (
    ABSENT,
    digest_of,
)
from app.store.errors import (
    ConditionFailed,
)
from app.store.keys import Key
from app.store.layers.deduped import DedupedStore
from app.store.layers.epochs import EPOCH, epoch_of
from app.store.layers.pointers import Pointer, parse_pointer
from tests.app.store.layers.scene import Clock, Interrupted, shared_contents

_A, _B = Key("a.md"), Key("b.md")
_TEXT = b"a line of text\n" * 1000
_SHA256 = digest_of(_TEXT).value


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def memory(clock: Clock) -> MemoryStore:
    return MemoryStore(clock=clock)


@pytest.fixture
def store(memory: MemoryStore, clock: Clock) -> DedupedStore:
    return DedupedStore(memory, clock=clock)


def test_a_new_pointer_names_only_content_of_its_week(
    store: DedupedStore, memory: MemoryStore, clock: Clock
) -> None:
    store.write(_A, _TEXT)
    clock.now += EPOCH
    store.write(_B, _TEXT)

    first, second = (parse_pointer(key, memory.read(key).data) for key in (_A, _B))
    assert first is not None
    assert second is not None
    assert second.epoch == first.epoch + 1
    assert len(shared_contents(memory)) == 2


@pytest.mark.parametrize("weeks", [-5, -1, 1, 5])
def test_a_wrong_clock_of_this_machine_is_corrected(
    memory: MemoryStore, clock: Clock, weeks: int
) -> None:
    wrong = DedupedStore(memory, clock=lambda: clock() + weeks * EPOCH)
    # Once where the content has to be sent, once where it is found under the wrong week.
    memory.write(Pointer(_SHA256, len(_TEXT), epoch_of(clock()) + weeks).content_key, _TEXT)
    for key, content in ((_A, _TEXT), (_B, _TEXT * 2)):
        written = wrong.write(key, content)
        pointer = parse_pointer(key, memory.read(key).data)

        assert pointer is not None
        assert epoch_of(clock()) - pointer.epoch in (0, 1)
        assert wrong.read(key).info.version == written.version
        assert wrong.read(key).data == content
    fresh = DedupedStore(memory, clock=lambda: clock() + weeks * EPOCH)
    with pytest.raises(ConditionFailed):
        fresh.write(_A, _TEXT, when=ABSENT)


@pytest.mark.parametrize("place", ["before the content", "before the pointer", "at the pointer"])
def test_a_writer_stopped_for_weeks_names_content_of_now(
    memory: MemoryStore, clock: Clock, place: str
) -> None:
    slow = Interrupted(memory)
    store = DedupedStore(slow, clock=clock)
    store.write(_B, _TEXT)

    def stop(key: Key) -> None:
        at_pointer = key == _A
        if at_pointer == (place == "at the pointer"):
            slow.calm()
            clock.now += 3 * EPOCH

    def stop_after(key: Key) -> None:
        if key != _A:
            slow.calm()
            clock.now += 3 * EPOCH

    if place == "before the pointer":
        slow.after_write = stop_after
    else:
        slow.before_write = stop
    store.write(_A, _TEXT * 2, when=ABSENT)

    pointer = parse_pointer(_A, memory.read(_A).data)
    assert pointer is not None
    assert epoch_of(clock()) - pointer.epoch in (0, 1)
    assert store.read(_A).data == _TEXT * 2


def test_a_late_pointer_that_another_has_replaced_was_written(
    memory: MemoryStore, clock: Clock
) -> None:
    slow = Interrupted(memory)
    store = DedupedStore(slow, clock=clock)

    def stop(key: Key) -> None:
        if key == _A:
            slow.calm()
            clock.now += 3 * EPOCH
            slow.after_write = replace

    def replace(key: Key) -> None:
        slow.calm()
        memory.write(_A, b"another's")

    slow.before_write = stop
    assert store.write(_A, _TEXT).version
    assert store.read(_A).data == b"another's"
