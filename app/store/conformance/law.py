"""What a law is, what it is called, and which stores it is about."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Final

from app.store.contract import BlobStore

Law = Callable[[BlobStore], None]
"""Takes an empty store; holds, or raises AssertionError."""

FaultLaw = Callable[..., None]
"""Takes, beside the store, what puts layers above the fault (`Around`); without it, the store is alone."""

_SCOPE: Final = "scope"


@dataclass(frozen=True, slots=True)
class Scope:
    """Which stores a law is about.

    Attributes:
        capability: the flag that must be True.
        otherwise: the sentence of the law for stores where it is False.
    """

    capability: str
    otherwise: str

    def covers(self, store: BlobStore) -> bool:
        """Return whether the law says anything about `store`."""
        return bool(getattr(store.capabilities, self.capability))


def only_where(capability: str, *, otherwise: FaultLaw) -> Callable[[FaultLaw], FaultLaw]:
    """Mark a law about stores that have a capability; for others it holds at once.

    Args:
        capability: the flag's name in `Capabilities`.
        otherwise: the law that says what the others do.
    """

    def marked(law: FaultLaw) -> FaultLaw:
        found = Scope(capability, sentence(otherwise))

        @functools.wraps(law)
        def judged(store: BlobStore, *around: object) -> None:
            if found.covers(store):
                law(store, *around)

        vars(judged)[_SCOPE] = found
        return judged

    return marked


def scope(law: FaultLaw) -> Scope | None:
    """Return which stores the law is about; None for all."""
    found = vars(law).get(_SCOPE)
    return found if isinstance(found, Scope) else None


def sentence(law: FaultLaw) -> str:
    """Return the law's name in words."""
    return law.__name__.replace("_", " ")


def promise(law: FaultLaw) -> str:
    """Return what the law says in full: its docstring."""
    return " ".join((law.__doc__ or "").split())


def laws_of(module: ModuleType) -> tuple[FaultLaw, ...]:
    """Return every public function that the module defines: a law cannot be forgotten in a list."""
    return tuple(
        value
        for name, value in vars(module).items()
        if callable(value)
        and not name.startswith("_")
        and getattr(value, "__module__", "") == module.__name__
    )
