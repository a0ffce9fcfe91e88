"""How a trial goes: check by check, and then the ground is left as it was found."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from app.store.contract import Capabilities
from app.trial.checks import Check
from app.trial.explanation import explained
from app.trial.ground import Ground


class Result(Enum):
    """What came of a check."""

    HOLDS = "holds"
    BROKEN = "broken"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A check and what came of it.

    Attributes:
        check: it.
        result: what came of it.
        reason: why it is broken, or which law is for this store instead; else "".
        seconds: how long it took.
    """

    check: Check
    result: Result
    reason: str = ""
    seconds: float = 0.0


def outcomes(
    checks: Iterable[Check], ground: Ground, capabilities: Capabilities
) -> Iterator[Outcome]:
    """Run the checks and yield what comes of each. Whatever one raises is its outcome; the rest goes on."""
    for check in checks:
        if reason := _not_applicable(check, ground, capabilities):
            yield Outcome(check, Result.NOT_APPLICABLE, reason)
            continue
        began = time.monotonic()
        try:
            check.run(ground)
        except Exception as error:  # noqa: BLE001 - a surprise in a store on trial is a finding
            yield Outcome(check, Result.BROKEN, explained(error), time.monotonic() - began)
        else:
            yield Outcome(check, Result.HOLDS, "", time.monotonic() - began)


def counted(found: Iterable[Outcome]) -> dict[str, int]:
    """Return how many checks came to each result."""
    counts = Counter(outcome.result for outcome in found)
    return {result.name.lower(): counts[result] for result in Result}


def _not_applicable(check: Check, ground: Ground, capabilities: Capabilities) -> str | None:
    scope = check.scope
    if scope and not getattr(capabilities, scope.capability):
        return f"{scope.capability} is False; there the law is: {scope.otherwise}"
    if check.kind == "race" and not ground.shared:
        return "what a process keeps in its memory no other one sees"
    return None
