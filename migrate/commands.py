"""`kb migrate`: plan, run, verify and status; rollback is beside it."""

import os
import time
from typing import Annotated, Any, Final

import typer

from app.environment import environments_of
from app.terms.answers import EXIT_FAILURE, UsageRefusal
from app.terms.options import Json, Stack
from migrate.call import Call, JournalFile, LimitRate, ReplaceOthers, Source, To, Verbose
from migrate.choices import (
    AgeMax,
    AgeMin,
    Choices,
    Exclude,
    Include,
    Names,
    PlanOption,
    SizeMax,
    SizeMin,
)
from migrate.closing import proof_lines, run_lines, status_lines
from migrate.journal import Journal
from migrate.kept import last_scope
from migrate.limits import parse_limits
from migrate.plan import fresh_steps
from migrate.plan_file import opened_plan
from migrate.planning import Planning
from migrate.records import Pair
from migrate.refusals import JournalRefused, Stopped
from migrate.report import Report, opened_report
from migrate.rollback_command import rollback
from migrate.run import Transfer
from migrate.scope import kept_scope
from migrate.sides import refuse_unconditional
from migrate.stop import Stop
from migrate.summary import Summary
from migrate.survey import survey_of
from migrate.throttle import Throttle
from migrate.tuning import tune_process
from migrate.verify import Verification

APP: Final = typer.Typer(
    name="migrate",
    help="Move a folder into a store, and prove that it arrived.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)
APP.command()(rollback)


@APP.command()
def plan(
    ctx: typer.Context,
    source: Source,
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
    verbose: Verbose = False,
    json: Json = False,
) -> None:
    """Say what a run would do, and change nothing.

    What --include, --exclude, sizes, ages or a .kbignore in the source exclude is counted and not moved.

    Exit code 0 if everything can be moved, 1 if something would be left out.
    """
    call = Call(environments_of(ctx), stack, source, to, journal)
    choices = Choices(include, exclude, size_min, size_max, age_min, age_max, names)
    scope = choices.scope()
    again = [*(["--replace"] if replace else []), *choices.words()]
    with (
        call.sides() as sides,
        Journal.seen(call.journal_file(sides.pair), sides.pair) as kept,
        Journal.blank() as blank,
        opened_report(json=json, verbose=verbose) as report,
    ):
        tally = Planning(sides, kept or blank, scope, replace, report, verbose).tell()
        report.say(f"Next: {call.command('run', *again)}")
    if tally.causes:
        raise typer.Exit(EXIT_FAILURE)


@APP.command()
def run(
    ctx: typer.Context,
    source: Source,
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
    plan_file: PlanOption = None,
    limit_rate: LimitRate = None,
    verbose: Verbose = False,
    json: Json = False,
) -> None:
    """Move the files. Kill it whenever you like and run it again.

    Nothing that the store had is overwritten unless --replace asks for it. Exit code 0 if every entry of the
    source arrived, 1 if something was left out: it is named, with the reason.
    """
    call = Call(environments_of(ctx), stack, source, to, journal)
    choices = Choices(include, exclude, size_min, size_max, age_min, age_max, names)
    scope = choices.scope()
    limits = parse_limits(limit_rate or ())
    again = [*(["--replace"] if replace else []), *choices.words()]
    planned = None
    if plan_file is not None:
        if again:
            raise UsageRefusal(
                "A plan says what is moved: no filters, --names or --replace beside --plan."
            )
        planned = opened_plan(plan_file)
        scope, replace = planned.scope, planned.replace_others
        again = ["--plan", str(plan_file)]
    for rate in limit_rate or ():
        again += ["--limit-rate", rate]
    resume = call.command("run", *again)
    tune_process()
    stop = Stop()
    with call.sides() as sides, opened_report(json=json, verbose=verbose) as report:
        refuse_unconditional(sides)
        if planned:
            planned.refuse_other(sides.pair)
        file = call.journal_file(sides.pair)
        with stop.on_signals(), Journal.opened(file, sides.pair) as kept:
            transfer = Transfer(
                sides.folder,
                sides.store,
                kept,
                replace_others=replace,
                stop=stop,
                watcher=report,
                scope=scope.typed(again),
                planner=planned.steps if planned else fresh_steps,
                throttle=Throttle(limits=limits),
            )
            try:
                summary = transfer.run()
            except (Stopped, KeyboardInterrupt):
                raise stop.as_interruption(resume=resume) from None
            finally:
                _close_run(report, transfer.summary, sides.pair, call)
    if summary.causes:
        raise typer.Exit(EXIT_FAILURE)


@APP.command()
def verify(
    ctx: typer.Context,
    source: Source,
    stack: Stack = None,
    to: To = None,
    journal: JournalFile = None,
    check: Annotated[
        str,
        typer.Option(
            "--check",
            metavar="version|digest",
            help="version: from one listing. digest: read both sides and compare SHA-256.",
        ),
    ] = "version",
    include: Include = None,
    exclude: Exclude = None,
    size_min: SizeMin = None,
    size_max: SizeMax = None,
    age_min: AgeMin = None,
    age_max: AgeMax = None,
    names: Names = None,
    verbose: Verbose = False,
    json: Json = False,
) -> None:
    """Prove that the store holds what the source holds, and name what differs.

    What the last run's filters exclude is looked at on neither side; filters given here replace them.
    Exit code 0 if nothing differs, else 1. Keys that only the store has are named, but are no difference.
    """
    if check not in ("version", "digest"):
        raise UsageRefusal(f"--check is 'version' or 'digest', not {check!r}.")
    choices = Choices(include, exclude, size_min, size_max, age_min, age_max, names)
    choices.scope()  # what cannot be read is refused before anything is opened
    call = Call(environments_of(ctx), stack, source, to, journal)
    stop = Stop()
    began = time.monotonic()
    with call.sides() as sides:
        file = call.journal_file(sides.pair)
        with (
            Journal.seen(file, sides.pair) as kept,
            Journal.blank() as blank,
            opened_report(json=json, verbose=verbose) as report,
        ):
            if kept is None and check == "version":
                raise JournalRefused(
                    f"No run from {sides.pair.source} to {sides.pair.destination} is known here (no journal "
                    f"{file}). Move first: {call.command('run')}; or read both sides: "
                    f"{call.command('verify', '--check', 'digest')}"
                )
            verification = Verification(
                sides.folder,
                sides.store,
                read_all=check == "digest",
                keep_going=stop.keep_going,
                watcher=report,
            )
            proof = verification.prove(
                survey_of(
                    sides.folder,
                    sides.store,
                    kept or blank,
                    scope=choices.scope(kept_scope(last_scope((kept or blank).connection))),
                    keep_going=stop.keep_going,
                )
            )
            proof.seconds = time.monotonic() - began
            report.emit("proof", {**sides.pair.fields(), "check": check, **proof.fields()})
            for line in proof_lines(proof, sides.pair):
                report.say(line)
    if not proof.holds:
        raise typer.Exit(EXIT_FAILURE)


@APP.command()
def status(
    ctx: typer.Context,
    source: Source,
    stack: Stack = None,
    to: To = None,
    journal: JournalFile = None,
    verbose: Verbose = False,
    json: Json = False,
) -> None:
    """Say what the journal knows: the last run, how far the files are, what was left out (-v: all names).

    Neither side is listed or read.
    """
    call = Call(environments_of(ctx), stack, source, to, journal)
    pair = call.pair()
    file = call.journal_file(pair)
    with (
        Journal.seen(file, pair) as kept,
        opened_report(json=json, verbose=verbose) as report,
    ):
        if kept is None:
            raise JournalRefused(
                f"No run from {pair.source} to {pair.destination} is known here (no journal {file}). "
                f"To begin: {call.command('run')}"
            )
        for record in kept.not_moved():
            report.emit("not_moved", record.fields())
        report.emit("status", {**pair.fields(), "journal": str(file), **kept.fields()})
        lines = status_lines(
            kept,
            run=call.command("run", *kept_scope(last_scope(kept.connection)).words),
            rollback=call.command("rollback"),
            verbose=verbose,
            width=report.width,
        )
        for line in lines:
            report.say(line)


def _close_run(report: Report, summary: Summary, pair: Pair, call: Call) -> None:
    fields: dict[str, Any] = {
        **pair.fields(),
        "journal": os.fspath(call.journal_file(pair)),
        **summary.fields(),
    }
    report.emit("end", fields)
    lines = run_lines(
        summary,
        pair,
        width=report.width,
        status=call.command("status", "-v"),
        verify=call.command("verify"),
    )
    for line in lines:
        report.say(line)
