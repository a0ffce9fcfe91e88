"""What a person or a program sees of a migration: lines, a bar, or one JSON event per line."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Protocol

from rich.cells import cell_len
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from app.terms.answers import emit_json
from migrate.outcomes import Outcome, Result
from migrate.paths import path_fields, printable
from migrate.proof import Finding
from migrate.sights import Extent
from migrate.wording import bytes_text, cut

_WORDS: Final = {
    Result.COPIED: "copied",
    Result.REPLACED: "replaced",
    Result.ALREADY_THERE: "already there",
    Result.LEFT_OUT: "left out",
    Result.EXCLUDED: "excluded",
}

_FLUSH_SECONDS: Final = 0.1
"""So old a file's line may be where nobody watches a terminal: a write for each costs as much as its sum."""

_PATH_CELLS_MIN: Final = 10
_BAR_CELLS: Final = 68
"""What the bar takes of a line before the path."""


class Report(Protocol):
    """Everything that the commands tell while they work."""

    @property
    def width(self) -> int | None:
        """Cells of a line on the terminal; None where there is none and nothing is cut."""
        ...

    def say(self, line: str) -> None:
        """Print a line for people; a program does not see it."""
        ...

    def emit(self, event: str, fields: dict[str, Any]) -> None:
        """Hand an event to a program; people do not see it."""
        ...

    def begin(self, extent: Extent) -> None:
        """A run begins to move files."""
        ...

    def note(self, outcome: Outcome) -> None:
        """One entry of the source has come to its end."""
        ...

    def begin_proof(self, paths: int) -> None:
        """A verification begins to judge paths."""
        ...

    def begin_rollback(self, keys: int) -> None:
        """A rollback begins to look at keys."""
        ...

    def advance(self) -> None:
        """One path has been judged."""
        ...

    def find(self, finding: Finding) -> None:
        """Something is to be said about a path."""
        ...


@dataclass(slots=True)
class _Counter:
    number: int = 0
    total: int = 0

    def line(self, outcome: Outcome, *, width: int | None = None) -> str:
        """Return the guide's line: its number of the total, the path, what became of it.

        With a width, in cells, the path gives way, so that the end of the line can be seen.
        """
        self.number += 1
        word = _WORDS[outcome.result] + (
            f": {outcome.reason}" if outcome.cause or outcome.result is Result.EXCLUDED else ""
        )
        before, after = f"{self.number:>{len(str(self.total))}}/{self.total}  ", f" … {word}"
        room = (
            None if width is None else max(_PATH_CELLS_MIN, width - len(before) - cell_len(after))
        )
        return before + cut(printable(outcome.path), room) + after


def _finding_line(finding: Finding) -> str:
    return f"{finding.found.value.replace('_', ' ')}: {printable(finding.path)} ({finding.reason})"


class LinesReport:
    """A line for every file: for logs, and wherever there is no terminal.

    Args:
        verbose: also for those that a filter excludes.
    """

    width: int | None = None

    def __init__(self, *, verbose: bool = False) -> None:
        self._counter = _Counter()
        self._verbose = verbose
        self._flushed = 0.0

    def say(self, line: str) -> None:
        self._print(line, at_once=True)

    def _print(self, line: str, *, at_once: bool) -> None:
        try:
            sys.stdout.write(line + "\n")
            now = time.monotonic()
            if at_once or now - self._flushed > _FLUSH_SECONDS:
                self._flushed = now
                sys.stdout.flush()
        except BrokenPipeError:
            # Nobody reads any more; the files move on. Python must not try to flush again at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def emit(self, event: str, fields: dict[str, Any]) -> None:
        pass

    def begin(self, extent: Extent) -> None:
        self._counter = _Counter(total=extent.entries)

    def note(self, outcome: Outcome) -> None:
        line = self._counter.line(outcome)
        if self._verbose or outcome.result is not Result.EXCLUDED:
            self._print(line, at_once=False)

    def begin_proof(self, paths: int) -> None:
        pass

    def begin_rollback(self, keys: int) -> None:
        pass

    def advance(self) -> None:
        pass

    def find(self, finding: Finding) -> None:
        self.say(_finding_line(finding))


class BarReport:
    """One bar on a terminal; with `verbose`, a line for every file above it."""

    def __init__(self, console: Console, *, verbose: bool) -> None:
        self._console = console
        self._verbose = verbose
        self._counter = _Counter()
        self._bytes = 0
        self._shown = 0
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[size]}"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[path]}", markup=False),
            console=console,
            transient=True,
        )
        self._task = self._progress.add_task("", visible=False, size="", path="")

    @property
    def width(self) -> int | None:
        return self._console.width

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Keep the bar on the screen during the block; it is gone afterwards, however the block ends."""
        with self._progress:
            yield

    def say(self, line: str) -> None:
        # The terminal wraps: a command that is too long for a line can still be copied whole.
        self._console.print(Text(line), soft_wrap=True)

    def emit(self, event: str, fields: dict[str, Any]) -> None:
        pass

    def begin(self, extent: Extent) -> None:
        self._counter = _Counter(total=extent.entries)
        self._start("Moving", extent.entries)

    def note(self, outcome: Outcome) -> None:
        line = self._counter.line(outcome, width=self.width)
        if self._verbose:
            self.say(line)
        if outcome.result in (Result.COPIED, Result.REPLACED):
            self._bytes += outcome.size
        path = cut(printable(outcome.path), max(_PATH_CELLS_MIN, self._console.width - _BAR_CELLS))
        self._progress.update(self._task, advance=1, size=bytes_text(self._bytes), path=path)

    def begin_proof(self, paths: int) -> None:
        self._start("Proving", paths)

    def begin_rollback(self, keys: int) -> None:
        self._start("Rolling back", keys)

    def advance(self) -> None:
        self._progress.advance(self._task)

    def find(self, finding: Finding) -> None:
        self.say(cut(_finding_line(finding), None if self._verbose else self.width))

    def _start(self, what: str, total: int) -> None:
        self._progress.reset(self._task, total=total, visible=True, description=what)


class EventsReport:
    """One JSON object per line, for programs; docs/guide/migrate.md describes each."""

    width: int | None = None

    def __init__(self) -> None:
        self._counter = _Counter()

    def say(self, line: str) -> None:
        pass

    def emit(self, event: str, fields: dict[str, Any]) -> None:
        emit_json({"event": event, **fields})

    def begin(self, extent: Extent) -> None:
        self._counter = _Counter(total=extent.entries)
        fields = {"total": extent.entries, "files": extent.files, "size_bytes": extent.size}
        self.emit("begin", fields)

    def note(self, outcome: Outcome) -> None:
        self._counter.number += 1
        fields: dict[str, Any] = {
            "number": self._counter.number,
            "total": self._counter.total,
            **path_fields(outcome.path),
            "result": outcome.result.value,
            "size_bytes": outcome.size,
        }
        if outcome.cause:
            fields["cause"] = outcome.cause.value
        if outcome.reason:
            fields["reason"] = outcome.reason
        self.emit("file", fields)

    def begin_proof(self, paths: int) -> None:
        self.emit("begin", {"total": paths})

    def begin_rollback(self, keys: int) -> None:
        self.begin_proof(keys)

    def advance(self) -> None:
        pass

    def find(self, finding: Finding) -> None:
        fields = {"found": finding.found.value, "reason": finding.reason}
        self.emit("finding", {**path_fields(finding.path), **fields})


@contextmanager
def opened_report(*, json: bool, verbose: bool) -> Iterator[Report]:
    """Give the report that fits: events for programs, a bar on a terminal, else lines."""
    if json:
        yield EventsReport()
        return
    console = Console(highlight=False, soft_wrap=False)
    if console.is_terminal:
        bar = BarReport(console, verbose=verbose)
        with bar.shown():
            yield bar
    else:
        yield LinesReport(verbose=verbose)
