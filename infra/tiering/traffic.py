"""A year's writes and reads, made from what lies in a store today: the same every time, without a dice."""

import hashlib
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.terms.inventory import Document
from app.terms.outputs import Cloud
from infra.tiering.life import State
from infra.tiering.manners import MANNERS, tier_on

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
    cloud: Cloud,
    with_reads: bool = False,
) -> Iterator[State]:
    """Yield every state that exists in the days after `start`, those that are there already first.

    Who is replaced when follows from a hash of the path: over a month, `changed_monthly` of all.

    Args:
        documents: what lies in the store.
        traffic: what happens to them.
        start: day 0.
        days: how many are looked at.
        cloud: whose tiers they lie in.
        with_reads: whether each read is named, which only rules about access ask for.
    """
    course = _Course(traffic, days, MANNERS[cloud].default, with_reads)
    for document in documents:
        written = min((document.modified - start).total_seconds() / _DAY_SECONDS, 0.0)
        tier = tier_on(cloud, document.tier)
        yield from course.states(document, document.path, written, tier)
        added = _moments(f"{document.path}\0added", traffic.added_monthly, days)
        for number, moment in enumerate(added):
            name = f"{document.path}\0{number}"
            yield from course.states(document, name, moment, course.default)


@dataclass(frozen=True, slots=True)
class _Course:
    """What is the same for all documents of one time."""

    traffic: Traffic
    days: int
    default: str
    with_reads: bool

    def states(self, document: Document, name: str, written: float, tier: str) -> Iterator[State]:
        """Yield one document's states, the first of them written on that day and in that tier."""
        for moment in [*_moments(name, self.traffic.changed_monthly, self.days), math.inf]:
            if moment <= written:
                continue
            yield State(
                path=document.path,
                size_bytes=document.size_bytes,
                written=written,
                replaced=moment,
                tier=tier,
                reads=self._reads(name, written, moment),
            )
            written, tier = moment, self.default

    def _reads(self, name: str, written: float, replaced: float) -> tuple[float, ...]:
        if not self.with_reads:
            return ()
        # A second read within a day changes nothing.
        monthly = min(self.traffic.reads_monthly, MONTH_DAYS)
        moments = _moments(f"{name}\0read", monthly, self.days)
        return tuple(moment for moment in moments if written < moment < replaced)


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
