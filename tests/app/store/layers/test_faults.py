"""Call N fails, before or after its effect, for every N: the blob is old or new, and caches agree.

Beside the laws of faults: content that is compressed and shared, sources, and options as programs have them.
"""

import io
from collections.abc import Callable, Iterator
from itertools import count

import pytest

from app.store.backends.memory import MemoryStore
from app.store.contract import ABSENT, BlobStore, IfVersion, Properties, Source, Span, Upload
from app.store.errors import NotFound, StoreError
from app.store.keys import Key
from app.store.layers.cached import CachedStore
from app.store.layers.compressed import CompressedStore
from app.store.layers.deduped import DedupedStore
from app.store.operations import append
from app.store.stack import StackOptions, open_stack
from tests.app.store.layers.faulty import Faulty, Moment

Make = Callable[[BlobStore], BlobStore]
Action = Callable[[BlobStore], object]

_A, _B, _C = Key("a.md"), Key("b.md"), Key("c.md")
_OLD = b"what was there before\n" * 500
_NEW = b"what is there later\n" * 600
_LARGE = b"a large source\n" * 700_000

LAYERS: dict[str, Make] = {
    "cached": lambda inner: CachedStore(inner, age_seconds_max=1000),
    "compressed": CompressedStore,
    "deduped": DedupedStore,
    "stack": lambda inner: open_stack(
        inner,
        StackOptions(metered=True, cache_seconds_max=1000, deduplicate=True, compress=True),
    ),
}


ACTIONS: dict[str, tuple[Action, dict[Key, bytes | None]]] = {
    "write": (lambda store: store.write(_A, _NEW), {_A: _NEW}),
    "create": (lambda store: store.write(_C, _NEW, when=ABSENT), {_C: _NEW}),
    "edit": (
        lambda store: store.write(_A, _NEW, when=IfVersion(store.read(_A).info.version)),
        {_A: _NEW},
    ),
    "append": (
        lambda store: append(store, _A, b"more", sleep=lambda _: None),
        {_A: _OLD + b"more"},
    ),
    "small": (lambda store: store.write(_A, b"small"), {_A: b"small"}),
    "source": (
        lambda store: store.write(_A, Source(len(_LARGE), lambda: io.BytesIO(_LARGE))),
        {_A: _LARGE},
    ),
    "delete": (lambda store: store.delete(_A), {_A: None}),
    "many writes": (
        lambda store: _answered(
            store.write_many([Upload(_A, _NEW), Upload(_B, _OLD), Upload(_C, b"small")])
        ),
        {_A: _NEW, _B: _OLD, _C: b"small"},
    ),
    "reads": (
        lambda store: (
            store.read(_A),
            _answered(store.read_many([_B, _A])),
            store.read(_A, span=Span(3, 5)),
        ),
        {},
    ),
}


@pytest.mark.parametrize("on", [False, True], ids=["once", "from then on"])
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("layer", LAYERS)
def test_after_a_fault_a_blob_is_old_or_new(
    layer: str, action: str, moment: Moment, on: bool
) -> None:
    act, new = ACTIONS[action]
    for at in count():
        memory = MemoryStore()
        faulty = Faulty(memory)
        store = LAYERS[layer](faulty)
        old = _fill(store)
        faulty.at, faulty.moment, faulty.on, faulty.calls = at, moment, on, 0
        failed = _fails(act, store)
        hit, faulty.at = faulty.calls > at, -1

        _expect_old_or_new(store, LAYERS[layer](memory), old, new, failed=failed)
        if not hit:
            # What is held is read without a call.
            assert at > 0 or action == "reads"
            assert not failed
            break


def _expect_old_or_new(
    store: BlobStore,
    fresh: BlobStore,
    old: dict[Key, bytes | None],
    new: dict[Key, bytes | None],
    *,
    failed: bool,
) -> None:
    for key, before in old.items():
        seen = _content(store, key)
        # Through the layer that lived through the fault, and through one that knows nothing of it.
        assert seen == _content(fresh, key)
        assert seen in ((before, new.get(key, before)) if failed else (new.get(key, before),))
        (many,) = store.read_many([key])
        assert (many.key if isinstance(many, StoreError) else many.data) == (seen or key)
    assert [info.key for info in store.scan()] == [info.key for info in fresh.scan()]


def _fill(store: BlobStore) -> dict[Key, bytes | None]:
    store.write(_A, _OLD, properties=Properties(content_type="text/markdown"))
    store.write(_B, b"small")
    # What is held is held before the fault.
    return {_A: store.read(_A).data, _B: store.read(_B).data, _C: None}


def _content(store: BlobStore, key: Key) -> bytes | None:
    try:
        return store.read(key).data
    except NotFound:
        return None


def _fails(act: Action, store: BlobStore) -> bool:
    try:
        act(store)
    except StoreError:
        return True
    return False


def _answered(answers: Iterator[object]) -> list[object]:
    """Take every answer; afterwards fail if one did."""
    taken = list(answers)
    for answer in taken:
        if isinstance(answer, StoreError):
            raise answer
    return taken
