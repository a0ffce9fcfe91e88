"""`kb migrate status`: the command."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Final

import typer

from app.environment import environments_of
from app.terms.options import Json, Stack
from migrate.call import Call, JournalFile, Source, SourceStack, To, Verbose
from migrate.journal import Journal
from migrate.kept import last_scope
from migrate.paths import printable
from migrate.records import ROLLED_BACK, ROLLING_BACK, Run, State
from migrate.report import opened_report
from migrate.scope import kept_scope
from migrate.undo import UndoLog
from migrate.wording import bytes_text, count_text, rows_text

APP: Final = typer.Typer(add_completion=False, rich_markup_mode=None)

_STATES = {
    State.PLANNED: "not begun",
    State.STARTED: "begun, to be looked at",
    State.DONE: "in the store",
    State.LEFT_OUT: "left out",
    State.FAILED: "failed",
}


@APP.command()
def status(
    ctx: typer.Context,
    source: Source = None,
    source_stack: SourceStack = None,
    stack: Stack = None,
    to: To = None,
    journal: JournalFile = None,
    verbose: Verbose = False,
    json: Json = False,
) -> None:
    """Say what the journal knows: the last run, how far the files are, what was left out (-v: all names).

    Neither side is listed or read.
    """
    call = Call(environments_of(ctx), stack, source, to, journal, source_stack)
    pair = call.pair()
    file = call.journal_file(pair)
    with Journal.seen(file, pair) as kept, opened_report(json=json, verbose=verbose) as report:
        if kept is None:
            raise call.no_run(pair, f"To begin: {call.command('run')}")
        for record in kept.not_moved():
            report.emit("not_moved", record.fields())
        report.emit("status", {**pair.fields(), "journal": str(file), **kept.fields()})
        lines = _lines(
            kept,
            run=call.command("run", *kept_scope(last_scope(kept.connection)).words),
            rollback=call.command("rollback"),
            verbose=verbose,
            width=report.width,
        )
        for line in lines:
            report.say(line)


def _lines(
    journal: Journal, *, run: str, rollback: str, verbose: bool, width: int | None
) -> Iterator[str]:
    """Yield what a journal says: its last run, how far the files are, and why some are not moved."""
    last = journal.last_run()
    if last is None:
        yield "No run has begun."
        return
    yield f"Run {last.number} began {_time_text(last.began)}; {_ending_text(last)}"
    unfinished = 0
    for (state, cause), (count, size) in sorted(
        journal.counts().items(), key=lambda item: (list(State).index(item[0][0]), item[0][1] or "")
    ):
        word = f"{_STATES[state]}{f': {cause.value}' if cause else ''}"
        yield f"  {word:<24}{count:>10,}{bytes_text(size):>12}"
        unfinished += count if state in (State.PLANNED, State.STARTED, State.FAILED) else 0
    if verbose:
        rows = ((printable(record.path), record.reason) for record in journal.not_moved())
        while page := list(islice(rows, 1000)):
            yield from rows_text(page, indent=4, width=width)
    if last.ending == ROLLING_BACK:
        yield f"To go on: {rollback}"
    elif unfinished or last.ending not in ("complete", "incomplete", ROLLED_BACK):
        yield f"To go on: {run}"
    files, replaced = UndoLog(journal).counts()
    if files:
        yield (
            f"The way back is open for {count_text(files, 'file')}, {replaced:,} of them replaced: "
            f"{rollback} --dry-run"
        )


def _ending_text(run: Run) -> str:
    match run.ending:
        case None:
            return "it was killed, or is still running"
        case "complete":
            return f"it moved everything by {_time_text(run.ended or 0)}"
        case "incomplete":
            return f"it ended {_time_text(run.ended or 0)}; something was left out"
        case "rolling_back":
            return "a rollback, which has not come to its end"
        case "rolled_back":
            return f"a rollback, which ended {_time_text(run.ended or 0)}"
        case ending:
            return f"it {'was ' if ending == 'interrupted' else ''}{ending} {_time_text(run.ended or 0)}"


def _time_text(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).astimezone().strftime("%Y-%m-%d %H:%M:%S")
