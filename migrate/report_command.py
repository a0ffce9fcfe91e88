"""`kb migrate report`: what a journal says, as a page or for programs."""

import os
import time
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Final

import typer

from app.environment import environments_of
from app.terms.answers import Refusal, UsageRefusal
from app.terms.options import Json, Stack
from migrate.call import Call, JournalFile, Source, SourceStack, To
from migrate.journal import Journal
from migrate.page.facts import facts_of
from migrate.page.html import Making, page_of
from migrate.page.texts import Language, Texts
from migrate.records import Pair
from migrate.report import opened_report
from migrate.stop import Stop

APP: Final = typer.Typer(add_completion=False, rich_markup_mode=None)

HtmlFile = Annotated[
    Path,
    typer.Option("--html", metavar="FILE", help="Where the page is written."),
]
Lang = Annotated[str, typer.Option("--lang", metavar="en|ko", help="The page's language.")]


@APP.command()
def report(
    ctx: typer.Context,
    source: Source = None,
    source_stack: SourceStack = None,
    stack: Stack = None,
    to: To = None,
    journal: JournalFile = None,
    html: HtmlFile = Path("report.html"),
    lang: Lang = "en",
    json: Json = False,
) -> None:
    """Write the migration's report, a page in one file: what moved, how fast, what was left out, the proof.

    It comes from the journal; neither side is looked at. With --json the same facts are printed instead.
    """
    if lang not in (*Language,):
        raise UsageRefusal(f"--lang is 'en' or 'ko', not {lang!r}.")
    call = Call(environments_of(ctx), stack, source, to, journal, source_stack)
    pair, stop = call.pair(), Stop()
    file = call.journal_file(pair)
    with Journal.seen(file, pair) as kept, opened_report(json=json, verbose=False) as shown:
        if kept is None:
            raise call.no_run(pair, f"To begin: {call.command('run')}")
        if json:
            facts = facts_of(kept, pair, keep_going=stop.keep_going)
            shown.emit("report", {**facts.fields(), "journal": os.fspath(file)})
            return
        write_page(kept, pair, call, html, language=Language(lang))
        shown.say(f"Written: {html}")


def write_page(
    kept: Journal, pair: Pair, call: Call, file: Path, *, language: Language = Language.ENGLISH
) -> None:
    """Write a migration's page; the file appears whole or not at all.

    Raises:
        Refusal: it cannot be written.
    """
    facts = facts_of(kept, pair, keep_going=Stop().keep_going)
    making = Making(time.time(), version("knowledge-base-cloud"), call.command("verify"))
    page = page_of(facts, Texts(language), making)
    part = file.with_name(f".{file.name}.part")
    try:
        part.write_text(page, encoding="utf-8")
        part.replace(file)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise Refusal(f"The report {file} cannot be written: {reason}.") from error
