"""A store that fails on purpose: which call, when, and what of it has happened."""

import pytest

from app.store.backends.memory import MemoryStore
from app.store.conformance.expecting import content_of
from app.store.conformance.faults import Fault, Faulty, Moment, Storm, Verb, storms
from app.store.contract import Blob, BlobInfo, BlobStore, Upload
from app.store.errors import Unavailable
from app.store.keys import Key

_A, _B, _C = Key("a"), Key("b"), Key("c")


@pytest.mark.parametrize(
    ("moment", "held"), [("before", b"old"), ("after", b"new")], ids=["before", "after"]
)
def test_a_call_fails_before_or_after_its_effect(moment: Moment, held: bytes) -> None:
    memory = MemoryStore()
    memory.write(_A, b"old")
    faulty = Faulty(memory, Fault(0, moment))
    with pytest.raises(Unavailable, match="a: the answer was lost"):
        faulty.write(_A, b"new")

    assert memory.read(_A).data == held
    assert faulty.fired


@pytest.mark.parametrize(
    ("lasting", "failed"), [(False, [1]), (True, [1, 2, 3])], ids=["once", "from then on"]
)
def test_it_fails_once_or_from_then_on(lasting: bool, failed: list[int]) -> None:
    faulty = Faulty(MemoryStore(), Fault(1, lasting=lasting))

    assert [number for number in range(4) if _fails(faulty)] == failed


def test_only_the_chosen_verbs_count_and_fail() -> None:
    verbs: frozenset[Verb] = frozenset(["write"])
    faulty = Faulty(MemoryStore(), Fault(1, verbs=verbs))
    faulty.delete(_A)
    faulty.write(_A, b"data")
    faulty.stat(_A)

    with pytest.raises(Unavailable):
        faulty.write(_A, b"data")


@pytest.mark.parametrize("moment", ["before", "after"])
def test_an_item_of_many_fails_in_its_place(moment: Moment) -> None:
    memory = MemoryStore()
    written = list(
        Faulty(memory, Fault(1, moment)).write_many(
            [Upload(key, key.encode()) for key in (_A, _B, _C)]
        )
    )
    read = list(Faulty(memory, Fault(2, moment)).read_many([_A, _A, _C, _C]))

    assert [type(answer) for answer in written] == [BlobInfo, Unavailable, BlobInfo]
    assert content_of(memory, _B) == (None if moment == "before" else b"b")
    assert [type(answer) for answer in read] == [Blob, Blob, Unavailable, Blob]


def test_a_scan_fails_at_once_or_at_its_end() -> None:
    memory = MemoryStore()
    memory.write(_A, b"data")
    found: list[str] = []
    with pytest.raises(Unavailable):
        found.extend(info.key for info in Faulty(memory, Fault(0, "after")).scan())
    with pytest.raises(Unavailable):
        next(Faulty(memory, Fault(0, "before")).scan())

    assert found == ["a"]


def test_a_storm_tries_every_call_in_every_way() -> None:
    seen: list[Storm] = []

    def scenario(store: BlobStore, key: Key) -> None:
        store.write(key, b"data")
        store.delete(key)

    fired = storms(MemoryStore(), scenario, seen.append)
    failed = [storm.fault for storm in seen if storm.error is not None]

    assert fired == len(failed) == 8
    assert len(set(failed)) == 8
    assert {fault.number for fault in failed} == {0, 1}
    assert len({storm.key for storm in seen}) == len(seen)


def test_what_a_check_finds_names_the_fault() -> None:
    def check(storm: Storm) -> None:
        assert storm.error is None

    with pytest.raises(AssertionError) as caught:
        storms(MemoryStore(), lambda store, key: store.write(key, b"data"), check)

    assert "Fault(number=0, moment='before', lasting=False" in str(caught.value.__notes__)


def _fails(store: BlobStore) -> bool:
    try:
        store.write(_A, b"data")
    except Unavailable:
        return True
    return False
