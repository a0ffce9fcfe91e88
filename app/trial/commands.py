"""`kb store`: a trial of a store."""

import secrets
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Annotated, Final

import typer

from app.environment import (
    Environments,
    credentials_of,
    environments_of,
    open_store_at,
    store_url,
    with_credentials,
)
from app.store.errors import StoreError
from app.store.url import Credentials, open_store, parse_store_url
from app.terms.answers import EXIT_FAILURE, Refusal, UsageRefusal, emit_json
from app.terms.options import Json, Stack
from app.trial.checks import Check, Choice, chosen, has_hypothesis
from app.trial.course import Outcome, Result, outcomes
from app.trial.ground import Ground, Opener, below, expect_place, opener_named
from app.trial.report import Report, described, opened_report

APP: Final = typer.Typer(
    name="store",
    help="Try whether a store keeps its promises.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)
_OPENER: Final = f"{open_store_at.__module__}:{open_store_at.__name__}"


@APP.callback()
def _store() -> None:
    """Try whether a store keeps its promises."""


@APP.command()
def conformance(
    ctx: typer.Context,
    url: Annotated[
        str | None,
        typer.Argument(
            metavar="URL",
            help="The store, as for kb migrate --to; without it, the environment's.",
            show_default=False,
        ),
    ] = None,
    stack: Stack = None,
    only: Annotated[
        str,
        typer.Option(
            metavar="WORDS", help="Only the checks with all these words in their kind or name."
        ),
    ] = "",
    list_checks: Annotated[
        bool, typer.Option("--list", help="Name the checks and what they promise; touch nothing.")
    ] = False,
    faults: Annotated[bool, typer.Option(help="Let calls fail, each in turn.")] = True,
    races: Annotated[
        int, typer.Option(min=0, help="How many processes race on one document and on several.")
    ] = 3,
    machine: Annotated[
        bool | None,
        typer.Option(
            "--machine/--no-machine",
            help="Make up sequences of calls. Default: where hypothesis is installed.",
            show_default=False,
        ),
    ] = None,
    function: Annotated[
        str | None,
        typer.Option(
            "--open",
            metavar="MODULE:FUNCTION",
            help="Opens a store of your own: gets the URL, with a fresh part at its end.",
            show_default=False,
        ),
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Leave what the trial wrote.")] = False,
    json: Json = False,
) -> None:
    """Run the laws of a store against any store.

    All happens below a fresh prefix `kb-conformance-…`, which is emptied afterwards, whatever happens. Exit
    code 0 if every law holds, 1 if one is broken.
    """
    checks = chosen(Choice(only, faults, machine, races))
    if list_checks:
        _list(checks, json=json)
        return
    ground = _ground(environments_of(ctx), url, stack, function)
    with _terminated_as_interrupted(), opened_report(json=json) as report:
        found = _tried(ground, checks, report, keep=keep)
        if machine is None and not only and not has_hypothesis():
            report.remark(
                "Left out: sequences of calls; they need hypothesis (pip install hypothesis)"
            )
    if any(outcome.result is Result.BROKEN for outcome in found):
        raise typer.Exit(EXIT_FAILURE)


def _tried(ground: Ground, checks: list[Check], report: Report, *, keep: bool) -> list[Outcome]:
    found: list[Outcome] = []
    began = time.monotonic()
    try:
        capabilities = ground.capabilities()
        report.begin(ground.url, checks, capabilities)
        for outcome in outcomes(checks, ground, capabilities):
            found.append(outcome)
            report.note(outcome)
    finally:
        if found:
            seconds, whole = time.monotonic() - began, len(found) == len(checks)
            report.end(ground.url, found, seconds=seconds, whole=whole)
        _leave(ground, report, keep=keep)
    return found


def _leave(ground: Ground, report: Report, *, keep: bool) -> None:
    if keep:
        report.remark(f"Kept: {ground.url}")
        return
    failing = sys.exc_info()[0] is not None
    try:
        removed = ground.sweep()
    except StoreError as error:
        if not failing:
            raise Refusal(f"{ground.url} could not be emptied: {error}") from error
    else:
        report.remark(f"Removed what the trial wrote: {removed} blobs below {ground.url}")


def _ground(
    environments: Environments, url: str | None, stack: str | None, function: str | None
) -> Ground:
    name = f"kb-conformance-{secrets.token_hex(6)}"
    if function:
        if not url:
            raise UsageRefusal("--open needs the URL that the function gets.")
        opener = opener_named(function)
        return Ground(below(url, name), opener, function, environments.environ)
    if url is None:
        # Once: looking up an environment starts the engine, which takes seconds.
        settings = environments.settings(stack, identity="migrator")
        place, credentials = str(store_url(settings)), credentials_of(settings)
    else:
        place = str(parse_store_url(url))
        credentials = environments.credentials(stack, identity="migrator")
    expect_place(place)
    environ = with_credentials(environments.environ, credentials)
    return Ground(below(place, name), _opener(credentials), _OPENER, environ)


def _opener(credentials: Credentials) -> Opener:
    return lambda url: open_store(url, credentials=credentials)


def _list(checks: list[Check], *, json: bool) -> None:
    if json:
        emit_json({"checks": [described(check) for check in checks]})
        return
    for check in checks:
        kind = "" if check.kind == "law" else f"{check.kind}: "
        sys.stdout.write(f"{kind}{check.sentence}\n    {check.promise}\n")


@contextmanager
def _terminated_as_interrupted() -> Iterator[None]:
    """Let SIGTERM end the block as Ctrl-C does: what the trial wrote is removed."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
