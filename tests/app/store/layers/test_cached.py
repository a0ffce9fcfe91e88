"""What is answered from memory, and what never is."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from app.store.backends.memory import MemoryStore
from app.store.contract import (
    ABSENT,
    Blob,
    BlobStore,
    Span,
    Upload,
    Version,
)
from app.store.errors import ConditionFailed, NotFound, NotModified, Unavailable
from app.store.keys import Key
from app.store.layers.base import Layer
from app.store.layers.cached import CachedStore
from app.store.layers.held import Held
from tests.app.store.layers.faulty import Faulty
from tests.app.store.layers.scene import Interrupted

_A, _B = Key("a.md"), Key("b.md")
_AGE = 60.0


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def memory() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def inner(memory: MemoryStore) -> Faulty:
    return Faulty(memory)


@pytest.fixture
def store(inner: Faulty, clock: Clock) -> CachedStore:
    return CachedStore(inner, age_seconds_max=_AGE, clock=clock)


def test_within_its_age_a_blob_is_read_once(
    store: CachedStore, inner: Faulty, clock: Clock
) -> None:
    written = inner.write(_A, b"0123456789")
    whole = store.read(_A)
    inner.calls = 0
    clock.now = _AGE - 1

    assert store.read(_A) == whole
    part = store.read(_A, span=Span(2, 3))
    assert (part.data, part.info) == (b"234", whole.info)
    assert store.read(_A, span=Span(20, 3)).data == b""
    assert store.read(_A, unless="other") == whole
    with pytest.raises(NotModified, match=r"a\.md"):
        store.read(_A, unless=written.version)
    assert list(store.read_many([_A, _A])) == [whole, whole]
    assert inner.calls == 0


def test_past_its_age_a_blob_that_is_the_same_is_not_sent_again(
    store: CachedStore, inner: Faulty, memory: MemoryStore, clock: Clock
) -> None:
    version = memory.write(_A, b"0123456789").version
    whole = store.read(_A)
    asked = Asking(memory)
    store.inner = asked
    clock.now = _AGE

    assert store.read(_A) == whole
    clock.now = 2 * _AGE - 1
    assert store.read(_A) == whole
    clock.now = 2 * _AGE
    assert store.read(_A, span=Span(1, 2)).data == b"12"
    clock.now = 3 * _AGE
    with pytest.raises(NotModified):
        store.read(_A, unless=version)
    assert asked.unless == [version] * 3


def test_past_its_age_a_changed_blob_is_sent(
    store: CachedStore, memory: MemoryStore, clock: Clock
) -> None:
    memory.write(_A, b"old")
    store.read(_A)
    version = memory.write(_A, b"new").version

    assert store.read(_A).data == b"old"
    clock.now = _AGE
    with pytest.raises(NotModified):
        store.read(_A, unless=version)
    assert store.read(_A, span=Span(1, 9)).data == b"ew"
    assert store.read(_A).data == b"new"
    memory.delete(_A)
    clock.now = 2 * _AGE
    with pytest.raises(NotFound):
        store.read(_A)


def test_many_reads_use_what_is_held_and_fill_it(
    store: CachedStore, inner: Faulty, clock: Clock
) -> None:
    keys = [Key(f"{number:03}") for number in range(150)]
    for key in keys:
        inner.write(key, key.encode())
    store.read(keys[7])
    inner.calls = 0
    first = list(store.read_many([*keys, Key("missing")]))
    again = list(store.read_many([*keys, Key("missing")]))

    assert [answer.data for answer in first if isinstance(answer, Blob)] == [
        key.encode() for key in keys
    ]
    assert first[:-1] == again[:-1]
    assert isinstance(again[-1], NotFound)
    assert inner.calls == 149 + 1 + 1
    clock.now = _AGE
    inner.write(keys[0], b"new")
    assert [blob.data for blob in store.read_many(keys[:1]) if isinstance(blob, Blob)] == [b"new"]


def test_a_span_is_not_held(store: CachedStore, inner: Faulty) -> None:
    inner.write(_A, b"0123456789")
    store.read(_A, span=Span(0, 100))
    inner.calls = 0

    assert store.read(_A).data == b"0123456789"
    assert inner.calls == 1


def test_that_something_is_missing_is_not_held(store: CachedStore, memory: MemoryStore) -> None:
    with pytest.raises(NotFound):
        store.read(_A)
    assert [type(answer) for answer in store.read_many([_A])] == [NotFound]
    memory.write(_A, b"there")

    assert store.read(_A).data == b"there"


def test_a_failure_is_not_held_and_lets_nothing_go(
    store: CachedStore, inner: Faulty, clock: Clock
) -> None:
    inner.write(_A, b"data")
    inner.at = inner.calls
    with pytest.raises(Unavailable):
        store.read(_A)
    assert store.read(_A).data == b"data"
    clock.now = _AGE
    inner.at = inner.calls
    with pytest.raises(Unavailable):
        store.read(_A)
    assert store.read(_A).data == b"data"


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda store: store.write(_A, b"new"), id="a write"),
        pytest.param(lambda store: list(store.write_many([Upload(_A, b"new")])), id="many writes"),
        pytest.param(lambda store: next(store.write_many(_endless())), id="many writes left early"),
    ],
)
def test_an_own_change_is_seen_at_once(
    store: CachedStore, memory: MemoryStore, change: Callable[[BlobStore], object]
) -> None:
    memory.write(_A, b"old")
    store.read(_A)
    change(store)

    assert store.read(_A).data == b"new"
    assert [each.data for each in store.read_many([_A]) if isinstance(each, Blob)] == [b"new"]
    store.delete(_A)
    with pytest.raises(NotFound):
        store.read(_A)


def test_after_a_refused_write_the_others_content_is_read(
    store: CachedStore, memory: MemoryStore
) -> None:
    memory.write(_A, b"old")
    store.read(_A)
    memory.write(_A, b"theirs")
    with pytest.raises(ConditionFailed):
        store.write(_A, b"mine", when=ABSENT)

    assert store.read(_A).data == b"theirs"


def test_what_a_look_shows_to_be_changed_is_let_go(store: CachedStore, memory: MemoryStore) -> None:
    for look in (lambda: store.stat(_A), lambda: list(store.scan())):
        memory.write(_A, b"old")
        store.read(_A)
        memory.write(_A, b"new")
        look()

        assert store.read(_A).data == b"new"


def test_a_read_overtaken_by_a_write_is_not_held(memory: MemoryStore, clock: Clock) -> None:
    memory.write(_A, b"old")
    slow = Interrupted(memory)
    store = CachedStore(slow, age_seconds_max=_AGE, clock=clock)
    for read in (lambda: store.read(_A), lambda: list(store.read_many([_A]))):
        slow.after_read = lambda _: store.write(_A, b"new")
        read()
        slow.calm()

        assert store.read(_A).data == b"new"
        store.write(_A, b"old")


def test_what_is_read_during_a_write_is_not_held(memory: MemoryStore, clock: Clock) -> None:
    memory.write(_A, b"old")
    slow = Interrupted(memory)
    store = CachedStore(slow, age_seconds_max=_AGE, clock=clock)
    seen: list[bytes] = []
    slow.before_write = lambda _: seen.append(store.read(_A).data)
    store.write(_A, b"new")

    assert seen == [b"old"]
    assert store.read(_A).data == b"new"


def test_bytes_are_bounded_and_the_least_recently_used_go(
    inner: Faulty, memory: MemoryStore, clock: Clock
) -> None:
    store = CachedStore(inner, age_seconds_max=_AGE, bytes_max=3 * 3000, clock=clock)
    keys = [Key(name) for name in "abcd"]
    for key in keys:
        memory.write(key, bytes(1500))
    memory.write(_B, bytes(20_000))
    for name in "abcabd":
        store.read(Key(name))
    store.read(_B)
    store.read(_B)
    inner.calls = 0
    for name in "abd":
        store.read(Key(name))

    assert inner.calls == 0
    store.read(Key("c"))
    store.read(_B)
    assert inner.calls == 2


def test_empty_blobs_take_room_too() -> None:
    held = Held(10_000)
    memory = MemoryStore()
    for number in range(100):
        key = Key(str(number))
        memory.write(key, b"")
        with held.reading(key) as reading:
            held.keep(reading, memory.read(key), since=0)

    assert sum(held.get(Key(str(number))) is not None for number in range(100)) == 9


def test_no_reader_sees_what_was_there_before_a_write_that_has_returned(
    memory: MemoryStore,
) -> None:
    store = CachedStore(memory, age_seconds_max=_AGE)
    store.write(_A, b"0")
    written = 0

    def read(_: int) -> bool:
        before = written
        return int(store.read(_A).data) >= before

    with ThreadPoolExecutor(3) as pool:
        answers = pool.map(read, range(600))
        for number in range(200):
            store.write(_A, str(number).encode())
            written = number
        assert all(answers)


class Asking(Layer):
    """Notes which versions readers hold."""

    def __init__(self, inner: BlobStore) -> None:
        super().__init__(inner)
        self.unless: list[Version | None] = []

    def read(self, key: Key, *, span: Span | None = None, unless: Version | None = None) -> Blob:
        self.unless.append(unless)
        return self.inner.read(key, span=span, unless=unless)


def _endless() -> Iterator[Upload]:
    while True:
        yield Upload(_A, b"new")
