"""`kb migrate plan`: the command."""

from typing import Final

import typer

from app.environment import environments_of
from app.terms.answers import EXIT_FAILURE
from app.terms.options import Json, Stack
from migrate.call import Call, JournalFile, ReplaceOthers, Source, SourceStack, To, Verbose
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
from migrate.journal import Journal
from migrate.planning import Planning
from migrate.report import opened_report

APP: Final = typer.Typer(add_completion=False, rich_markup_mode=None)


@APP.command()
def plan(
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
    verbose: Verbose = False,
    json: Json = False,
) -> None:
    """Say what a run would do, and change nothing.

    What --include, --exclude, sizes, ages or a .kbignore in the source exclude is counted and not moved.

    Exit code 0 if everything can be moved, 1 if something would be left out.
    """
    call = Call(environments_of(ctx), stack, source, to, journal, source_stack)
    choices = Choices(
        include, exclude, size_min, size_max, age_min, age_max, names, tier, content_type
    )
    scope = choices.scope()
    again = [*(["--replace"] if replace else []), *choices.words()]
    with (
        call.sides() as sides,
        Journal.seen(call.journal_file(sides.pair), sides.pair) as kept,
        Journal.blank() as blank,
        opened_report(json=json, verbose=verbose) as report,
    ):
        scope = scope.fitted(sides)
        tally = Planning(sides, kept or blank, scope, replace, report, verbose).tell()
        report.say(f"Next: {call.command('run', *again)}")
    if tally.causes:
        raise typer.Exit(EXIT_FAILURE)
