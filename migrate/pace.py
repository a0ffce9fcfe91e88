"""The pace of a run: waits for the throttle's turns, and keeps what a busy service refused for later."""

import heapq
import io
import random
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import BinaryIO, Final

from app.store.contract import BlobInfo, Content, Source
from app.store.errors import Busy, StoreError, Unavailable
from migrate.plan import Step
from migrate.reading import LARGE_BYTES_MIN, WHOLE_BYTES_MAX
from migrate.refusals import Stopped
from migrate.throttle import Throttle, Turn

TRIES_MAX: Final = 12
"""How often one file is sent to a service that is too busy for it."""

SILENT_SECONDS_MAX: Final = 60.0
"""A service that refuses everything for so long is not busy: its refusals are failures."""

_PAUSE_SECONDS_MIN: Final = 0.1
_PAUSE_SECONDS_MAX: Final = 8.0
_EARLY_SECONDS: Final = 0.002
"""Turns are taken early by so much: a sleep for each request would cost more than the request."""
_NAP_SECONDS: Final = 0.1
_PART_BYTES: Final = 1 << 20


class Pace:
    """Lets a run's writes start when the throttle says so, and tells it what became of them.

    Args:
        throttle: shared by all that writes to one service.
        sleep: waits so many seconds.
        keep_going: called while waiting; raises Stopped to end the run.
        chance: spreads what is tried again.
    """

    def __init__(
        self,
        throttle: Throttle,
        *,
        sleep: Callable[[float], None] = time.sleep,
        keep_going: Callable[[], None],
        chance: random.Random | None = None,
    ) -> None:
        self._throttle = throttle
        self._sleep = sleep
        self._keep_going = keep_going
        self._chance = chance or random.Random()  # noqa: S311 - spreads load, keeps no secret
        self._numbers = count()
        self._refused: list[tuple[float, int, Step]] = []
        self._tries: dict[bytes, int] = {}

    def await_turn(self, content: Content) -> Turn:
        """Return when a write of this content may start.

        Raises:
            Stopped: the run is to end.
        """
        # Large content is paced where it is read: a whole file ahead would be no pace.
        turn = self._throttle.next_turn(len(content) if isinstance(content, bytes) else 0)
        wait = self._throttle.seconds_until(turn.at)
        if wait > _EARLY_SECONDS:
            self._nap(wait)
        return turn

    @property
    def whole_bytes_max(self) -> int:
        """What is read at once: a limit of bytes is kept between the parts of a file."""
        return LARGE_BYTES_MIN - 1 if self._throttle.limits_bytes else WHOLE_BYTES_MAX

    def paced(self, content: Content) -> Content:
        """Return the content; one that is read while it is sent is read no faster than the limit."""
        if isinstance(content, bytes) or not self._throttle.limits_bytes:
            return content
        return Source(content.size, lambda: self._reopened(content))

    def learn(self, step: Step, turn: Turn, answer: BlobInfo | StoreError) -> None:
        """Tell the throttle what became of a write."""
        if isinstance(answer, Unavailable):
            self._throttle.refuse(turn, retry_after_seconds=_asked(answer))
        elif not isinstance(answer, Stopped):
            self._throttle.deliver(turn)
            if self._tries:
                self._tries.pop(step.entry.path, None)

    def try_later(self, step: Step, error: StoreError) -> bool:
        """Keep a refused step to be tried again; return False if that would be no use any more."""
        tries = self._tries.get(step.entry.path, 1)
        if tries >= TRIES_MAX or self._throttle.silent_seconds > SILENT_SECONDS_MAX:
            return False
        self._tries[step.entry.path] = tries + 1
        pause = min(_PAUSE_SECONDS_MIN * 2 ** (tries - 1), _PAUSE_SECONDS_MAX)
        due = self._throttle.now() + max(pause * self._chance.uniform(0.5, 1.5), _asked(error))
        heapq.heappush(self._refused, (due, next(self._numbers), step))
        return True

    @property
    def has_refused(self) -> bool:
        """Whether steps wait to be tried again."""
        return bool(self._refused)

    @property
    def refused_count(self) -> int:
        """How many writes were refused so far."""
        return self._throttle.refused_count

    def with_refused(self, decided: Iterable[Step]) -> Iterator[Step]:
        """Yield steps, and between them the refused ones whose time has come."""
        for step in decided:
            while self._refused and self._refused[0][0] <= self._throttle.now():
                yield heapq.heappop(self._refused)[2]
            yield step

    def all_refused(self) -> Iterator[Step]:
        """Yield all refused steps, each when its time has come."""
        while self._refused:
            self._nap(self._throttle.seconds_until(self._refused[0][0]))
            yield heapq.heappop(self._refused)[2]

    def _nap(self, seconds: float) -> None:
        # Counted down, not looked up: a sleep that takes no time must not make this go on for ever.
        while seconds > 0:
            self._keep_going()
            self._sleep(min(seconds, _NAP_SECONDS))
            seconds -= _NAP_SECONDS

    @contextmanager
    def _reopened(self, content: Source) -> Iterator[BinaryIO]:
        with content.reopen() as stream:
            raw = _PacedStream(stream, self._await_bytes)
            with io.BufferedReader(raw, _PART_BYTES) as paced:
                yield paced

    def _await_bytes(self, size: int) -> None:
        self._nap(self._throttle.seconds_until(self._throttle.bytes_turn(size)))


def _asked(error: StoreError) -> float:
    """Return how many seconds the service asks to wait.

    No more than half of what a silence may last: a service may recover sooner than it thought.
    """
    seconds = error.retry_after_seconds if isinstance(error, Busy) else 0.0
    return min(seconds, SILENT_SECONDS_MAX / 2)


class _PacedStream(io.RawIOBase):
    def __init__(self, inner: BinaryIO, pace: Callable[[int], None]) -> None:
        self._inner = inner
        self._pace = pace

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed's is wider
        part = self._inner.read(min(len(buffer), _PART_BYTES))
        self._pace(len(part))
        buffer[: len(part)] = part
        return len(part)
