"""Lines of text: a line of progress every few seconds, and each file that is worth a name."""

import os
import sys
import time
from typing import TYPE_CHECKING, Any, Final

from rich.cells import cell_len

from migrate.history import Sample
from migrate.outcomes import Outcome, Result
from migrate.paths import printable
from migrate.screen.meter import Meter
from migrate.sights import Extent
from migrate.wording import cut

if TYPE_CHECKING:
    from migrate.proof import Finding

_WORDS: Final = {
    Result.COPIED: "copied",
    Result.REPLACED: "replaced",
    Result.ALREADY_THERE: "already there",
    Result.LEFT_OUT: "left out",
    Result.EXCLUDED: "excluded",
}

_PATH_CELLS_MIN: Final = 10
_EVERY_SECONDS: Final = 5.0
_FLUSH_SECONDS: Final = 0.1
"""So old a file's line may be where nobody watches a terminal: a write for each costs as much as its sum."""


def file_line(meter: Meter, outcome: Outcome, *, width: int | None = None) -> str:
    """Return the guide's line: its number of the total, the path, what became of it.

    With a width, in cells, the path gives way, so that the end of the line can be seen.
    """
    word = _WORDS[outcome.result] + (
        f": {outcome.reason}" if outcome.cause or outcome.result is Result.EXCLUDED else ""
    )
    before, after = f"{meter.number:>{len(str(meter.total))}}/{meter.total}  ", f" … {word}"
    room = None if width is None else max(_PATH_CELLS_MIN, width - len(before) - cell_len(after))
    return cut(before + cut(printable(outcome.path), room) + after, width)


def is_named(outcome: Outcome, *, verbose: bool) -> bool:
    """Whether an entry gets a line of its own: what does not arrive always does."""
    return verbose or outcome.result is Result.LEFT_OUT


def finding_line(finding: "Finding") -> str:
    """Return what was found of a path."""
    return f"{finding.found.value.replace('_', ' ')}: {printable(finding.path)} ({finding.reason})"


class LinesReport:
    """Lines for logs, and wherever there is no terminal.

    Args:
        verbose: a line for every file; else for those that are left out, and progress now and then.
    """

    width: int | None = None

    def __init__(self, *, verbose: bool = False) -> None:
        self._verbose = verbose
        self._meter = Meter()
        self._next = 0.0
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
        self._meter = Meter(extent.entries, extent.size)
        self._next = _EVERY_SECONDS

    def note(self, outcome: Outcome) -> None:
        self._meter.count(outcome)
        if is_named(outcome, verbose=self._verbose):
            at_once = outcome.result is Result.LEFT_OUT
            self._print(file_line(self._meter, outcome), at_once=at_once)

    def progress(self, sample: Sample) -> None:
        progress = self._meter.measure(sample)
        if not self._verbose and sample.seconds >= self._next:
            self._next = sample.seconds + _EVERY_SECONDS
            self.say(progress.line())

    def begin_proof(self, paths: int) -> None:
        pass

    def begin_rollback(self, keys: int) -> None:
        pass

    def advance(self) -> None:
        pass

    def find(self, finding: "Finding") -> None:
        self.say(finding_line(finding))
