"""What a migration costs: its requests once, and a year of storage in each tier."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from app.terms.prices import GIGABYTE_BYTES, Prices, Tier

MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class Requests:
    """How many requests of each kind a run makes, those aside that a busy service refuses."""

    write: int
    list: int
    read: int


@dataclass(slots=True)
class Sizes:
    """Sizes of files, summed as each tier bills them.

    Attributes:
        minimums: the sizes below which some tier bills no less.
        files: how many there are.
        billed: for each minimum, the bytes that are billed.
    """

    minimums: frozenset[int]
    files: int = 0
    billed: dict[int, int] = field(default_factory=dict)

    def add(self, size: int) -> None:
        """Count one more file."""
        self.files += 1
        for least in self.minimums:
            self.billed[least] = self.billed.get(least, 0) + max(size, least)


def minimums_of(prices: Prices | None) -> frozenset[int]:
    """Return the sizes below which some tier bills no less; 0 is always among them."""
    return frozenset({0, *(tier.billed_bytes_min for tier in prices.tiers)} if prices else {0})


@dataclass(frozen=True, slots=True)
class Cost:
    """What it costs in one tier.

    Attributes:
        tier: its name.
        requests: the run's, once.
        month: storage of a month.
        year: storage of a year.
        billed_bytes: as the tier counts them.
        days_min: who deletes sooner pays for so many days.
    """

    tier: str
    requests: float
    month: float
    year: float
    billed_bytes: int
    days_min: int

    @property
    def first_year(self) -> float:
        """The run and a year of storage."""
        return self.requests + self.year

    def fields(self) -> dict[str, Any]:
        """Return it for JSON; money in whole millionths."""
        money = ("requests", "month", "year")
        found: Mapping[str, Any] = asdict(self)
        rounded = {name: round(found[name], 6) for name in money}
        return {**found, **rounded, "first_year": round(self.first_year, 6)}


def costs_of(prices: Prices, requests: Requests, sizes: Sizes) -> list[Cost]:
    """Return what it costs in each tier, in the order of the table."""
    return [_cost(tier, prices.tiers[0], requests, sizes) for tier in prices.tiers]


def _cost(tier: Tier, default: Tier, requests: Requests, sizes: Sizes) -> Cost:
    billed = sizes.billed.get(tier.billed_bytes_min, 0) + sizes.files * tier.overhead_bytes
    beside = sizes.files * tier.overhead_bytes_default_tier
    month = (billed * tier.gigabyte_month + beside * default.gigabyte_month) / GIGABYTE_BYTES
    asked = (
        requests.write * tier.write_per_1000
        + requests.list * default.list_per_1000
        # What is compared or saved lies in the tier that a run writes to.
        + requests.read * tier.read_per_1000
    ) / 1000
    return Cost(tier.name, asked, month, MONTHS * month, billed + beside, tier.billed_days_min)
