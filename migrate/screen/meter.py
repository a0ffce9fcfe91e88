"""How far a run is and how fast it goes, over the last seconds."""

from collections import deque
from dataclasses import asdict, dataclass
from typing import Any, Final, NamedTuple

from migrate.history import Sample
from migrate.outcomes import Outcome, Result
from migrate.wording import bytes_text, duration_text

WINDOW_SECONDS: Final = 5.0
"""What rates are averages of: long enough for groups of writes, short enough to see a change."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is.

    Attributes:
        files: entries of the source that have come to their end.
        total: of them that there are.
        size_bytes: of what was sent and accepted so far.
        objects_per_second, bytes_per_second: sent and accepted, in the last seconds.
        refused_share: of the writes of the last seconds, those that the service was too busy for; 0 to 1.
        eta_seconds: until the end, at the pace of the last seconds; None while there is none.
    """

    files: int
    total: int
    size_bytes: int
    objects_per_second: float
    bytes_per_second: float
    refused_share: float
    eta_seconds: float | None

    def fields(self) -> dict[str, Any]:
        """Return it for JSON."""
        return asdict(self)

    def line(self) -> str:
        """Return it for people, on one line."""
        return "  ".join((f"{self.files:,}/{self.total:,} files", *self.rates()))

    def rates(self) -> tuple[str, str, str, str]:
        """Return objects and bytes per second, the share of refusals, and the time left, for people."""
        eta, left = self.eta_seconds, "…"
        if eta is not None:
            left = f"{eta:.0f} s" if eta < 60 else duration_text(eta)
        return (
            f"{self.objects_per_second:,.0f}/s",
            f"{bytes_text(round(self.bytes_per_second))}/s",
            f"{100 * self.refused_share:.1f} % refused",
            f"{left} left",
        )


class _Point(NamedTuple):
    sample: Sample
    number: int
    size: int


class Meter:
    """Counts entries, and tells rates from samples.

    Args:
        total: entries that will be counted.
        size: their bytes; 0 where only their number says how much is left.
    """

    def __init__(self, total: int = 0, size: int = 0) -> None:
        self.total = total
        self.number = 0
        self._size = size
        self._size_ended = 0
        self._points: deque[_Point] = deque()

    def count(self, outcome: Outcome) -> None:
        """Count one entry that has come to its end."""
        self.number += 1
        if outcome.result is not Result.EXCLUDED:
            self._size_ended += outcome.size

    def measure(self, sample: Sample) -> Progress:
        """Return how far it is by now, and how fast it went since the window began."""
        points = self._points
        points.append(_Point(sample, self.number, self._size_ended))
        # The last one from before the window stays: without it a rare sample would have no rate.
        while len(points) > 2 and points[1].sample.seconds <= sample.seconds - WINDOW_SECONDS:
            points.popleft()
        first, last = points[0], points[-1]
        seconds = last.sample.seconds - first.sample.seconds
        moved = last.sample.files - first.sample.files
        refused = last.sample.refused - first.sample.refused
        return Progress(
            files=self.number,
            total=self.total,
            size_bytes=sample.size_bytes,
            objects_per_second=round(_per(moved, seconds), 1),
            bytes_per_second=round(_per(last.sample.size_bytes - first.sample.size_bytes, seconds)),
            refused_share=round(_per(refused, refused + moved), 4),
            eta_seconds=self._eta(first, last, seconds),
        )

    def _eta(self, first: _Point, last: _Point, seconds: float) -> float | None:
        """Return what files or bytes take, whichever is longer: few large files at the end, or many small."""
        waits = [0.0]
        for left, ended in (
            (self.total - last.number, last.number - first.number),
            (self._size - last.size, last.size - first.size),
        ):
            if left > 0:
                if ended <= 0 or seconds <= 0:
                    return None
                waits.append(left * seconds / ended)
        return round(max(waits), 1)


def _per(amount: float, of: float) -> float:
    return amount / of if of > 0 else 0.0
