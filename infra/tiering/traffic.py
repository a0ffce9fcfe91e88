"""A year's writes and reads, made from what lies in a store today: the same every time, without a dice."""

import hashlib
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.terms.inventory import Document
from infra.tiering.life import State
from infra.tiering.manners import MANNERS, CloudName, tier_on

MONTH_DAYS: Final = 365 / 12
_DAY_SECONDS: Final = 24 * 60 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """What happens to the documents, as shares of all of them in a month.

    Attributes:
        changed_monthly: how many are replaced; 0.05 is every twentieth.
        added_monthly: how many new ones come, of the same sizes and into the same folders.
        reads_monthly: how often each document is read.
    """

    changed_monthly: float = 0.0
    added_monthly: float = 0.0
    reads_monthly: float = 0.0


NO_TRAFFIC: Final = Traffic()


def states_of(
    documents: Iterable[Document],
    traffic: Traffic,
    *,
    start: datetime,
    days: int,
    cloud: CloudName,
) -> Iterator[State]:
    """Yield every state that exists in the days after `start`, those that are there already first.

    Who is replaced when follows from a hash of the path: over a month, `changed_monthly` of all.

    Args:
        documents: what lies in the store.
        traffic: what happens to them.
        start: day 0.
        days: how many are looked at.
        cloud: whose tiers they lie in.
    """
    default = MANNERS[cloud].default
    for document in documents:
        written = min((document.modified - start).total_seconds() / _DAY_SECONDS, 0.0)
        yield from _generations(
            document, document.path, written, tier_on(cloud, document.tier), traffic, days, default
        )
        for number, moment in enumerate(
            _moments(f"{document.path}\0added", traffic.added_monthly, days)
        ):
            yield from _generations(
                document, f"{document.path}\0{number}", moment, default, traffic, days, default
            )


def _generations(
    document: Document,
    name: str,
    written: float,
    tier: str,
    traffic: Traffic,
    days: int,
    default: str,
) -> Iterator[State]:
    for moment in [*_moments(name, traffic.changed_monthly, days), math.inf]:
        if moment <= written:
            continue
        yield State(
            path=document.path,
            size_bytes=document.size_bytes,
            written=written,
            replaced=moment,
            tier=tier,
        )
        written, tier = moment, default


def _moments(name: str, monthly: float, days: int) -> Iterator[float]:
    """Yield the days on which something happens that happens `monthly` times a month."""
    if monthly <= 0:
        return
    period = MONTH_DAYS / monthly
    moment = _phase(name) * period
    while moment < days:
        yield moment
        moment += period


def _phase(name: str) -> float:
    """Return a number between 0 and 1, neither of them, that is as good as random and always the same."""
    digest = hashlib.blake2b(name.encode(), digest_size=6).digest()
    return (int.from_bytes(digest) + 0.5) / 2**48
