"""What stays in tiers cost: storage by the day, moves, minimum times, requests."""

import math
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from app.terms.prices import GIGABYTE_BYTES, Prices, Tier
from infra.tiering.life import Phase, State, Stay
from infra.tiering.traffic import MONTH_DAYS, Traffic

Place = tuple[Phase, str]
"""A phase and a tier."""


@dataclass(slots=True)
class Amount:
    """How much lies in one place."""

    objects: int = 0
    size_bytes: int = 0


@dataclass(slots=True, kw_only=True)
class Month:
    """One month: what lies where at its end, and what it costs.

    Attributes:
        first_day, end_day: the days from the first to before the second.
        places: what lies where at the end.
        storage: of every byte and day, in the sizes that each tier bills.
        moves: requests of the rules themselves.
        early: for what left a tier before its minimum time.
        writes, reads: requests of the traffic; reads with what a tier takes for each gigabyte.
        moved: how many objects the rules moved.
        left_early: how many left too early.
        offline_reads: how many reads met a document that takes hours to read.
    """

    first_day: int
    end_day: int
    places: dict[Place, Amount] = field(default_factory=dict)
    storage: float = 0.0
    moves: float = 0.0
    early: float = 0.0
    writes: float = 0.0
    reads: float = 0.0
    moved: int = 0
    left_early: int = 0
    offline_reads: float = 0.0

    @property
    def total(self) -> float:
        """Everything."""
        return self.storage + self.moves + self.early + self.writes + self.reads


def months_of(days: int) -> list[Month]:
    """Return the months of so many days: twelve to a year, the last one cut off."""
    ends = [round(MONTH_DAYS * number) for number in range(1, math.ceil(days / MONTH_DAYS) + 1)]
    starts = [0, *ends[:-1]]
    return [
        Month(first_day=first, end_day=min(end, days))
        for first, end in zip(starts, ends, strict=True)
        if first < days
    ]


class Bill:
    """Adds up what states cost under one price list."""

    def __init__(
        self,
        prices: Prices,
        traffic: Traffic,
        *,
        days: int,
        early_since: Literal["entered", "written"],
        offline: frozenset[str],
    ) -> None:
        self.months: Final = months_of(days)
        self.unpriced: Final[set[str]] = set()
        self._days = days
        self._traffic = traffic
        self._early_since = early_since
        self._offline = offline
        self._default = prices.tiers[0]
        self._tiers: Mapping[str, Tier] = {tier.name: tier for tier in prices.tiers}
        self._firsts = [month.first_day for month in self.months]

    def add(self, state: State, stays: list[Stay]) -> None:
        """Add one state's whole life."""
        if 0 <= state.written < self._days:
            self._month(state.written).writes += self._tier(state.tier).write_per_1000 / 1000
        entered, before = state.written, None
        for stay in stays:
            if stay.start >= self._days:
                return
            if before is not None and stay.tier != before.tier:
                self._move(state, before, stay, entered)
                entered = stay.start
            self._keep(state, stay)
            before = stay
        if before is not None and before.end < self._days:
            since = entered if self._early_since == "entered" else state.written
            self._early(state, before, since)

    def _keep(self, state: State, stay: Stay) -> None:
        tier = self._tier(stay.tier)
        month_price = self._month_price(tier, state.size_bytes)
        for month in self._months_between(stay.start, stay.end):
            inside = min(stay.end, month.end_day) - max(stay.start, month.first_day)
            # A month cut off by the end of the days asked for is part of a whole one.
            share = inside / self._whole(month)
            month.storage += month_price * share
            if stay.phase == "live":
                self._read(month, stay, state.size_bytes, tier, share)
            if stay.start < month.end_day <= stay.end:
                amount = month.places.setdefault((stay.phase, stay.tier), Amount())
                amount.objects += 1
                amount.size_bytes += state.size_bytes

    def _read(self, month: Month, stay: Stay, size: int, tier: Tier, share: float) -> None:
        reads = self._traffic.reads_monthly * share
        if stay.tier in self._offline:
            month.offline_reads += reads
            return
        gigabytes = size / GIGABYTE_BYTES
        month.reads += reads * (tier.read_per_1000 / 1000 + gigabytes * tier.retrieval_gigabyte)

    def _move(self, state: State, before: Stay, after: Stay, entered: float) -> None:
        month = self._month(after.start)
        if after.tier == self._default.name:
            # Warmed by a read: billed as one of the tier that it leaves.
            tier = self._tier(before.tier)
            month.moves += tier.read_per_1000 / 1000
            month.moves += tier.retrieval_gigabyte * state.size_bytes / GIGABYTE_BYTES
        else:
            month.moves += self._tier(after.tier).write_per_1000 / 1000
        month.moved += 1
        if self._early_since == "entered":
            self._early(state, before, entered)

    def _early(self, state: State, stay: Stay, since: float) -> None:
        tier = self._tier(stay.tier)
        missing = tier.billed_days_min - (stay.end - since)
        if missing > 0:
            month = self._month(stay.end)
            month.early += self._month_price(tier, state.size_bytes) * missing / MONTH_DAYS
            month.left_early += 1

    def _month_price(self, tier: Tier, size: int) -> float:
        billed = max(size, tier.billed_bytes_min) + tier.overhead_bytes
        beside = tier.overhead_bytes_default_tier * self._default.gigabyte_month
        return (billed * tier.gigabyte_month + beside) / GIGABYTE_BYTES

    def _tier(self, name: str) -> Tier:
        if name not in self._tiers:
            self.unpriced.add(name)
        return self._tiers.get(name, self._default)

    def _month(self, moment: float) -> Month:
        return self.months[bisect_right(self._firsts, moment) - 1]

    def _months_between(self, start: float, end: float) -> list[Month]:
        first = bisect_right(self._firsts, start) - 1
        last = len(self._firsts) if end == math.inf else bisect_right(self._firsts, end)
        return [month for month in self.months[first:last] if month.first_day < end]

    def _whole(self, month: Month) -> int:
        number = bisect_right(self._firsts, month.first_day)
        return round(MONTH_DAYS * number) - month.first_day
