"""A forecast: what is moved, how long that takes, what it costs."""

from dataclasses import asdict, dataclass
from typing import Any

from app.terms.prices import Prices
from migrate.forecast.looking import Look
from migrate.forecast.model import Duration, Speeds, duration_of
from migrate.forecast.money import Cost, costs_of
from migrate.forecast.probe import Probed
from migrate.plan import Action


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is known before a run.

    Attributes:
        look: what it would do.
        probed: how fast that goes.
        prices: of the destination; None where storing costs nothing, or nobody knows.
    """

    look: Look
    probed: Probed
    prices: Prices | None

    @property
    def duration(self) -> Duration:
        """How long the run takes."""
        probed = self.probed
        speeds = Speeds(self.look.seconds, probed.files, probed.large, probed.cpu_share)
        return duration_of(self.look.load, speeds)

    @property
    def costs(self) -> list[Cost]:
        """What it costs, by tier; none where there are no prices."""
        if self.prices is None:
            return []
        return costs_of(self.prices, self.look.requests, self.look.sizes)

    def fields(self) -> dict[str, Any]:
        """Return it for JSON."""
        duration, look = self.duration, self.look
        return {
            "expected_seconds": round(duration.expected, 3),
            "low_seconds": round(duration.low, 3),
            "high_seconds": round(duration.high, 3),
            "files": look.files,
            "large_bytes": look.large_bytes,
            "bytes": look.tally.size,
            "already_there": look.tally.actions[Action.SKIP],
            "left_out": look.tally.actions[Action.LEAVE_OUT],
            "excluded": look.tally.actions[Action.EXCLUDE],
            "requests": asdict(look.requests),
            "measured": self._measured(),
            "prices": self._prices(),
        }

    def _measured(self) -> dict[str, Any]:
        probed = self.probed
        files, large = probed.files, probed.large
        return {
            "look_seconds": round(self.look.seconds, 3),
            "round_trip_seconds": round(probed.round_trip_seconds, 6),
            "files_per_second": files and round(files.per_second, 1),
            "start_seconds": files and round(files.lag_seconds, 3),
            "spread": files and round(files.spread, 3),
            "cpu_seconds_per_file": probed.cpu_seconds and round(probed.cpu_seconds, 6),
            "cpu_share": round(probed.cpu_share, 3),
            "limit_per_second": probed.limit and round(probed.limit, 1),
            "refused": probed.refused,
            "writes": probed.writes,
            "large_bytes_per_second": large and round(large.per_second),
        }

    def _prices(self) -> dict[str, Any] | None:
        prices = self.prices
        if prices is None:
            return None
        return {
            "cloud": prices.cloud,
            "region": prices.region,
            "currency": prices.currency,
            "date": prices.date.isoformat(),
            "source": prices.source,
            "tiers": [cost.fields() for cost in self.costs],
        }
