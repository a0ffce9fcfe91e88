"""The point from which failures are the destination's, not the files'."""

from typing import Final

from app.store.errors import AccessDenied, StoreError, Unavailable
from migrate.refusals import DestinationFailed

FAILURES_MAX: Final = 16
"""So many in a row, of one kind, nothing succeeding between them, end a run: one sentence, not thousands."""


class Outage:
    """Counts failures in a row that may concern every file alike."""

    def __init__(self) -> None:
        self._count = 0
        self._last: StoreError | None = None

    def add(self, error: StoreError) -> None:
        """Count a failure, if it is of a kind that may concern every file."""
        if isinstance(error, AccessDenied | Unavailable):
            same = self._last is not None and self._last.code == error.code
            self._count = self._count + 1 if same else 1
            self._last = error

    def clear(self) -> None:
        """Something succeeded."""
        self._count = 0

    @property
    def reached(self) -> bool:
        """Whether going on is of no use."""
        return self._count >= FAILURES_MAX

    def refuse(self) -> None:
        """Return, unless going on is of no use.

        Raises:
            DestinationFailed: it is.
        """
        if self.reached:
            raise DestinationFailed(
                f"The destination failed {self._count} times in a row, last with: {self._last}. "
                "What was done is in the journal; run again when it answers."
            )
