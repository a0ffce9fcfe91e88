"""The bytes that a window may hold: what keeps a list of large blobs from filling the memory."""

import threading
from typing import Final

BYTES_MAX: Final = 64 << 20
_FADING: Final = 0.9


class Abandoned(Exception):
    """The window was closed while a call waited for room; nobody reads its answer."""


class Seat:
    """One item's place in a window: what it holds until its answer is taken.

    Attributes:
        size: bytes that are counted for it.
    """

    __slots__ = ("answer", "done", "failure", "item", "size")

    def __init__(self, item: object) -> None:
        self.item = item
        self.answer: object = None
        self.failure: BaseException | None = None
        self.done = False
        self.size = 0


class Room:
    """Counts the bytes of a window's seats and lets calls wait until there is room for theirs.

    The first seat, whose answer is the next to be taken, never waits: so the window always moves, and
    holds at most one blob more than `bytes_max`. Blobs of up to `uncounted` bytes are not counted: so many
    seats of them are a small part of `bytes_max`, and counting each would cost more than reading it.

    Args:
        bytes_max: how many bytes to hold.
        seats_max: how many seats the window has.
    """

    def __init__(self, bytes_max: int, seats_max: int) -> None:
        self.uncounted = bytes_max // (4 * seats_max)
        self.first: Seat | None = None
        self._bytes_max = bytes_max
        self._held = 0
        self._waiting = 0
        self._closed = False
        self._expected = 0.0
        self._changed = threading.Condition()

    @property
    def full(self) -> bool:
        """Whether no further item should be taken."""
        return self._held >= self._bytes_max or self._waiting > 0

    def learn(self, size: int) -> None:
        """Remember the size of a blob that was read: the next ones may be alike."""
        self._expected = max(size, self._expected * _FADING)

    def expect(self, seat: Seat) -> None:
        """Wait until there is room for a blob of which nothing is known but what the last ones were like."""
        if self._expected > self.uncounted:
            self.hold(seat, int(self._expected))

    def fits(self, seat: Seat, size: int) -> bool:
        """Count `size` bytes for the seat if there is room now; return whether there was."""
        if not seat.size and size <= self.uncounted:
            return True
        with self._changed:
            if size > seat.size and not self._allows(seat, size):
                return False
            self._count(seat, size)
            self._changed.notify_all()
        return True

    def hold(self, seat: Seat, size: int) -> None:
        """Wait until there is room for `size` bytes, and count them for the seat.

        Raises:
            Abandoned: the window was closed.
        """
        with self._changed:
            self._waiting += 1
            try:
                while not self._allows(seat, size):
                    self._changed.wait()
            finally:
                self._waiting -= 1
            if self._closed:
                raise Abandoned
            self._count(seat, size)

    def admit(self, seat: Seat, size: int) -> None:
        """Count bytes that are in memory already."""
        if size:
            with self._changed:
                self._count(seat, size)

    def leave(self, seat: Seat, first: Seat | None) -> None:
        """Give back what the first seat held; `first` is the first one now."""
        self.first = first
        if seat.size or self._waiting:
            with self._changed:
                self._count(seat, 0)
                self._changed.notify_all()

    def close(self) -> None:
        """Let nobody wait any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _allows(self, seat: Seat, size: int) -> bool:
        fits = self._held + size - seat.size <= self._bytes_max
        return fits or seat is self.first or self._closed

    def _count(self, seat: Seat, size: int) -> None:
        self._held += size - seat.size
        seat.size = size
