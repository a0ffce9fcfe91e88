"""What a person or a program sees of a migration: lines, a bar, or one JSON event per line."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from migrate.history import Sample
from migrate.outcomes import Outcome
from migrate.screen.events import EventsReport
from migrate.screen.lines import LinesReport
from migrate.sights import Extent

if TYPE_CHECKING:
    from migrate.proof import Finding


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

    def progress(self, sample: Sample) -> None:
        """A run is so far; told about twice a second."""
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

    def find(self, finding: "Finding") -> None:
        """Something is to be said about a path."""
        ...


@contextmanager
def opened_report(*, json: bool, verbose: bool) -> Iterator[Report]:
    """Give the report that fits: events for programs, a bar on a terminal, else lines."""
    if json:
        yield EventsReport()
        return
    if not sys.stdout.isatty():
        yield LinesReport(verbose=verbose)
        return
    # Here, because what draws takes longer to import than all other reports.
    from rich.console import Console

    from migrate.screen.bar import BarReport

    console = Console(highlight=False, soft_wrap=False)
    if console.is_terminal:
        bar = BarReport(console, verbose=verbose)
        with bar.shown():
            yield bar
    else:
        yield LinesReport(verbose=verbose)
