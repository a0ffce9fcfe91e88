"""The bytes that a window may hold: what keeps a list of large blobs from filling the memory."""

from typing import Any, Final

BYTES_MAX: Final = 64 << 20
_FADING: Final = 0.9

_SEATS_PER_LANE: Final = 4
"""A window is wider than its lanes, so that a slow answer seldom holds the others up."""
_SEATS_MAX: Final = 1024


def seats_for(lanes: int) -> int:
    """Return how many seats a window has for so many requests on their way at once."""
    return min(_SEATS_PER_LANE * lanes, max(_SEATS_MAX, 2 * lanes))


class Seat:
    """One item's place in a window: what it holds until its answer is taken.

    Attributes:
        size: bytes that are counted for it.
    """

    __slots__ = ("answer", "conversation", "done", "failure", "size")

    def __init__(self) -> None:
        self.conversation: Any = None
        self.answer: Any = None
        self.failure: BaseException | None = None
        self.done = False
        self.size = 0


class Room:
    """Counts the bytes of a window's seats, and says whether there is room for more.

    For the first seat, whose answer is the next to be taken, there always is: so the window always moves, and
    holds at most one blob more than `bytes_max`. Blobs of up to `uncounted` bytes are not counted: so many
    seats of them are a small part of `bytes_max`.

    Args:
        bytes_max: how many bytes to hold.
        seats_max: how many seats the window has.
    """

    def __init__(self, bytes_max: int, seats_max: int) -> None:
        self.first: Seat | None = None
        self._uncounted = bytes_max // (4 * seats_max)
        self._bytes_max = bytes_max
        self._held = 0
        self._expected = 0.0

    @property
    def full(self) -> bool:
        """Whether no further item should be taken."""
        return self._held >= self._bytes_max

    @property
    def expected(self) -> int:
        """How large a blob may be of which nothing is known but what the last ones were like; 0 for small."""
        return int(self._expected) if self._expected > self._uncounted else 0

    def learn(self, size: int) -> None:
        """Remember the size of a blob that was read: the next ones may be alike."""
        self._expected = max(size, self._expected * _FADING)

    def fits(self, seat: Seat, size: int) -> bool:
        """Count `size` bytes for the seat if there is room now; return whether there was."""
        if not seat.size and size <= self._uncounted:
            return True
        fits = self._held + size - seat.size <= self._bytes_max
        if fits or seat is self.first or size <= seat.size:
            self.count(seat, size)
            return True
        return False

    def count(self, seat: Seat, size: int) -> None:
        """Count bytes that are in memory already."""
        self._held += size - seat.size
        seat.size = size

    def leave(self, seat: Seat, first: Seat | None) -> None:
        """Give back what the first seat held; `first` is the first one now."""
        self.first = first
        self.count(seat, 0)
