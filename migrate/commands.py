"""`kb migrate`: plan, run, verify and status."""

import os
import time
from collections import Counter
from typing import Annotated, Any, Final

import typer

from app.environment import environments_of
from app.terms.answers import EXIT_FAILURE, UsageRefusal
from app.terms.options import Json, Stack
from migrate.call import Call, JournalFile, LimitRate, ReplaceOthers, Source, To, Verbose
from migrate.closing import proof_lines, run_lines, status_lines
from migrate.compare import Comparison
from migrate.journal import Journal
from migrate.limits import parse_limits
from migrate.outage import Outage
from migrate.plan import Action, steps
from migrate.records import Pair
from migrate.refusals import DestinationFailed, JournalRefused, Stopped
from migrate.report import Report, opened_report
from migrate.run import Transfer
from migrate.sides import Sides
from migrate.stop import Stop
from migrate.summary import Summary
from migrate.survey import survey_of
from migrate.throttle import Throttle
from migrate.verify import Verification
from migrate.wording import bytes_text

APP: Final = typer.Typer(
    name="migrate",
    help="Move a folder into a store, and prove that it arrived.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)


@APP.command()
def plan(
    ctx: typer.Context,
    source: Source,
    stack: Stack = None,
    to: To = None,
    journal: JournalFile = None,
    replace: ReplaceOthers = False,
    verbose: Verbose = False,
    json: Json = False,
) -> None:
    """Say what a run would do, and change nothing.

    Exit code 0 if everything can be moved, 1 if something would be left out.
    """
    call = Call(environments_of(ctx), stack, source, to, journal)
    stop, outage = Stop(), Outage()
    counts: Counter[Action] = Counter()
    causes: Counter[str] = Counter()
    size = 0
    with (
        call.sides() as sides,
        Journal.seen(call.journal_file(sides.pair), sides.pair) as kept,
        Journal.blank() as blank,
        opened_report(json=json, verbose=verbose) as report,
    ):
        survey = survey_of(sides.folder, sides.store, kept or blank, keep_going=stop.keep_going)
        comparison = Comparison(
            sides.folder,
            sides.store,
            replace_others=replace,
            keep_going=stop.keep_going,
            outage=outage,
        )
        for step in comparison.decided(steps(survey.source_sights())):
            outage.refuse()
            counts[step.action] += 1
            if step.cause:
                causes[step.cause.value] += 1
            elif step.action is not Action.SKIP:
                size += step.entry.size
            report.emit("step", step.fields())
            if verbose or step.cause:
                report.say(step.line())
        fields = {
            **sides.pair.fields(),
            "counts": {
                action.value: counts[action] for action in Action if action is not Action.COMPARE
            },
            "left_out": dict(sorted(causes.items())),
            "bytes_to_copy": size,
            "empty_folders": survey.extent().empty_folders,
        }
        report.emit("plan", fields)
        moved = counts[Action.COPY] + counts[Action.REPLACE]
        report.say(
            f"{sides.pair.source} → {sides.pair.destination}: {moved:,} to copy ({bytes_text(size)}; "
            f"{counts[Action.REPLACE]:,} of them replace), {counts[Action.SKIP]:,} already there, "
            f"{counts[Action.LEAVE_OUT]:,} left out"
        )
        report.say(f"Next: {call.command('run', *(['--replace'] if replace else []))}")
    if causes:
        raise typer.Exit(EXIT_FAILURE)


@APP.command()
def run(
    ctx: typer.Context,
    source: Source,
    stack: Stack = None,
    to: To = None,
    journal: JournalFile = None,
    replace: ReplaceOthers = False,
    limit_rate: LimitRate = None,
    verbose: Verbose = False,
    json: Json = False,
) -> None:
    """Move the files. Kill it whenever you like and run it again.

    Nothing that the store had is overwritten unless --replace asks for it. Exit code 0 if every entry of the
    source arrived, 1 if something was left out: it is named, with the reason.
    """
    call = Call(environments_of(ctx), stack, source, to, journal)
    limits = parse_limits(limit_rate or ())
    again = ["--replace"] if replace else []
    for rate in limit_rate or ():
        again += ["--limit-rate", rate]
    resume = call.command("run", *again)
    stop = Stop()
    with call.sides() as sides, opened_report(json=json, verbose=verbose) as report:
        _refuse_unconditional(sides)
        file = call.journal_file(sides.pair)
        with stop.on_signals(), Journal.opened(file, sides.pair) as kept:
            transfer = Transfer(
                sides.folder,
                sides.store,
                kept,
                replace_others=replace,
                stop=stop,
                watcher=report,
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
    verbose: Verbose = False,
    json: Json = False,
) -> None:
    """Prove that the store holds what the source holds, and name what differs.

    Exit code 0 if nothing differs, else 1. Keys that only the store has are named, but are no difference.
    """
    if check not in ("version", "digest"):
        raise UsageRefusal(f"--check is 'version' or 'digest', not {check!r}.")
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
                survey_of(sides.folder, sides.store, kept or blank, keep_going=stop.keep_going)
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
        lines = status_lines(kept, run=call.command("run"), verbose=verbose, width=report.width)
        for line in lines:
            report.say(line)


def _refuse_unconditional(sides: Sides) -> None:
    if not sides.store.capabilities.conditional_writes:
        raise DestinationFailed(
            f"The destination {sides.pair.destination} cannot write under conditions, so that nothing would "
            "keep a run from overwriting what others write meanwhile. Choose another store."
        )


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
