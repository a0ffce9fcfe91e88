"""Weeks by a service's clock: what writers and the collector of shared content agree on without a word."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

EPOCH: Final = timedelta(days=7)
_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)


def epoch_of(moment: datetime) -> int:
    """Return the number of the week that `moment` lies in."""
    return (moment - _BEGINNING) // EPOCH


class ServiceClock:
    """Tells a service's time: this machine's, corrected by what the service answered last.

    Args:
        clock: this machine's time, in UTC.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._ahead = timedelta()

    @property
    def epoch(self) -> int:
        """The service's week, as far as is known here."""
        return epoch_of(self._clock() + self._ahead)

    def learn(self, modified: datetime) -> None:
        """Take in the time that the service gave to a write that was just answered."""
        self._ahead = modified - self._clock()
