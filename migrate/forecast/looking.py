"""Looking at both sides as a run does, to know what it would move."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from migrate.compare import Comparison
from migrate.forecast.model import Load
from migrate.forecast.money import Requests, Sizes
from migrate.forecast.sample import Sample
from migrate.journal import Journal
from migrate.outage import Outage
from migrate.plan import Action, Step, steps
from migrate.reading import LARGE_BYTES_MIN
from migrate.scope import Scope
from migrate.sides import Sides
from migrate.survey import survey_of
from migrate.tally import Tally


@dataclass(slots=True)
class Look:
    """What a run would do, counted.

    Attributes:
        sizes: of what is stored, as the tiers bill them.
        sample: of what is moved.
        tally: counts of the plan.
        seconds: what a run takes to look.
        small, large_bytes: files that are sent at once; bytes of those that are sent in parts.
        compared: files whose content both sides are asked for.
        listed: keys of the destination.
    """

    sizes: Sizes
    sample: Sample = field(default_factory=Sample)
    tally: Tally = field(default_factory=Tally)
    seconds: float = 0.0
    small: int = 0
    large_bytes: int = 0
    compared: int = 0
    listed: int = 0

    @property
    def files(self) -> int:
        """How many are moved."""
        return self.tally.actions[Action.COPY] + self.tally.actions[Action.REPLACE]

    @property
    def load(self) -> Load:
        """What is sent."""
        return Load(self.small, self.large_bytes)

    @property
    def requests(self) -> Requests:
        """How many a run makes at most: what is replaced is read and written once more, to be saved."""
        counted = self.tally.fields(listed=self.listed)["requests"]
        replaced = self.tally.actions[Action.REPLACE]
        return Requests(
            write=counted["write"] + replaced,
            list=counted["list"],
            read=self.compared + replaced,
        )

    def add(self, step: Step) -> None:
        """Count one decided step."""
        self.tally.add(step)
        if step.action not in (Action.COPY, Action.REPLACE):
            return
        size = step.entry.size
        self.sizes.add(size)
        self.sample.add(step.entry)
        if size < LARGE_BYTES_MIN:
            self.small += 1
        else:
            self.large_bytes += size


def look(
    sides: Sides,
    journal: Journal | None,
    *,
    scope: Scope,
    replace_others: bool,
    minimums: frozenset[int],
    keep_going: Callable[[], None],
) -> Look:
    """Return what a run would do.

    Args:
        sides: both.
        journal: of the pair; None if there is none.
        scope: what of the source is moved.
        replace_others: replace content that is not ours.
        minimums: sizes below which some tier bills no less.
        keep_going: called often; raises to end it.

    Raises:
        DestinationFailed: it failed read after read.
        StoreError: the destination cannot be listed.
        Stopped: a person asked for it.
    """
    found, outage = Look(Sizes(minimums)), Outage()
    with Journal.blank() as blank:
        began = time.monotonic()
        survey = survey_of(
            sides.source, sides.store, journal or blank, scope=scope, keep_going=keep_going
        )
        if journal is None:
            # As a run does before it begins; a journal that is only looked at cannot.
            survey.plan_all()
        found.seconds = time.monotonic() - began
        comparison = Comparison(
            sides.source,
            sides.store,
            replace_others=replace_others,
            keep_going=keep_going,
            outage=outage,
        )
        began = time.monotonic()
        for step in comparison.decided(_counted(steps(survey.source_sights()), found)):
            outage.refuse()
            keep_going()
            found.add(step)
        if found.compared:
            found.seconds += time.monotonic() - began
        found.listed = survey.extent().listed
    return found


def _counted(decided: Iterable[Step], found: Look) -> Iterator[Step]:
    for step in decided:
        found.compared += step.action is Action.COMPARE
        yield step
