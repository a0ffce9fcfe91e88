"""`kb migrate verify`: the command."""

import time
from typing import Annotated

import typer

from app.environment import environments_of
from app.terms.answers import EXIT_FAILURE, UsageRefusal
from app.terms.options import Json, Stack
from migrate.call import Call, JournalFile, Source, SourceStack, To, Verbose
from migrate.choices import AgeMax, AgeMin, Choices, Exclude, Include, Names, SizeMax, SizeMin
from migrate.closing import proof_lines
from migrate.history import keep_proof
from migrate.journal import Journal
from migrate.kept import last_scope
from migrate.proof import Check
from migrate.report import opened_report
from migrate.scope import kept_scope
from migrate.stop import Stop
from migrate.survey import survey_of
from migrate.verify import Verification


def verify(
    ctx: typer.Context,
    source: Source = None,
    source_stack: SourceStack = None,
    stack: Stack = None,
    to: To = None,
    journal: JournalFile = None,
    check: Annotated[
        str,
        typer.Option(
            "--check",
            metavar="version|digest|read",
            help="version: from one listing. digest: contents, by listed digests where there are any. "
            "read: contents, by reading both sides.",
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
    if check not in (*Check,):
        raise UsageRefusal(f"--check is 'version', 'digest' or 'read', not {check!r}.")
    choices = Choices(include, exclude, size_min, size_max, age_min, age_max, names)
    choices.scope()  # what cannot be read is refused before anything is opened
    call = Call(environments_of(ctx), stack, source, to, journal, source_stack)
    stop = Stop()
    began = time.monotonic()
    with call.sides() as sides:
        file = call.journal_file(sides.pair)
        with (
            Journal.seen(file, sides.pair) as kept,
            Journal.blank() as blank,
            opened_report(json=json, verbose=verbose) as report,
        ):
            if (kept is None or kept.last_run() is None) and check == Check.VERSION:
                raise call.no_run(
                    sides.pair,
                    f"Move first: {call.command('run')}; or read both sides: "
                    f"{call.command('verify', '--check', 'digest')}",
                )
            verification = Verification(
                sides.source,
                sides.store,
                check=Check(check),
                keep_going=stop.keep_going,
                watcher=report,
            )
            proof = verification.prove(
                survey_of(
                    sides.source,
                    sides.store,
                    kept or blank,
                    scope=choices.scope(kept_scope(last_scope((kept or blank).connection))),
                    keep_going=stop.keep_going,
                )
            )
            proof.seconds = time.monotonic() - began
            fields = {**sides.pair.fields(), "check": check, **proof.fields()}
            report.emit("proof", fields)
            for line in proof_lines(proof, sides.pair):
                report.say(line)
        if kept:
            keep_proof(file, fields, now=time.time())
    if not proof.holds:
        raise typer.Exit(EXIT_FAILURE)
