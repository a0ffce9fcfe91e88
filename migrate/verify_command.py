"""`kb migrate verify`: the command."""

import time
from collections.abc import Iterator
from typing import Annotated, Final

import typer

from app.environment import environments_of
from app.terms.answers import EXIT_FAILURE, UsageRefusal
from app.terms.options import Json, Stack
from migrate.call import Call, JournalFile, Source, SourceStack, To, Verbose
from migrate.choices import AgeMax, AgeMin, Choices, Exclude, Include, Names, SizeMax, SizeMin
from migrate.history import keep_proof
from migrate.journal import Journal
from migrate.kept import last_scope
from migrate.proof import REMARKS, Check, Found, Proof
from migrate.records import Pair
from migrate.report import opened_report
from migrate.scope import kept_scope
from migrate.stop import Stop
from migrate.survey import survey_of
from migrate.verify import Verification
from migrate.wording import bytes_text, count_text

APP: Final = typer.Typer(add_completion=False, rich_markup_mode=None)

_FOUND_EXPLAINED = {
    Found.MISSING: "missing in the store",
    Found.DIFFERENT: "other content in the store",
    Found.NOT_MOVED: "in the source, but not moved",
    Found.SOURCE_CHANGED: "changed in the source since they were moved",
    Found.UNPROVED: "could not be read to compare",
    Found.EXTRA: "in the store only; not this migration's",
    Found.REWRITTEN: "written again by someone, with the same bytes",
    Found.SOURCE_GONE: "proved in the store, gone from the source",
}


@APP.command()
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
            for line in _lines(proof, sides.pair):
                report.say(line)
        if kept:
            keep_proof(file, fields, now=time.time())
    if not proof.holds:
        raise typer.Exit(EXIT_FAILURE)


def _lines(proof: Proof, pair: Pair) -> Iterator[str]:
    """Yield the lines at the end of a verification."""
    files = count_text(proof.proved, "file")
    verdict = "Proved" if proof.holds else "NOT proved: differences, named above. Equal are"
    yield f"{verdict} {files} ({bytes_text(proof.bytes_proved)}): {pair.source} → {pair.destination}"
    ways = [
        f"{proof.by_version:,} proved by version" if proof.by_version else "",
        f"{proof.by_digest:,} by listed digest" if proof.by_digest else "",
        f"{proof.read:,} read" if proof.read else "none read",
    ]
    told = ", ".join(filter(None, ways))
    yield f"  {count_text(proof.listed, 'key')} listed: {told}, in {proof.seconds:.1f} s"
    for found, count in sorted(proof.found.items(), key=lambda item: item[0] in REMARKS):
        mark = "remark" if found in REMARKS else "DIFFERENCE"
        yield f"  {mark}: {count:,} {_FOUND_EXPLAINED[found]}"
    if proof.not_files:
        yield f"  {proof.not_files:,} links or special files in the source have no content to prove"
    if proof.excluded:
        yield f"  {proof.excluded:,} excluded by filters or .kbignore: looked at on neither side"
    yield f"  root digest  {proof.root_sha256}"
