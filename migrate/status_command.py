"""`kb migrate status`: the command."""

import typer

from app.environment import environments_of
from app.terms.options import Json, Stack
from migrate.call import Call, JournalFile, Source, SourceStack, To, Verbose
from migrate.closing import status_lines
from migrate.journal import Journal
from migrate.kept import last_scope
from migrate.report import opened_report
from migrate.scope import kept_scope


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
        lines = status_lines(
            kept,
            run=call.command("run", *kept_scope(last_scope(kept.connection)).words),
            rollback=call.command("rollback"),
            verbose=verbose,
            width=report.width,
        )
        for line in lines:
            report.say(line)
