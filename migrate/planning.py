"""Making a plan: every step is told as it is decided, and nothing is changed."""

from dataclasses import dataclass
from typing import Any

from migrate.compare import Comparison
from migrate.elsewhere import elsewhere_line
from migrate.journal import Journal
from migrate.outage import Outage
from migrate.paths import path_fields, printable
from migrate.plan import steps
from migrate.plan_file import FORMAT
from migrate.report import Report
from migrate.scope import Scope
from migrate.sides import Sides
from migrate.stop import Stop
from migrate.survey import survey_of
from migrate.tally import Tally


@dataclass(frozen=True, slots=True)
class Planning:
    """One plan.

    Attributes:
        sides: both, opened.
        journal: of the pair, or a blank one.
        scope: what of the source is moved.
        replace_others: replace content that is not ours.
        report: told of every step.
        verbose: people are told of each, too.
    """

    sides: Sides
    journal: Journal
    scope: Scope
    replace_others: bool
    report: Report
    verbose: bool

    def tell(self) -> Tally:
        """Tell everything that a run would do.

        Raises:
            DestinationFailed: it failed read after read.
            StoreError: the destination cannot be listed.
        """
        stop, outage, tally = Stop(), Outage(), Tally()
        sides, report = self.sides, self.report
        report.emit("begin", self._header())
        survey = survey_of(
            sides.source,
            sides.store,
            self.journal,
            scope=self.scope,
            keep_going=stop.keep_going,
        )
        comparison = Comparison(
            sides.source,
            sides.store,
            replace_others=self.replace_others,
            keep_going=stop.keep_going,
            outage=outage,
        )
        for step in comparison.decided(steps(survey.source_sights())):
            outage.refuse()
            tally.add(step)
            report.emit("step", step.fields())
            if self.verbose or step.cause:
                report.say(step.line())
        for key, cause, reason in survey.names_elsewhere():
            tally.elsewhere[cause] += 1
            report.emit("elsewhere", {**path_fields(key), "cause": cause.value, "reason": reason})
            if self.verbose:
                report.say(f"elsewhere  {printable(key)} ({reason})")
        extent = survey.extent()
        counted = {**tally.fields(listed=extent.listed), "empty_folders": extent.empty_folders}
        report.emit("plan", {**sides.pair.fields(), **self.scope.fields(), **counted})
        report.say(tally.line(sides.pair))
        if tally.elsewhere:
            report.say(elsewhere_line(tally.elsewhere))
        return tally

    def _header(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            **self.sides.pair.fields(),
            **self.scope.fields(),
            "replace": self.replace_others,
        }
