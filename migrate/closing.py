"""The last lines of a run: what was done, what was left out and why, what comes next."""

from collections.abc import Iterator

from migrate.forecast_kept import Score
from migrate.outcomes import EXPLAINED, Cause, Result
from migrate.paths import printable
from migrate.records import Pair
from migrate.summary import Summary
from migrate.wording import bytes_text, count_text, rows_text

_SAME_REASON = frozenset({Cause.LINK, Cause.CONFLICT, Cause.RESERVED, Cause.TWIN, Cause.GONE})
"""Causes whose explanation says it all: single reasons would repeat it."""

_TITLES = {"complete": "Moved", "incomplete": "Moved, not all of it:"}


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
