"""What a smoke test can cost at most, by the list prices that come with this program."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.terms.answers import UsageRefusal
from app.terms.outputs import Cloud
from app.terms.prices import GIGABYTE_BYTES, prices_of

COST_MAX_DEFAULT: Final = 1.0

_CALLS_PER_FILE: Final = 10
"""Of each kind, retries included: a file is written once, and read for the proof and by the agent."""

_CALLS_BESIDES: Final = 2_000
"""Listings, configuration, probes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """An upper bound.

    Attributes:
        amount: in `currency`, for a whole month: versions and soft delete may keep what is deleted so long.
        currency: of the list.
        source: which list, of which day.
        files: how many documents are moved.
        size_bytes: of them together.
    """

    amount: float
    currency: str
    source: str
    files: int
    size_bytes: int


def estimate(folder: Path, cloud: Cloud) -> Estimate:
    """Return what moving a folder into a cloud, and reading it there, costs at most."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    size_bytes = sum(path.stat().st_size for path in files)
    prices = prices_of(cloud)
    tier = prices.tiers[0]
    calls = (len(files) * _CALLS_PER_FILE + _CALLS_BESIDES) / 1000
    requests = calls * (tier.write_per_1000 + tier.read_per_1000 + tier.list_per_1000)
    storage = size_bytes / GIGABYTE_BYTES * tier.gigabyte_month
    return Estimate(
        amount=requests + storage,
        currency=prices.currency,
        source=f"{prices.title}, {prices.region}, {prices.date}",
        files=len(files),
        size_bytes=size_bytes,
    )


def require_affordable(found: Estimate, *, cost_max: float) -> None:
    """Refuse what may cost more than was allowed.

    Raises:
        UsageRefusal: and says both figures.
    """
    if found.amount > cost_max:
        raise UsageRefusal(
            f"It may cost {found.amount:.2f} {found.currency}, and --cost-max allows {cost_max:.2f}."
        )
