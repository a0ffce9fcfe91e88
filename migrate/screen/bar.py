"""One bar on a terminal: how far, how fast, how long yet, and the path that was last."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text

from migrate.history import SAMPLE_SECONDS, Sample
from migrate.outcomes import Outcome
from migrate.paths import printable
from migrate.proof import Finding
from migrate.screen.lines import file_line, finding_line, is_named
from migrate.screen.meter import Meter, Progress
from migrate.sights import Extent
from migrate.wording import cut

_RENDERINGS_PER_SECOND: Final = 10
_BAR_CELLS: Final = 10
_PATH_CELLS_MIN: Final = 10
_GAP: Final = "  "


class BarReport:
    """One bar on a terminal; above it what is left out and, with `verbose`, a line for every file.

    It is drawn ten times a second by a thread, not for each file.

    Args:
        console: the terminal.
        verbose: a line for every file.
        clock: seconds, monotonic; for proofs and rollbacks, which take no samples.
    """

    def __init__(
        self, console: Console, *, verbose: bool, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._console = console
        self._verbose = verbose
        self._clock = clock
        self._meter = Meter()
        self._what = ""
        self._sends = False
        self._measured: Progress | None = None
        self._path = b""
        self._began = self._next = 0.0

    @property
    def width(self) -> int | None:
        return self._console.width

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Keep the bar on the screen during the block; it is gone afterwards, however the block ends."""
        with Live(
            console=self._console,
            get_renderable=self._drawn,
            refresh_per_second=_RENDERINGS_PER_SECOND,
            transient=True,
        ):
            yield

    def say(self, line: str) -> None:
        # The terminal wraps: a command that is too long for a line can still be copied whole.
        self._console.print(Text(line), soft_wrap=True)

    def emit(self, event: str, fields: dict[str, Any]) -> None:
        pass

    def begin(self, extent: Extent) -> None:
        self._start("Moving", Meter(extent.entries, extent.size))
        self._sends = True

    def note(self, outcome: Outcome) -> None:
        self._meter.count(outcome)
        self._path = outcome.path
        if is_named(outcome, verbose=self._verbose):
            self.say(file_line(self._meter, outcome, width=self.width))

    def progress(self, sample: Sample) -> None:
        self._measured = self._meter.measure(sample)

    def begin_proof(self, paths: int) -> None:
        self._start("Proving", Meter(paths))

    def begin_rollback(self, keys: int) -> None:
        self._start("Rolling back", Meter(keys))

    def advance(self) -> None:
        self._meter.number += 1
        now = self._clock()
        if now >= self._next:
            self._next = now + SAMPLE_SECONDS
            self.progress(Sample(now - self._began, self._meter.number, 0, 0))

    def find(self, finding: Finding) -> None:
        self.say(cut(finding_line(finding), None if self._verbose else self.width))

    def line(self) -> str:
        """Return the bar as it is now: no wider than the terminal, "" before anything begins.

        Where the terminal is narrow the path goes first, then the bar, the word before it, and so on: what
        is left to the end is how far it is.
        """
        if not self._what:
            return ""
        total, number, width = self._meter.total, self._meter.number, self._console.width
        parts = {"what": self._what, "bar": _bar(number, total), "count": f"{number:,}/{total:,}"}
        if self._measured:
            rates = self._measured.rates()
            parts |= dict(zip(("objects", "bytes", "refused", "left"), rates, strict=True))
        if not self._sends:
            parts = {name: part for name, part in parts.items() if name not in ("bytes", "refused")}
        for name in ("bar", "what", "refused", "bytes", "objects", "left"):
            if cell_len(_GAP.join(parts.values())) > width:
                parts.pop(name, None)
        line = cut(_GAP.join(parts.values()), width)
        room = width - cell_len(line) - len(_GAP)
        if self._path and room >= _PATH_CELLS_MIN:
            line += _GAP + cut(printable(self._path), room)
        return line

    def _drawn(self) -> RenderableType:
        line = self.line()
        return Text(line, no_wrap=True, overflow="crop") if line else Group()

    def _start(self, what: str, meter: Meter) -> None:
        self._what, self._meter, self._measured, self._path = what, meter, None, b""
        self._sends = False
        self._began = self._next = self._clock()


def _bar(number: int, total: int) -> str:
    full = _BAR_CELLS * number // total if total else _BAR_CELLS
    return "█" * full + "░" * (_BAR_CELLS - full)
