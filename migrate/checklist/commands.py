"""`kb checklist`: the ten checks before a migration, as a command."""

import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Annotated, Final

import typer

from app.environment import Environments, environments_of
from app.terms.answers import EXIT_FAILURE
from app.terms.options import Json, Stack
from migrate.call import To
from migrate.checklist.asking import Asking
from migrate.checklist.course import Course
from migrate.checklist.destination import destination_of
from migrate.checklist.report import Report, opened_report
from migrate.checklist.route import OPEN_ROADS, Roads
from migrate.checklist.sample import BYTES_MAX, FILES_MAX, Extent
from migrate.checklist.sweeping import remove_earlier, remove_own
from migrate.checklist.trial import P95_MILLISECONDS_MAX, WRITERS, Choices, Trial
from migrate.checklist.verdict import Result
from migrate.checklist.workplace import Workplaces
from migrate.refusals import Interrupted, Stopped
from migrate.state_folder import state_folder
from migrate.stop import Stop
from migrate.walk import Folder

APP: Final = typer.Typer(name="checklist", add_completion=False, rich_markup_mode=None)


@APP.command("checklist")
def checklist(
    ctx: typer.Context,
    stack: Stack = None,
    source: Annotated[
        Path | None,
        typer.Option(
            "--source",
            metavar="DIR",
            help="The folder that is to be moved: a sample of it is tried. Without it, a small tree is made.",
            show_default=False,
        ),
    ] = None,
    to: To = None,
    backup: Annotated[
        Path | None,
        typer.Option(
            "--backup",
            metavar="DIR",
            help="A backup of the store: it is read whole, compared, and a sample of it restored.",
            show_default=False,
        ),
    ] = None,
    sample_files: Annotated[
        int, typer.Option(min=1, metavar="COUNT", help="How many files a sample has at most.")
    ] = FILES_MAX,
    sample_bytes: Annotated[
        int, typer.Option(min=1, metavar="BYTES", help="How large a sample is at most.")
    ] = BYTES_MAX,
    writers: Annotated[
        int, typer.Option(min=2, max=64, metavar="COUNT", help="How many write at once.")
    ] = WRITERS,
    p95_max: Annotated[
        float,
        typer.Option(
            min=0, metavar="MILLISECONDS", help="How long one call in twenty may take at most."
        ),
    ] = P95_MILLISECONDS_MAX,
    prices: Annotated[
        Path | None,
        typer.Option(
            "--prices",
            metavar="FILE",
            help="Prices to reckon with, instead of the list prices that come with this program.",
            show_default=False,
        ),
    ] = None,
    cost_max: Annotated[
        float | None,
        typer.Option(
            min=0,
            metavar="AMOUNT",
            help="What the run and a year of storage may cost, in the prices' currency.",
            show_default=False,
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Really do the guide's ten checks before a migration, and say what mends what fails.

    All is tried below .kb/checklist/ of the store and removed afterwards; documents are only read. Exit code
    0 if none failed (skipped ones are counted and said), else 1.
    """
    choices = Choices(
        stack,
        to,
        source,
        backup,
        Extent(sample_files, sample_bytes),
        writers,
        p95_max,
        prices,
        cost_max,
    )
    with opened_report(json=json) as report:
        counts = checked(environments_of(ctx), choices, report)
    if counts[Result.FAILED]:
        raise typer.Exit(EXIT_FAILURE)


def checked(
    environments: Environments,
    choices: Choices,
    report: Report,
    *,
    roads: Roads = OPEN_ROADS,
    open_source: Callable[[Path], Folder] = Folder,
) -> Counter[Result]:
    """Run the ten checks and return how many ended in each way.

    Args:
        environments: where the destination is looked up.
        choices: a person's.
        report: told of everything.
        roads: looks for the way to the service.
        open_source: opens the folder that is to be moved.

    Raises:
        Interrupted: a person or the system asked to stop; what was written is removed.
        Refusal: the destination or the source is not named rightly.
    """
    source = open_source(choices.source) if choices.source else None
    destination = destination_of(environments, stack=choices.stack, to=choices.to)
    state = state_folder(environ=environments.environ, folder=environments.folder)
    workplaces, stop, counts = Workplaces(state), Stop(), Counter[Result]()
    began, stays = time.monotonic(), None
    named = {"destination": str(destination), "source": str(source.root) if source else None}
    with ExitStack() as opened:
        opened.enter_context(stop.on_signals())
        asking = opened.enter_context(closing(Asking(destination, roads)))
        folder = opened.enter_context(workplaces.opened(str(destination)))
        trial = Trial(asking, folder, source, choices, stop)
        report.begin(named)
        try:
            _run(trial, workplaces, counts, report)
        except (Stopped, KeyboardInterrupt):
            raise _interrupted(stop, choices) from None
        finally:
            stays = remove_own(trial, workplaces, report.remark)
            seconds = round(time.monotonic() - began, 3)
            report.end(counts, {**named, "left_behind": stays, "seconds": seconds})
    return counts


def _run(trial: Trial, workplaces: Workplaces, counts: Counter[Result], report: Report) -> None:
    for outcome in Course(trial, begin=report.about).outcomes():
        counts[outcome.verdict.result] += 1
        report.note(outcome)
        if outcome.check.word == "credentials" and outcome.verdict.result is Result.PASSED:
            remove_earlier(trial, workplaces, report.remark)


def _interrupted(stop: Stop, choices: Choices) -> Interrupted:
    told = stop.as_interruption(resume=choices.command("checklist"))
    return Interrupted(
        f"Interrupted; what was tried is removed from the store. To begin again: "
        f"{choices.command('checklist')}",
        exit_code=told.exit_code,
    )
