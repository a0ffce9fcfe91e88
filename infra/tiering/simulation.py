"""A year of a knowledge base under a policy, on one cloud."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.terms.inventory import Document
from app.terms.outputs import Cloud
from app.terms.prices import Prices
from infra.tiering.bill import Bill, Month
from infra.tiering.life import Lives
from infra.tiering.manners import MANNERS
from infra.tiering.policy import OldVersions, TieringPolicy
from infra.tiering.traffic import Traffic, states_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """What came out.

    Attributes:
        cloud: where.
        prices: with which list.
        months: each of them.
        unmoved: what the same documents cost where no rule moves anything.
        unpriced: tiers that the list does not have; reckoned at the price of its first.
    """

    cloud: Cloud
    prices: Prices
    months: tuple[Month, ...]
    unmoved: float
    unpriced: tuple[str, ...]

    @property
    def total(self) -> float:
        """What all of it costs."""
        return sum(month.total for month in self.months)

    def sum_of(self, name: str) -> float:
        """Return the sum of one kind of cost over all months."""
        return float(sum(getattr(month, name) for month in self.months))

    def fields(self) -> dict[str, Any]:
        """Return it for JSON; money in whole millionths."""
        return {
            "cloud": self.cloud,
            "prices": {
                "title": self.prices.title,
                "region": self.prices.region,
                "currency": self.prices.currency,
                "date": self.prices.date.isoformat(),
            },
            "total": round(self.total, 6),
            "total_unmoved": round(self.unmoved, 6),
            "unpriced_tiers": list(self.unpriced),
            "months": [_month_fields(month) for month in self.months],
        }


_MONEY = ("storage", "moves", "early", "writes", "reads")


def simulate(
    documents: Iterable[Document],
    policy: TieringPolicy,
    *,
    cloud: Cloud,
    prices: Prices,
    start: datetime,
    days: int = 365,
    traffic: Traffic,
) -> Simulation:
    """Replay so many days.

    Args:
        documents: what lies there on day 0; old versions that are there already are not known.
        policy: what the rules are compiled from.
        cloud: whose manners apply.
        prices: what everything costs.
        start: day 0, a midnight.
        days: how many.
        traffic: what is written and read meanwhile.
    """
    held = list(documents)
    bill = _billed(held, policy, cloud, prices, start, days, traffic)
    unmoved = _billed(held, _unmoving(policy), cloud, prices, start, days, traffic)
    return Simulation(
        cloud=cloud,
        prices=prices,
        months=tuple(bill.months),
        unmoved=sum(month.total for month in unmoved.months),
        unpriced=tuple(sorted(bill.unpriced)),
    )


def _billed(
    documents: list[Document],
    policy: TieringPolicy,
    cloud: Cloud,
    prices: Prices,
    start: datetime,
    days: int,
    traffic: Traffic,
) -> Bill:
    manners, lives = MANNERS[cloud], Lives(policy, cloud)
    bill = Bill(
        prices, traffic, days=days, early_since=manners.early_since, offline=manners.offline
    )
    with_reads = policy.by == "access"
    for state in states_of(
        documents, traffic, start=start, days=days, cloud=cloud, with_reads=with_reads
    ):
        bill.add(state, lives.stays(state))
    return bill


def _unmoving(policy: TieringPolicy) -> TieringPolicy:
    return replace(
        policy,
        cool_after_days=None,
        cold_after_days=None,
        archive=(),
        old_versions=OldVersions(kept_days=policy.old_versions.kept_days),
    )


def _month_fields(month: Month) -> dict[str, Any]:
    return {
        "first_day": month.first_day,
        "end_day": month.end_day,
        "tiers": [
            {"phase": phase, "tier": tier, "objects": it.objects, "bytes": it.size_bytes}
            for (phase, tier), it in sorted(month.places.items())
        ],
        **{name: round(getattr(month, name), 6) for name in _MONEY},
        "total": round(month.total, 6),
        "moved": month.moved,
        "left_early": month.left_early,
        "offline_reads": round(month.offline_reads, 3),
    }
