"""What a plan comes to: steps counted as they are decided; bounded, however many there are."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from migrate.outcomes import Cause
from migrate.plan import Action, Step
from migrate.reading import LARGE_BYTES_MIN
from migrate.records import Pair
from migrate.wording import bytes_text

_KEYS_PER_LISTING: Final = 1000


@dataclass(slots=True)
class Tally:
    """Counts of a plan.

    Attributes:
        actions: how many steps there are of each kind.
        causes: how many entries are left out for each cause.
        elsewhere: how many names other stores could not hold.
        size: bytes of the files that are copied or replace something.
        writes: requests that these take at most; parts of large files are requests.
    """

    actions: Counter[Action] = field(default_factory=Counter)
    causes: Counter[Cause] = field(default_factory=Counter)
    elsewhere: Counter[Cause] = field(default_factory=Counter)
    size: int = 0
    writes: int = 0

    def add(self, step: Step) -> None:
        """Count one decided step."""
        self.actions[step.action] += 1
        if step.cause:
            self.causes[step.cause] += 1
        if step.action in (Action.COPY, Action.REPLACE):
            self.size += step.entry.size
            self.writes += _writes(step.entry.size)

    def fields(self, *, listed: int) -> dict[str, Any]:
        """Return the counts for JSON; every action is there, also with 0.

        Args:
            listed: how many keys the destination has.
        """
        return {
            "counts": {
                action.value: self.actions[action]
                for action in Action
                if action is not Action.COMPARE
            },
            "left_out": {cause.value: count for cause, count in sorted(self.causes.items())},
            "elsewhere": {cause.value: count for cause, count in sorted(self.elsewhere.items())},
            "bytes_to_copy": self.size,
            "requests": {"list": max(1, -(-listed // _KEYS_PER_LISTING)), "write": self.writes},
        }

    def line(self, pair: Pair) -> str:
        """Return the counts as a line for people."""
        moved = self.actions[Action.COPY] + self.actions[Action.REPLACE]
        excluded = self.actions[Action.EXCLUDE]
        return (
            f"{pair.source} → {pair.destination}: {moved:,} to copy ({bytes_text(self.size)}; "
            f"{self.actions[Action.REPLACE]:,} of them replace), "
            f"{self.actions[Action.SKIP]:,} already there, {self.actions[Action.LEAVE_OUT]:,} left out"
            + (f", {excluded:,} excluded" if excluded else "")
        )


def _writes(size: int) -> int:
    # Begin, parts, end: what S3 takes; the others take one less.
    return 1 if size < LARGE_BYTES_MIN else 2 + -(-size // LARGE_BYTES_MIN)
