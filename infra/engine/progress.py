"""How far a build of the engine is, and an estimate of what is left."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

Phase = Literal["wait", "toolchain", "modules", "compile", "check", "clear"]
"""`wait`: for another process that builds the same engine. Then, in this order: Go itself, the sources, the
compiler, the proof that the result runs, the removal of what only the build needed.""" ""


@dataclass(frozen=True, slots=True)
class Progress:
    """One look at a build: at each module and package, so several a second, with pauses at big ones.

    Attributes:
        phase: what is going on.
        subject: what it is going on for, such as `pulumi 3.259.0`.
        done: modules fetched or packages compiled, in this phase of this subject.
        total: what `done` may reach, an upper bound: what a cache holds already is not done again;
            0 if unknown.
        fraction: of the whole build, 0 to 1; never falls.
        elapsed_seconds: since the build (or the waiting) began.
        remaining_seconds: an estimate from the measured course of this build and the pace so far; None while
            waiting, because the other process knows and does not say.
    """

    phase: Phase
    subject: str
    done: int
    total: int
    fraction: float
    elapsed_seconds: float
    remaining_seconds: float | None

    @property
    def sentence(self) -> str:
        """The event as one line for a person."""
        count = f", {self.done} of {self.total}" if self.total else ""
        left = "" if self.remaining_seconds is None else f", {_words(self.remaining_seconds)} left"
        return f"{_VERBS[self.phase]} {self.subject}{count}{left}"


OnProgress = Callable[[Progress], None]

_VERBS: Final = {
    "wait": "waiting for",
    "toolchain": "getting",
    "modules": "fetching the sources of",
    "compile": "compiling",
    "check": "checking",
    "clear": "removing",
}


def _words(seconds: float) -> str:
    if seconds < 60:
        return "less than a minute"
    minutes = round(seconds / 60)
    return f"about {minutes} minute{'s' if minutes > 1 else ''}"
