"""The course of a build: its stages, how long each took where it was measured, and so what is left of it."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from infra.engine.progress import OnProgress, Phase, Progress

_TRUST_SECONDS: Final = 20
"""The measured course counts as much as this many seconds of this build: the first packages say little."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of a build.

    Attributes:
        phase: what is done.
        subject: for what.
        seconds: that it took on two idle cores.
        pace: share of those seconds gone when 0, 1/n, 2/n … all of its pieces are done: the big packages come
            late, and linking comes after the last.
    """

    phase: Phase
    subject: str
    seconds: float
    pace: tuple[float, ...] = (0, 1)

    def share(self, done: int, total: int) -> float:
        """Return which share of the stage's time has gone."""
        position = min(done / total, 1) * (len(self.pace) - 1) if total else 0
        index = min(int(position), len(self.pace) - 2)
        before, after = self.pace[index : index + 2]
        return before + (after - before) * (position - index)


class Course:
    """Turns finished pieces of a stage into progress of the whole."""

    def __init__(
        self,
        stages: tuple[Stage, ...],
        on_progress: OnProgress,
        *,
        clock: Callable[[], float] = time.monotonic,
        cores: int = os.cpu_count() or 1,
    ) -> None:
        self._stages = stages
        self._on_progress = on_progress
        self._clock = clock
        self._began = clock()
        self._seconds = sum(stage.seconds for stage in stages)
        # Some packages are compiled alone, however many cores there are.
        self._speed = min(max(cores, 1), 4) / 2
        self._index = 0

    @contextmanager
    def stage(self, total: int = 0) -> Iterator[Callable[[], None]]:
        """Work on the next stage; yields what to call for each piece of it that is done.

        Args:
            total: pieces of the stage, an upper bound; 0 if unknown.
        """
        stage, done = self._stages[self._index], 0

        def advance() -> None:
            nonlocal done
            done += 1
            self._report(stage, min(done, total) if total else done, total)

        self._report(stage, 0, total)
        yield advance
        # Less than announced is no mistake: a cache had the rest.
        self._index += 1
        self._report(stage, total, total)

    def _report(self, stage: Stage, done: int, total: int) -> None:
        finished = sum(earlier.seconds for earlier in self._stages[: self._index])
        if self._index < len(self._stages) and self._stages[self._index] is stage:
            finished += stage.seconds * stage.share(done, total)
        elapsed = self._clock() - self._began
        pace = (elapsed + _TRUST_SECONDS / self._speed) / (finished + _TRUST_SECONDS)
        self._on_progress(
            Progress(
                phase=stage.phase,
                subject=stage.subject,
                done=done,
                total=total,
                fraction=finished / self._seconds,
                elapsed_seconds=elapsed,
                remaining_seconds=(self._seconds - finished) * pace,
            )
        )
