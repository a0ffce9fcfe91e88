"""The laws of a store, for every backend, ours or not: each is a function that takes an empty store.

Under pytest, five lines check a store of yours against all of them:

```python
pytest.register_assert_rewrite("app.store.conformance")  # in conftest.py: failures show both sides

@pytest.mark.parametrize("law", LAWS + FAULT_LAWS, ids=sentence)
def test_law(law: Law) -> None:
    law(open_an_empty_store())
```

A law holds or raises AssertionError; one about a capability that the store has not holds at once (`scope`).
Beside them: `machine` (any sequence of calls, against a dict; needs hypothesis), `races` (processes on one
store), `faults` (storms of your own). `kb store conformance URL` runs all of it from outside.
"""

from typing import Final

from app.store.conformance import (
    concurrency,
    conditions,
    failing,
    leases,
    leasing,
    many,
    names,
    properties,
    reading,
    scanning,
    sources,
    writing,
)
from app.store.conformance.faults import Around
from app.store.conformance.law import FaultLaw, Law, Scope, laws_of, promise, scope, sentence

__all__ = [
    "FAULT_LAWS",
    "LAWS",
    "Around",
    "FaultLaw",
    "Law",
    "Scope",
    "promise",
    "scope",
    "sentence",
]

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

FAULT_LAWS: Final[tuple[FaultLaw, ...]] = (*laws_of(failing), *laws_of(leasing))
"""Laws of calls that fail; their second argument puts layers above the fault (`Around`)."""
