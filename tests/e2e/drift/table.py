"""How a kind of drift is entered: what somebody does, and what `kb drift` has to say of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from tests.e2e.drift.clouds import Clouds, Undo


class Said(NamedTuple):
    """One finding: the last word of its type, its property, what became of it, and what that breaks."""

    type: str
    property: str
    kind: str
    breaks: str


Act = Callable[[Clouds], Undo | None]
"""Does something to the clouds and returns what puts it right; None: only `kb up --refresh` can."""


@dataclass(frozen=True)
class Drift:
    """One kind of drift."""

    name: str
    act: Act
    said: frozenset[Said]


class Table(list[Drift]):
    """The kinds of one cloud."""

    def enter(self, name: str, *said: tuple[str, str, str, str]) -> Callable[[Act], Act]:
        """Enter an act under a name, with every finding that it must lead to, and no other."""

        def entered(act: Act) -> Act:
            self.append(Drift(name, act, frozenset(Said(*one) for one in said)))
            return act

        return entered
