"""How long a run takes, from what a probe saw."""

import math
import statistics
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

FLOOR: Final = 0.2
"""The interval is never narrower, as a share: what a machine does meanwhile is not foreseen."""
FLOOR_BUSY: Final = 0.3
"""The same where the processor is what limits: others who use it come and go."""
FLOOR_SECONDS: Final = 0.3

_WARM: Final = 0.4
"""Of a probe this share is the start: connections, threads, the search for the service's limit."""
_SLICES: Final = 5
_RISING: Final = 1.15
_FILES_MIN: Final = 20
BUSY: Final = 0.6
"""A process that uses so much of one processor waits for little else."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How fast something went once it had begun.

    Attributes:
        lag_seconds: what the beginning took more than the rate alone explains.
        per_second: files, or bytes, afterwards.
        spread: how unsure the rate is, as a share: two standard errors.
    """

    lag_seconds: float
    per_second: float
    spread: float

    def seconds(self, amount: float) -> float:
        """Return how long so much takes."""
        return self.lag_seconds + amount / self.per_second if amount else 0.0


def rate_of(marks: Sequence[tuple[float, float]]) -> Rate | None:
    """Return the rate at which something grew; None where nothing did.

    Args:
        marks: seconds since the beginning, and how much there was by then; both only grow.
    """
    if not marks or marks[-1][0] <= 0:
        return None
    end, total = marks[-1]
    if len(marks) < _FILES_MIN:
        return Rate(0.0, total / end, _unsure(len(marks)))
    start = end * _WARM
    edges = [start + (end - start) * number / _SLICES for number in range(_SLICES + 1)]
    grown = [
        after - before for before, after in pairwise(_amount_by(marks, each) for each in edges)
    ]
    spread = _spread(grown)
    if sum(grown[-2:]) > _RISING * sum(grown[:2]):
        # Still finding its pace: what it came to counts.
        grown, start = grown[-2:], edges[-3]
    per_second = sum(grown) / (end - start)
    if per_second <= 0:
        return Rate(0.0, total / end, 1.0)
    lag = max(0.0, end - total / per_second)
    # A probe that became slower has no lag: the whole of it counts.
    return Rate(lag, total / (end - lag), spread)


def _amount_by(marks: Sequence[tuple[float, float]], second: float) -> float:
    """Return how much there was at a second: between two marks it grew evenly."""
    found = bisect_right(marks, second, key=lambda mark: mark[0])
    if found == len(marks):
        return marks[-1][1]
    began, before = marks[found - 1] if found else (0.0, 0.0)
    ended, after = marks[found]
    return before + (after - before) * (second - began) / (ended - began)


def _spread(grown: Sequence[float]) -> float:
    mean = statistics.mean(grown)
    if mean <= 0:
        return 1.0
    return min(1.0, 2 * statistics.stdev(grown) / mean / math.sqrt(len(grown)))


def _unsure(count: int) -> float:
    return min(1.0, 1 / math.sqrt(count))


@dataclass(frozen=True, slots=True)
class Load:
    """What is moved: files that are sent at once, and how much lies in those that are sent in parts."""

    files: int
    large_bytes: int


@dataclass(frozen=True, slots=True)
class Speeds:
    """What was measured.

    Attributes:
        look_seconds: looking at both sides, and noting what is to be done.
        files: how fast files go; None where there are none.
        large: how fast bytes of large files go; None where there are none.
        cpu_share: of one processor, while files went.
    """

    look_seconds: float
    files: Rate | None
    large: Rate | None
    cpu_share: float = 0.0


@dataclass(frozen=True, slots=True)
class Duration:
    """How long it takes, expected; and between which two in nearly all cases. In seconds."""

    expected: float
    low: float
    high: float


def duration_of(load: Load, speeds: Speeds) -> Duration:
    """Return how long a run takes: more to move never takes less."""
    small = speeds.files.seconds(load.files) if speeds.files else 0.0
    large = speeds.large.seconds(load.large_bytes) if speeds.large else 0.0
    expected = speeds.look_seconds + small + large
    floor = FLOOR_BUSY if speeds.cpu_share > BUSY else FLOOR
    unsure = [
        (seconds, rate.spread)
        for seconds, rate in ((small, speeds.files), (large, speeds.large))
        if rate
    ]
    moving = small + large
    spread = sum(seconds * each for seconds, each in unsure) / moving if moving else 0.0
    share = math.hypot(floor, spread)
    return Duration(
        expected,
        max(0.0, expected / (1 + share) - FLOOR_SECONDS),
        expected * (1 + share) + FLOOR_SECONDS,
    )
