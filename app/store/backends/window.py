"""The bounded, ordered window through which `read_many` and `write_many` run on threads."""

import atexit
import threading
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any, Final, Generic, TypeVar, cast

from app.store.errors import StoreError

Item = TypeVar("Item")
Answer = TypeVar("Answer")

_SEATS_PER_CALL: Final = 8
"""A window is wider than its calls, so that threads seldom wait for each other: 8 costs least, measured."""
_SEATS_MAX: Final = 1024

_THREADS_FIRST: Final = 8
"""A service next door needs no more; each further one makes every call dearer (64: by a third, measured)."""
_THREADS_MORE: Final = 4
_FAR_SECONDS: Final = 0.002
"""Calls that all take so long wait for the service, and not for the processor."""
_IDLE_SECONDS: Final = 0.005
"""Who waits so long for an answer, with nothing to do meanwhile, could have more calls on their way."""
_FIRST_SECONDS: Final = 0.05
"""The same for the very first answer: a client is made for it, and connections."""
_FADING: Final = 1.05

_SLOW_SECONDS: Final = 0.001
"""A supply that takes so long for an item is not what fills the window."""


def through_window(
    call: Callable[[Item], Answer], items: Iterable[Item], *, concurrency: int
) -> Iterator[Answer | StoreError]:
    """Yield `call(item)`, or the StoreError that it raised, for each item in order; see `Window`."""
    return Window[Item, Answer](call, concurrency=concurrency).run(items)


class _Seat:
    """One item's place in a window."""

    __slots__ = ("answer", "done", "failure", "item")

    def __init__(self, item: object) -> None:
        self.item = item
        self.answer: object = None
        self.failure: BaseException | None = None
        self.done = False


class Window(Generic[Item, Answer]):
    """Runs calls on threads and yields their answers in the order of their items.

    A bounded number of items has been taken beyond those already answered. A StoreError of a call is its
    answer; any other exception ends the iteration when its turn comes: a bug must look like one. An iteration
    left early waits for the calls that run and starts no further ones.

    It begins with few threads and adds more while all of them wait for a service that is far away: calls next
    door only get in each other's way.

    Args:
        call: gets an item.
        concurrency: how many calls run at once, at most.
    """

    def __init__(self, call: Callable[[Item], Answer], *, concurrency: int) -> None:
        self._call = call
        self._threads_max = concurrency
        self._calls_max = min(concurrency, _THREADS_FIRST)
        self._work: SimpleQueue[_Seat | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._awaited: _Seat | None = None
        self._slow = False
        # Of the last calls: an old one counts for more and more. 0 before the first.
        self._fastest_seconds = 0.0
        self._answered = threading.Condition()

    def run(self, items: Iterable[Item]) -> Iterator[Answer | StoreError]:
        """Yield the answers; once per window."""
        source = iter(items)
        seats: deque[_Seat] = deque()
        _OPEN.add(self)
        try:
            more = True
            while True:
                # By halves: taking one item for each answer would wake a thread for each.
                # And who paces what it supplies wants to know what came of it, not when the window is full.
                paced = self._slow and bool(seats) and seats[0].done
                if more and 2 * len(seats) <= _seats_for(self._calls_max) and not paced:
                    more = self._fill(seats, source)
                if not seats:
                    return
                seat = seats[0]
                self._await(seat, len(seats))
                seats.popleft()
                if seat.failure is not None:
                    raise seat.failure
                answer = cast(Answer, seat.answer)
                # An idle thread still holds its last seat; that must not keep the answer alive.
                seat.answer = None
                yield answer
                # Nor may this, until the next one is there.
                del answer
        finally:
            self.close()

    def close(self) -> None:
        """Start no further call, and wait for those that run."""
        try:
            while True:
                self._work.get_nowait()
        except Empty:
            pass
        for _ in self._threads:
            self._work.put(None)
        for thread in self._threads:
            thread.join()
        self._threads.clear()

    def _fill(self, seats: deque[_Seat], source: Iterator[Item]) -> bool:
        """Take items until the window is full; return whether there may be more."""
        while len(seats) < _seats_for(self._calls_max):
            if 2 * len(seats) >= _seats_for(self._calls_max) and seats[0].done:
                # Everybody has work, and the caller need not wait for a slow supply.
                return True
            asked = monotonic()
            try:
                item = next(source)
            except StopIteration:
                return False
            self._slow = monotonic() - asked > _SLOW_SECONDS
            seat = _Seat(item)
            seats.append(seat)
            self._work.put(seat)
            if len(self._threads) < self._calls_max:
                self._start_thread()
            if self._slow and seats[0].done:
                return True
        return True

    def _start_thread(self) -> None:
        # A daemon: an iteration that nobody ends must not keep the program from ending.
        thread = threading.Thread(target=self._serve, name="store", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _await(self, seat: _Seat, taken: int) -> None:
        """Wait for the answer of the first of so many seats that are taken."""
        while not seat.done:
            seconds = _IDLE_SECONDS if self._fastest_seconds else _FIRST_SECONDS
            with self._answered:
                self._awaited = seat
                # Who answers looks at `_awaited` after it: hence the second look.
                if not seat.done:
                    self._answered.wait(seconds if self._may_widen(taken) else None)
                self._awaited = None
            if not seat.done:
                self._widen()

    def _may_widen(self, taken: int) -> bool:
        return self._calls_max < self._threads_max and taken > self._calls_max

    def _widen(self) -> None:
        if 0 < self._fastest_seconds < _FAR_SECONDS or self._work.empty():
            return
        self._calls_max = min(self._calls_max + _THREADS_MORE, self._threads_max)
        while len(self._threads) < self._calls_max:
            self._start_thread()

    def _serve(self) -> None:
        while (seat := self._work.get()) is not None:
            began = monotonic()
            try:
                seat.answer = self._call(cast(Item, seat.item))
            except StoreError as error:
                seat.answer = error
            except BaseException as failure:  # noqa: BLE001 - raised where the answer is taken
                seat.failure = failure
            seconds = monotonic() - began
            self._fastest_seconds = min(seconds, self._fastest_seconds * _FADING or seconds)
            seat.item = None
            seat.done = True
            # Without the lock: who waits sets `_awaited` before it looks at `done`.
            if self._awaited is seat:
                with self._answered:
                    self._answered.notify()


def _seats_for(calls: int) -> int:
    return min(_SEATS_PER_CALL * calls, max(_SEATS_MAX, 2 * calls))


_OPEN: "weakref.WeakSet[Window[Any, Any]]" = weakref.WeakSet()


@atexit.register
def _close_open_windows() -> None:
    """End the threads of iterations that were never ended, while there still is an interpreter."""
    for window in list(_OPEN):
        window.close()
