"""`kb migrate rollback`: the command, and what it says."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Annotated, Any, Final

import typer

from app.environment import environments_of
from app.terms.answers import EXIT_FAILURE, Refusal, UsageRefusal
from app.terms.options import Json, Stack
from migrate.call import Call, JournalFile, Source, SourceStack, To, Verbose
from migrate.journal import Journal
from migrate.paths import printable
from migrate.refusals import DestinationFailed, JournalRefused, Stopped
from migrate.report import Report, opened_report
from migrate.rollback import Ending, Outcome, Rollback, Undone
from migrate.stop import Stop
from migrate.undo import UndoLog
from migrate.wording import count_text, cut

APP: Final = typer.Typer(add_completion=False, rich_markup_mode=None)

_WORDS: Final = {
    Undone.DELETED: "deleted",
    Undone.RESTORED: "restored",
    Undone.AS_BEFORE: "as before",
    Undone.KEPT: "kept",
    Undone.FAILED: "failed",
}

DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Say what would be done, and change nothing.")
]
Forget = Annotated[
    bool, typer.Option("--forget", help="Give up the way back: delete what was saved for it.")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


@APP.command()
def rollback(
    ctx: typer.Context,
    source: Source = None,
    source_stack: SourceStack = None,
    stack: Stack = None,
    to: To = None,
    journal: JournalFile = None,
    dry_run: DryRun = False,
    forget: Forget = False,
    yes: Yes = False,
    verbose: Verbose = False,
    json: Json = False,
) -> None:
    """Put back what stood in the store before the runs; --dry-run says what that would do.

    What they created is deleted, what they replaced is restored. What someone changed after them is not
    touched, but named as kept. Kill it whenever you like and run it again. Exit code 0 if everything is as
    before, 1 if something was kept or failed.
    """
    if dry_run and forget:
        raise UsageRefusal("--dry-run says what a rollback does, --forget gives it up: choose one.")
    call = Call(environments_of(ctx), stack, source, to, journal, source_stack)
    stop = Stop()
    with ExitStack() as opened:
        store, pair = opened.enter_context(call.destination())
        file = call.journal_file(pair)
        report = opened.enter_context(opened_report(json=json, verbose=verbose))
        with Journal.seen(file, pair) as seen:
            question = _question(call, seen, forget=forget)
        if not dry_run and not yes:
            _confirm(question)
        if not store.capabilities.conditional_writes:
            raise DestinationFailed(
                f"The destination {pair.destination} cannot delete under conditions, so that nothing would "
                "keep a rollback from removing what others write meanwhile."
            )
        opened.enter_context(stop.on_signals())
        looking = Journal.seen(file, pair) if dry_run else Journal.opened(file, pair)
        kept = opened.enter_context(looking)
        assert kept is not None  # noqa: S101 - asked for above
        shown = _Shown(report, verbose=verbose, dry_run=dry_run)
        rolling = Rollback(store, kept, dry_run=dry_run, stop=stop, watcher=shown)
        try:
            outcome = rolling.forget() if forget else rolling.run()
        except (Stopped, KeyboardInterrupt):
            resume = call.command("rollback", *(["--forget"] if forget else []))
            raise stop.as_interruption(resume=resume) from None
        fields = {**pair.fields(), "dry_run": dry_run, "forgotten": forget, **outcome.fields()}
        report.emit("rollback", fields)
        for line in _lines(outcome, UndoLog(kept), call, dry_run=dry_run, forget=forget):
            report.say(line)
    if not outcome.whole:
        raise typer.Exit(EXIT_FAILURE)


def _question(call: Call, seen: Journal | None, *, forget: bool) -> str:
    """Return what is about to be done, as a question.

    Raises:
        JournalRefused: no run is known, so that nobody knows what stood before.
    """
    if seen is None:
        raise JournalRefused(
            f"No run is known here (no journal {call.journal_file(call.pair())}): nobody knows what stood in "
            "the store before. Name the journal with --journal."
        )
    files, replaced = UndoLog(seen).counts()
    if forget:
        return (
            f"Give up the way back for {count_text(files, 'file')} ({replaced:,} of them replaced)?"
        )
    return (
        f"Delete what the runs created and restore what they replaced: {count_text(files, 'file')}, "
        f"{replaced:,} of them replaced?"
    )


def _confirm(question: str) -> None:
    if not sys.stdin.isatty():
        raise UsageRefusal(
            f"{question} There is no terminal to ask on: give --yes (--dry-run says what would be done)."
        )
    if not typer.confirm(question, err=True):
        raise Refusal("Nothing was done.")


class _Shown:
    """Tells a report how a rollback goes on."""

    def __init__(self, report: Report, *, verbose: bool, dry_run: bool) -> None:
        self._report = report
        # Without a terminal every key has its line, as in a run.
        self._all = verbose or report.width is None
        self._would = "would be " if dry_run else ""
        self._number = self._total = 0

    def begin_rollback(self, keys: int) -> None:
        self._number, self._total = 0, keys
        self._report.begin_rollback(keys)

    def undone(self, ending: Ending) -> None:
        self._number += 1
        self._report.advance()
        numbers: dict[str, Any] = {"number": self._number, "total": self._total}
        self._report.emit("undone", {**numbers, **ending.fields()})
        if self._all or ending.result in (Undone.KEPT, Undone.FAILED):
            acted = ending.result in (Undone.DELETED, Undone.RESTORED)
            word = (self._would if acted else "") + _WORDS[ending.result]
            reason = f": {ending.reason}" if ending.reason else ""
            before = f"{self._number:>{len(str(self._total))}}/{self._total}  "
            line = f"{before}{printable(ending.key.encode())} … {word}{reason}"
            self._report.say(cut(line, self._report.width))


def _lines(
    outcome: Outcome, log: UndoLog, call: Call, *, dry_run: bool, forget: bool
) -> Iterator[str]:
    if forget:
        yield "Forgotten: what the store holds now is what a later rollback goes back to."
        return
    results = outcome.results
    verdict = "Everything is as it was before" if outcome.whole else "NOT everything is as before"
    yield "A rollback would end like this:" if dry_run else f"{verdict}:"
    for result in Undone:
        if results[result]:
            yield f"  {_WORDS[result]:<12}{results[result]:>10,}"
    if results[Undone.KEPT]:
        yield "Kept is what someone changed after the migration: it is theirs, and was named above."
        replaced = log.counts()[1]
        if replaced and not dry_run:
            yield (
                f"What stood before under {replaced:,} of them is still saved in {log.prefix}; to delete it: "
                f"{call.command('rollback', '--forget')}"
            )
    if dry_run:
        yield f"To do it: {call.command('rollback')}"
    elif results[Undone.FAILED]:
        yield f"To try the failed ones again: {call.command('rollback')}"
