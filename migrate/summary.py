"""What a run did, counted while it happens; bounded, however many files there are."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from migrate.outcomes import Cause, Outcome, Result

EXAMPLES_MAX: Final = 10
"""How many names are kept for each cause; the journal has all of them."""


@dataclass(slots=True)
class Summary:
    """Counts and a few names.

    Attributes:
        ending: "complete"; "incomplete" where something was left out; "interrupted"; "failed".
        entries: of the source, that are to get an outcome; 0 until both sides were looked at.
        results: how many entries ended in each way.
        causes: how many were left out for each cause.
        examples: for each cause the first outcomes.
        bytes_copied: of files that were sent and accepted.
        bytes_stored: what these take in the store, compressed or not; None where that is not known.
        bytes_there: of files that were in the store already.
        empty_folders: that a store of blobs has no place for.
        refused: how many writes a busy service refused; they were tried again.
        seconds: how long it took.
    """

    ending: str = "failed"
    entries: int = 0
    results: Counter[Result] = field(default_factory=Counter)
    causes: Counter[Cause] = field(default_factory=Counter)
    examples: dict[Cause, list[Outcome]] = field(default_factory=dict)
    bytes_copied: int = 0
    bytes_stored: int | None = None
    bytes_there: int = 0
    empty_folders: int = 0
    refused: int = 0
    seconds: float = 0.0

    def add(self, outcome: Outcome) -> None:
        """Count one outcome."""
        self.results[outcome.result] += 1
        if outcome.result in (Result.COPIED, Result.REPLACED):
            self.bytes_copied += outcome.size
        elif outcome.result is Result.ALREADY_THERE:
            self.bytes_there += outcome.size
        if outcome.cause:
            self.causes[outcome.cause] += 1
            kept = self.examples.setdefault(outcome.cause, [])
            if len(kept) < EXAMPLES_MAX:
                kept.append(outcome)

    def store(self, size_stored: int) -> None:
        """Count what an accepted file takes in the store."""
        if self.bytes_stored is not None:
            self.bytes_stored += size_stored

    @property
    def sent(self) -> int:
        """How many files were sent and accepted."""
        return self.results[Result.COPIED] + self.results[Result.REPLACED]

    @property
    def not_begun(self) -> int:
        """How many entries have no outcome: after an interruption."""
        return self.entries - self.results.total()

    def fields(self) -> dict[str, Any]:
        """Return the counts for JSON; every result is there, also with 0."""
        return {
            "ending": self.ending,
            "counts": {result.value: self.results[result] for result in Result},
            "not_begun": self.not_begun,
            "left_out": {cause.value: count for cause, count in sorted(self.causes.items())},
            "bytes_copied": self.bytes_copied,
            "bytes_stored": self.bytes_stored,
            "bytes_already_there": self.bytes_there,
            "empty_folders": self.empty_folders,
            "refused": self.refused,
            "seconds": round(self.seconds, 3),
        }
