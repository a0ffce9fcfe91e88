"""Who is told how a run goes on."""

from typing import Protocol

from migrate.history import Sample
from migrate.outcomes import Outcome
from migrate.sights import Extent


class Watcher(Protocol):
    """Who is told how a run goes on: a terminal, a log, a program."""

    def begin(self, extent: Extent) -> None:
        """Both sides have been looked at; files are about to move."""
        ...

    def note(self, outcome: Outcome) -> None:
        """One entry of the source has come to its end."""
        ...

    def progress(self, sample: Sample) -> None:
        """The run is so far; told about twice a second."""
        ...
