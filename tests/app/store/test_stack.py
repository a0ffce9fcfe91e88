"""Which layers a stack has, and in which order."""

import subprocess
import sys

import pytest

from app.store.backends.memory import MemoryStore
from app.store.contract import Capabilities
from app.store.extras import Tiers
from app.store.stack import Stack, StackOptions, open_stack, restacked

EVERYTHING = StackOptions(metered=True, cache_seconds_max=5, deduplicate=True, compress=True)


def layers(stack: Stack) -> list[str]:
    names = []
    store = stack.inner
    while store is not stack.backend:
        names.append(type(store).__name__)
        store = store.inner  # type: ignore[attr-defined] # a layer, each of them
    return names


def test_the_order_is_that_of_the_picture() -> None:
    stack = open_stack(MemoryStore(), EVERYTHING)

    assert layers(stack) == [
        "MeteredStore",
        "CachedStore",
        "LeasedStore",
        "DedupedStore",
        "CompressedStore",
    ]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (StackOptions(), ["LeasedStore"]),
        (StackOptions(metered=True), ["MeteredStore", "LeasedStore"]),
        (StackOptions(cache_seconds_max=0), ["CachedStore", "LeasedStore"]),
        (StackOptions(deduplicate=True), ["LeasedStore", "DedupedStore"]),
        (StackOptions(compress=True), ["LeasedStore", "CompressedStore"]),
    ],
)
def test_only_what_is_asked_for_stands_there(options: StackOptions, expected: list[str]) -> None:
    assert layers(open_stack(MemoryStore(), options)) == expected


def test_leases_of_the_service_need_no_guard() -> None:
    class Leasing(MemoryStore):
        @property
        def capabilities(self) -> Capabilities:
            return Capabilities(conditional_writes=True, leases=True)

    assert layers(open_stack(Leasing())) == []


def test_a_layer_that_is_added_later_stands_in_its_place() -> None:
    backend = MemoryStore()
    stack = open_stack(backend, StackOptions(metered=True, compress=True))
    stack = restacked(restacked(stack, deduplicate=True), cache_seconds_max=5)

    assert layers(stack) == layers(open_stack(backend, EVERYTHING))
    assert stack.backend is backend
    assert restacked(backend, metered=True).options == StackOptions(metered=True)


def test_extras_are_the_backends_and_no_layers() -> None:
    class Tiered(MemoryStore):
        def set_tier(self) -> None: ...

        def rehydrate(self) -> None: ...

    stack = open_stack(Tiered(), EVERYTHING)

    assert isinstance(stack.backend, Tiers)
    assert not isinstance(stack, Tiers)


def test_a_stack_imports_no_layer_that_it_does_not_have() -> None:
    script = (
        "import sys; from app.store.stack import open_stack; "
        "from app.store.backends.memory import MemoryStore; open_stack(MemoryStore()); "
        "sys.exit(any(name.startswith('opentelemetry') or name in ("
        "'app.store.layers.metered', 'app.store.layers.cached', 'app.store.layers.deduped', "
        "'app.store.layers.compressed') for name in sys.modules))"
    )

    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
