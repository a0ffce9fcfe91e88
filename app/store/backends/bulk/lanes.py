"""The bounded, ordered window through which `read_many` and `write_many` speak to a service."""

import heapq
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from time import monotonic
from typing import Any, Final, Generic, TypeVar

from app.store.backends.bulk.conversation import Conversation, Elsewhere, Hold, Pause, Step
from app.store.backends.bulk.messages import Request
from app.store.backends.bulk.room import BYTES_MAX, Room, Seat, seats_for
from app.store.backends.bulk.transport import Exchanges
from app.store.errors import StoreError

Item = TypeVar("Item")
Answer = TypeVar("Answer")

_LANES_MIN: Final = 16
"""A service next door needs no more."""
_REQUESTS_PER_SECOND: Final = 10_000
"""What one process can send: farther away, lanes for so much are needed while answers are awaited."""
_TURN_ITEMS_MIN: Final = 8
"""So many items are taken at once before what they say is sent: a turn for each would cost more."""
_TURNS_PER_LANES: Final = 8
"""More of them where there are many lanes: a turn looks at every one."""

_SLOW_SECONDS: Final = 0.001
"""A supply that takes so long for an item is not what fills the window."""

_AWAY_SECONDS: Final = 0.05
"""Who takes the answers is busy with something else if it has not been here for so long."""
_KEEPER_WAITS_SECONDS: Final = 0.01
_THREADS_MAX: Final = 8
_THREADS_WAIT_SECONDS: Final = 0.005
_IDLE_WAIT_SECONDS: Final = 1.0


class Lanes(Generic[Item, Answer]):
    """Holds a conversation for each item and yields their answers in the order of the items.

    All of them go over libcurl's lanes, on the thread that asks for the answers: threads that wait for each
    other would cost more than the requests. While that thread is busy with something else, a keeper moves
    things on. What takes long by itself (`Elsewhere`) has threads of its own.

    A bounded number of items has been taken beyond those already answered, and fewer where they are large:
    that bounds memory. A StoreError of a conversation is its answer; any other exception ends the iteration
    when its turn comes: a bug must look like one. An iteration left early waits for the requests that are on
    their way and starts no further ones.

    It has few lanes where answers come at once, and more the longer even the fastest ones take.

    Args:
        converse: gets an item, its seat, and the room that the seat's bytes are counted in.
        exchanges: that nobody else uses meanwhile.
        concurrency: how many requests are on their way at once, at most.
        size_of: how many bytes an item itself holds.
        bytes_max: see `Room`.
    """

    def __init__(
        self,
        converse: Callable[[Item, Seat, Room], Conversation[Answer]],
        exchanges: Exchanges[Seat],
        *,
        concurrency: int,
        size_of: Callable[[Item], int] = lambda item: 0,
        bytes_max: int = BYTES_MAX,
    ) -> None:
        self._converse = converse
        self._exchanges = exchanges
        self._size_of = size_of
        self._lanes_max = concurrency
        self._lanes = min(concurrency, _LANES_MIN)
        self._room = Room(bytes_max, seats_for(concurrency))
        self._seats: deque[Seat] = deque()
        self._ready: deque[tuple[Request, Seat]] = deque()
        self._paused: list[tuple[float, int, Seat]] = []
        self._held: deque[tuple[int, Seat]] = deque()
        self._numbers = count()
        self._threads: ThreadPoolExecutor | None = None
        self._away = 0
        self._returned: deque[tuple[Seat, Any, BaseException | None]] = deque()
        self._landed = threading.Event()
        self._slow = False
        self._lock = threading.Lock()
        # Whether who takes the answers is in here, and when it left.
        self._present = True
        self._left = monotonic()
        self._closing = threading.Event()
        self._keeper: threading.Thread | None = None
        exchanges.keep(concurrency)

    def run(self, items: Iterable[Item]) -> Iterator[Answer | StoreError]:
        """Yield the answers; once per window."""
        source = iter(items)
        seats = self._seats
        try:
            more = True
            while True:
                # By halves: fewer turns. But who paces what it supplies wants to know what came of it.
                paced = self._slow and bool(seats) and seats[0].done
                if more and 2 * len(seats) <= seats_for(self._lanes) and not paced:
                    more = self._fill(source)
                if not seats:
                    return
                while not seats[0].done:
                    self._turn(wait=True)
                seat = seats.popleft()
                self._leave(seat)
                if seat.failure is not None:
                    raise seat.failure
                answer: Answer | StoreError = seat.answer
                seat.answer = None
                self._left, self._present = monotonic(), False
                yield answer
                self._present = True
                # It must not be held until the next one is there.
                del answer, seat
        finally:
            self.close()

    def close(self) -> None:
        """Start nothing more, and wait for what is on its way."""
        with self._lock:
            # From here on the keeper moves nothing.
            self._closing.set()
        self._ready.clear()
        if self._threads:
            self._threads.shutdown(cancel_futures=True)
        with self._lock:
            while len(self._exchanges):
                # Nobody goes on with them: only their end is waited for.
                if not self._exchanges.finished():
                    self._exchanges.wait(_IDLE_WAIT_SECONDS)
        for seat in self._seats:
            if seat.conversation:
                seat.conversation.close()
        self._seats.clear()
        if self._keeper:
            self._keeper.join()

    def _fill(self, source: Iterator[Item]) -> bool:
        """Take items until the window is full; return whether there may be more."""
        seats, taken = self._seats, 0
        seats_max = seats_for(self._lanes)
        turn_items = max(_TURN_ITEMS_MIN, self._lanes // _TURNS_PER_LANES)
        while len(seats) < seats_max and not (seats and (self._room.full or self._held)):
            if taken and 2 * len(seats) >= seats_max and seats[0].done:
                # Everybody has work, and the caller need not wait for a slow supply.
                return True
            asked = self._left = monotonic()
            self._present = False
            try:
                item = next(source)
            except StopIteration:
                self._turn(wait=False)
                return False
            finally:
                self._present = True
            self._slow = monotonic() - asked > _SLOW_SECONDS
            self._begin(item)
            taken += 1
            if self._slow or not taken % turn_items:
                self._turn(wait=False)
            if self._slow and seats[0].done:
                return True
        return True

    def _begin(self, item: Item) -> None:
        seat = Seat()
        with self._lock:
            self._room.count(seat, self._size_of(item))
            if not self._seats:
                self._room.first = seat
            self._seats.append(seat)
            seat.conversation = self._converse(item, seat, self._room)
            self._go_on(seat, None)

    def _leave(self, seat: Seat) -> None:
        with self._lock:
            self._room.leave(seat, self._seats[0] if self._seats else None)
            while self._held and self._room.fits(self._held[0][1], self._held[0][0]):
                self._go_on(self._held.popleft()[1], None)
            # Its bytes may stand behind others' that must wait for it to leave.
            for held in self._held:
                if held[1] is self._room.first:
                    self._held.remove(held)
                    self._room.count(held[1], held[0])
                    self._go_on(held[1], None)
                    break

    def _turn(self, *, wait: bool) -> None:
        """Send and receive what can be; wait for something if asked to and there is nothing."""
        with self._lock:
            if not self._move() and wait:
                self._wait()
        if self._keeper is None and len(self._exchanges):
            # A daemon: an iteration that nobody ends must not keep the program from ending.
            self._keeper = threading.Thread(target=self._keep, name="store-keeper", daemon=True)
            self._keeper.start()

    def _move(self) -> bool:
        """Go on wherever something came; return whether something did."""
        moved = False
        while self._returned:
            seat, came, failure = self._returned.popleft()
            self._away -= 1
            self._go_on(seat, came, failure)
            moved = True
        while self._paused and self._paused[0][0] <= monotonic():
            self._go_on(heapq.heappop(self._paused)[2], None)
            moved = True
        self._start_ready()
        for seat, came in self._exchanges.finished():
            self._go_on(seat, came)
            moved = True
        if moved and self._ready:
            self._start_ready()
        return moved

    def _start_ready(self) -> None:
        if self._ready and len(self._exchanges) >= self._lanes:
            wanted = int(_REQUESTS_PER_SECOND * self._exchanges.fastest_seconds)
            self._lanes = min(max(wanted, _LANES_MIN), self._lanes_max)
        while self._ready and len(self._exchanges) < self._lanes:
            request, seat = self._ready.popleft()
            try:
                self._exchanges.start(request, seat)
            except Exception as failure:  # noqa: BLE001 - goes on in the conversation
                self._go_on(seat, None, failure)

    def _go_on(self, seat: Seat, came: Any, failure: BaseException | None = None) -> None:
        conversation: Conversation[Answer] = seat.conversation
        try:
            step = conversation.throw(failure) if failure else conversation.send(came)
        except StopIteration as end:
            seat.answer = end.value
        except StoreError as error:
            seat.answer = error
        except Exception as error:  # noqa: BLE001 - raised where the answer is taken
            seat.failure = error
        else:
            self._take(step, seat)
            return
        seat.conversation = None
        seat.done = True

    def _take(self, step: Step, seat: Seat) -> None:
        match step:
            case Request():
                self._ready.append((step, seat))
            case Pause():
                due = monotonic() + step.seconds
                heapq.heappush(self._paused, (due, next(self._numbers), seat))
            case Hold():
                if self._room.fits(seat, step.size):
                    self._go_on(seat, None)
                else:
                    self._held.append((step.size, seat))
            case Elsewhere():
                self._send_away(step, seat)

    def _send_away(self, step: Elsewhere, seat: Seat) -> None:
        if self._threads is None:
            workers = min(_THREADS_MAX, self._lanes_max)
            self._threads = ThreadPoolExecutor(workers, thread_name_prefix="store")
        self._away += 1
        self._threads.submit(self._call, step, seat)

    def _call(self, step: Elsewhere, seat: Seat) -> None:
        try:
            self._returned.append((seat, step.call(), None))
        except BaseException as failure:  # noqa: BLE001 - goes on in the conversation
            self._returned.append((seat, None, failure))
        self._landed.set()

    def _wait(self) -> None:
        seconds = _IDLE_WAIT_SECONDS
        if self._paused:
            seconds = max(0.0, min(seconds, self._paused[0][0] - monotonic()))
        if not len(self._exchanges):
            self._landed.wait(seconds)
            self._landed.clear()
            return
        if self._away:
            seconds = min(seconds, _THREADS_WAIT_SECONDS)
        self._exchanges.wait(seconds)

    def _keep(self) -> None:
        """Move things on while who takes the answers is away."""
        while not self._closing.wait(_AWAY_SECONDS):
            while self._is_away():
                with self._lock:
                    if self._closing.is_set() or not len(self._exchanges):
                        break
                    if not self._move():
                        self._exchanges.wait(_KEEPER_WAITS_SECONDS)

    def _is_away(self) -> bool:
        return not self._present and monotonic() - self._left >= _AWAY_SECONDS
