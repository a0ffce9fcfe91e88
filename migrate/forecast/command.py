"""`kb migrate forecast`: the command."""

import dataclasses
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from app.environment import environments_of
from app.store.keys import PROBE_PREFIX
from app.terms.options import Json, Stack
from app.terms.prices import CLOUDS, Prices, prices_of, read_prices
from migrate.call import (
    Call,
    JournalFile,
    LimitRate,
    ReplaceOthers,
    Source,
    SourceStack,
    To,
)
from migrate.checklist.destination import destination_of
from migrate.choices import (
    AgeMax,
    AgeMin,
    Choices,
    ContentTypeRules,
    Exclude,
    Include,
    Names,
    SizeMax,
    SizeMin,
    TierRules,
)
from migrate.forecast.forecast import Forecast
from migrate.forecast.lines import forecast_lines
from migrate.forecast.looking import look
from migrate.forecast.money import minimums_of
from migrate.forecast.probe import Probe
from migrate.forecast_kept import Kept, keep_forecast
from migrate.journal import Journal
from migrate.limits import Limits, parse_limits
from migrate.refusals import Interrupted, Stopped
from migrate.report import opened_report
from migrate.scope import Scope
from migrate.sides import Sides, refuse_unconditional
from migrate.stop import Stop

if TYPE_CHECKING:
    from app.store.contract import BlobStore

APP: Final = typer.Typer(add_completion=False, rich_markup_mode=None)

PricesFile = Annotated[
    Path | None,
    typer.Option(
        "--prices",
        metavar="FILE",
        help="Prices to reckon with, instead of the list prices that come with this program.",
    ),
]


@dataclass(frozen=True, slots=True)
class _Task:
    """What is to be forecast, and with which prices."""

    call: Call
    scope: Scope
    replace_others: bool
    limits: Limits
    prices: Prices | None
    stop: Stop


@APP.command()
def forecast(
    ctx: typer.Context,
    source: Source = None,
    source_stack: SourceStack = None,
    stack: Stack = None,
    to: To = None,
    journal: JournalFile = None,
    replace: ReplaceOthers = False,
    include: Include = None,
    exclude: Exclude = None,
    size_min: SizeMin = None,
    size_max: SizeMax = None,
    age_min: AgeMin = None,
    age_max: AgeMax = None,
    names: Names = None,
    tier: TierRules = None,
    content_type: ContentTypeRules = None,
    limit_rate: LimitRate = None,
    prices: PricesFile = None,
    json: Json = False,
) -> None:
    """Say how long a run takes, and what it and a year of storage cost.

    Looks at both sides, then sends some of the files for a few seconds into a part of the destination that it
    empties again. The run after it says how near that came.
    """
    call = Call(environments_of(ctx), stack, source, to, journal, source_stack)
    choices = Choices(
        include, exclude, size_min, size_max, age_min, age_max, names, tier, content_type
    )
    limits = parse_limits(limit_rate or ())
    chosen = read_prices(prices) if prices is not None else None
    words = [*(["--replace"] if replace else []), *choices.words()]
    for rate in limit_rate or ():
        words += ["--limit-rate", rate]
    stop = Stop()
    task = _Task(call, choices.scope().typed(words), replace, limits, chosen, stop)
    with call.sides() as sides, opened_report(json=json, verbose=False) as report:
        refuse_unconditional(sides)
        with stop.on_signals():
            try:
                task = dataclasses.replace(task, scope=task.scope.fitted(sides))
                made = _made(task, sides)
            except Stopped:
                raise _interrupted(stop, "nothing of the probe is left") from None
            except KeyboardInterrupt:
                raise _interrupted(stop, f"delete {PROBE_PREFIX} in the destination") from None
        report.emit("forecast", {**sides.pair.fields(), **made.fields()})
        for line in forecast_lines(made, sides.pair):
            report.say(line)
        report.say(f"Next: {call.command('run', *words)}")


def _interrupted(stop: Stop, what: str) -> Interrupted:
    code = stop.as_interruption(resume="").exit_code
    return Interrupted(f"Interrupted: {what}.", exit_code=code)


def _made(task: _Task, sides: Sides) -> Forecast:
    destination = destination_of(task.call.environments, stack=task.call.stack, to=task.call.to)
    cloud = CLOUDS.get(destination.url.scheme)
    prices = task.prices or (prices_of(cloud) if cloud else None)
    file = task.call.journal_file(sides.pair)
    with Journal.seen(file, sides.pair) as kept:
        found = look(
            sides,
            kept,
            scope=task.scope,
            replace_others=task.replace_others,
            minimums=minimums_of(prices),
            keep_going=task.stop.keep_going,
        )
    with ExitStack() as opened:

        def remover() -> "BlobStore":
            # Who migrates may not delete, unless an environment says so; who works there may.
            opener = destination.openers.get("agent", destination.openers["migrator"])
            store = opener()
            opened.callback(store.close)
            return store

        file.parent.mkdir(parents=True, exist_ok=True)
        probe = Probe(
            sides.source,
            sides.store,
            remover=remover,
            stop=task.stop,
            scope=task.scope,
            limits=task.limits,
        )
        probed = probe.measure(found.sample, file.parent)
    made = Forecast(found, probed, prices)
    _keep(task, sides, made)
    return made


def _keep(task: _Task, sides: Sides, made: Forecast) -> None:
    duration = made.duration
    kept = Kept(
        task.scope.words,
        made.look.files,
        made.look.tally.size,
        duration.expected,
        duration.low,
        duration.high,
    )
    with Journal.opened(task.call.journal_file(sides.pair), sides.pair) as journal:
        keep_forecast(journal, kept, made=time.time())
