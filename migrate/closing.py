"""The last lines of a command: what was done, what was left out and why, what comes next."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from migrate.forecast_kept import Score
from migrate.journal import Journal
from migrate.outcomes import EXPLAINED, Cause, Result
from migrate.paths import printable
from migrate.proof import REMARKS, Found, Proof
from migrate.records import Pair, Run, State
from migrate.rollback import ROLLED_BACK, ROLLING_BACK
from migrate.summary import Summary
from migrate.undo import UndoLog
from migrate.wording import bytes_text, count_text, rows_text

_SAME_REASON = frozenset({Cause.LINK, Cause.CONFLICT, Cause.RESERVED, Cause.TWIN, Cause.GONE})
"""Causes whose explanation says it all: single reasons would repeat it."""

_TITLES = {"complete": "Moved", "incomplete": "Moved, not all of it:"}

_STATES = {
    State.PLANNED: "not begun",
    State.STARTED: "begun, to be looked at",
    State.DONE: "in the store",
    State.LEFT_OUT: "left out",
    State.FAILED: "failed",
}

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


def run_lines(
    summary: Summary,
    pair: Pair,
    *,
    width: int | None,
    status: str,
    verify: str,
    score: Score | None = None,
) -> Iterator[str]:
    """Yield the lines at the end of a run.

    Args:
        summary: what it did.
        pair: what it was about.
        width: of the terminal in cells, or None.
        status: the command that shows more.
        verify: the command that comes next.
        score: how near a forecast came, if there was one.
    """
    ended = summary.ending in _TITLES
    if not ended and not summary.entries:
        return  # it never came to move anything: the sentence of the error says it all
    title = _TITLES.get(summary.ending, "Stopped on the way:")
    yield f"{title} {pair.source} → {pair.destination} in {summary.seconds:.1f} s"
    counts = summary.results
    rows: list[tuple[str, int, int | None]] = [
        ("copied", summary.sent, summary.bytes_copied),
        ("already there", counts[Result.ALREADY_THERE], summary.bytes_there),
        ("left out", counts[Result.LEFT_OUT], None),
    ]
    if counts[Result.EXCLUDED]:
        rows.append(("excluded", counts[Result.EXCLUDED], None))
    if summary.not_begun:
        rows.append(("not moved yet", summary.not_begun, None))
    for word, count, size in rows:
        yield f"  {word:<14}{count:>10,}" + (f"{bytes_text(size):>12}" if size is not None else "")
    if counts[Result.REPLACED]:
        yield f"  of those copied, {counts[Result.REPLACED]:,} replaced what the store had"
    if summary.refused:
        yield f"  the service was too busy for {summary.refused:,} writes: they were sent again, more slowly"
    for cause, count in sorted(summary.causes.items()):
        yield f"Left out: {count:,} × {EXPLAINED[cause]}"
        examples = [
            (printable(outcome.path), "" if cause in _SAME_REASON else outcome.reason)
            for outcome in summary.examples[cause]
        ]
        yield from rows_text(examples, indent=4, width=width)
        if count > len(examples):
            yield f"    … and {count - len(examples):,} more; all of them: {status}"
    if summary.empty_folders:
        folders = count_text(summary.empty_folders, "empty folder")
        yield f"{folders} not moved: a store of blobs has no folders of its own"
    if score:
        yield score.line()
    if ended:
        yield f"Next: {verify}"


def proof_lines(proof: Proof, pair: Pair) -> Iterator[str]:
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


def status_lines(
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
