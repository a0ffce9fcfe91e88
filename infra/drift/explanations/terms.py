"""How an explanation is written: which differences it is about, what breaks, and in which sentence."""

import re
from dataclasses import dataclass
from typing import Any, Final, Literal

from infra.drift.compare import Difference, Kind

Breaks = Literal["cost", "safety", "agent", "unexplained"]
"""`agent`: it, or the migration, cannot work. `safety`: documents can be lost or reached by others."""

Severity = Literal["high", "medium", "low", "unknown"]
"""`high`: documents can be lost or read by others, or the agent stands still."""

Repair = Literal["up", "hand"]
"""`up`: `kb up --refresh` mends it. `hand`: the program does not know of it; somebody has to undo it."""

_ANY: Final = object()


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a kind of drift breaks.

    Attributes:
        path: of the property; `*` is anything, "" the whole resource.
        kinds: of difference; empty: each kind.
        breaks: what.
        severity: how badly.
        sentence: for a person.
        repair: who mends it.
        found: the one value that this is about; left out, every value.
    """

    path: str
    kinds: tuple[Kind, ...]
    breaks: Breaks
    severity: Severity
    sentence: str
    repair: Repair = "up"
    found: Any = _ANY

    def matches(self, difference: Difference) -> bool:
        """Whether this is about that difference."""
        if self.kinds and difference.kind not in self.kinds:
            return False
        if self.found is not _ANY and difference.found != self.found:
            return False
        # A name in brackets is one name; elsewhere a star may span several steps of the path.
        pattern = re.escape(self.path).replace(r"\[\*\]", r"\[[^]]*\]").replace(r"\*", ".*")
        return re.fullmatch(pattern, difference.path, re.DOTALL) is not None


UNEXPLAINED: Final = Explanation(
    "*",
    (),
    "unexplained",
    "unknown",
    "Nobody has written down what this breaks: compare it with the program.",
)


def deleted(breaks: Breaks, severity: Severity, sentence: str) -> Explanation:
    """Return what breaks when the whole resource is gone."""
    return Explanation("", ("deleted",), breaks, severity, sentence)


TAGS: Final = Explanation(
    "tags*", (), "cost", "low", "Cost reports and searches by tag lose the resource or find others."
)
