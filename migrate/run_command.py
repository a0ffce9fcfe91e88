"""`kb migrate run`: the command."""

from typing import Final

import typer

from app.environment import environments_of
from app.terms.answers import EXIT_FAILURE, UsageRefusal
from app.terms.options import Json, Stack
from migrate.call import (
    Call,
    JournalFile,
    LimitRate,
    ReplaceOthers,
    ReportFile,
    Source,
    SourceStack,
    To,
    Verbose,
)
from migrate.choices import (
    AgeMax,
    AgeMin,
    Choices,
    ContentTypeRules,
    Exclude,
    Include,
    Names,
    PlanOption,
    SizeMax,
    SizeMin,
    TierRules,
)
from migrate.ending import close_run, refuse_report
from migrate.journal import Journal
from migrate.limits import parse_limits
from migrate.noted import noting
from migrate.plan import fresh_steps
from migrate.refusals import Stopped
from migrate.report import opened_report
from migrate.run import Transfer
from migrate.sides import refuse_unconditional
from migrate.stop import Stop
from migrate.throttle import Throttle
from migrate.tuning import tune_process

APP: Final = typer.Typer(add_completion=False, rich_markup_mode=None)


@APP.command()
def run(
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
    plan_file: PlanOption = None,
    limit_rate: LimitRate = None,
    report_file: ReportFile = None,
    verbose: Verbose = False,
    json: Json = False,
) -> None:
    """Move the files. Kill it whenever you like and run it again.

    Nothing that the store had is overwritten unless --replace asks for it. Exit code 0 if every entry of the
    source arrived, 1 if something was left out: it is named, with the reason.
    """
    tune_process()
    call = Call(environments_of(ctx), stack, source, to, journal, source_stack)
    choices = Choices(
        include, exclude, size_min, size_max, age_min, age_max, names, tier, content_type
    )
    scope = choices.scope()
    limits = parse_limits(limit_rate or ())
    refuse_report(report_file)
    again = [*(["--replace"] if replace else []), *choices.words()]
    planned = None
    if plan_file is not None:
        if again:
            raise UsageRefusal(
                "A plan says what is moved, and how: no filters, rules, --names or --replace beside --plan."
            )
        # Here, because few runs have one.
        from migrate.plan_file import opened_plan

        planned = opened_plan(plan_file)
        scope, replace = planned.scope, planned.replace_others
        again = ["--plan", str(plan_file)]
    for rate in limit_rate or ():
        again += ["--limit-rate", rate]
    resume = call.command("run", *again)
    stop = Stop()
    with call.sides() as sides, opened_report(json=json, verbose=verbose) as shown:
        refuse_unconditional(sides)
        scope = scope.fitted(sides)
        if planned:
            planned.refuse_other(sides.pair)
        file = call.journal_file(sides.pair)
        with (
            stop.on_signals(),
            Journal.opened(file, sides.pair) as kept,
            noting(sides.source, sides.store, kept, to=sides.pair.destination) as origin,
        ):
            transfer = Transfer(
                origin,
                sides.store,
                kept,
                replace_others=replace,
                stop=stop,
                watcher=shown,
                scope=scope.typed(again),
                planner=planned.steps if planned else fresh_steps,
                throttle=Throttle(limits=limits),
            )
            try:
                summary = transfer.run()
            except (Stopped, KeyboardInterrupt):
                raise stop.as_interruption(resume=resume) from None
            finally:
                unwritten = close_run(shown, transfer.summary, kept, sides.pair, call, report_file)
        if unwritten:
            raise unwritten
    if summary.causes:
        raise typer.Exit(EXIT_FAILURE)
