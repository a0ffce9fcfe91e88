"""The laws of a store, for every backend, ours or not: each is a function that takes an empty store.

Run all of `LAWS` against each store that you make, each law on a new, empty one; `sentence` names a law for
people. A law holds or raises AssertionError. Under pytest, call
`pytest.register_assert_rewrite("app.store.conformance")` first to see both sides of a failed comparison.
"""

from collections.abc import Callable
from types import ModuleType
from typing import Final

from app.store.conformance import (
    concurrency,
    conditions,
    leases,
    many,
    names,
    properties,
    reading,
    scanning,
    sources,
    writing,
)
from app.store.contract import BlobStore

Law = Callable[[BlobStore], None]


def sentence(law: Law) -> str:
    """Return the law's name in words."""
    return law.__name__.replace("_", " ")


def laws_of(module: ModuleType) -> tuple[Law, ...]:
    """Return every public function that the module defines: a law cannot be forgotten in a list."""
    return tuple(
        value
        for name, value in vars(module).items()
        if callable(value)
        and not name.startswith("_")
        and getattr(value, "__module__", "") == module.__name__
    )


LAWS: Final[tuple[Law, ...]] = tuple(
    law
    for module in (
        writing,
        reading,
        sources,
        conditions,
        scanning,
        names,
        properties,
        many,
        leases,
        concurrency,
    )
    for law in laws_of(module)
)
