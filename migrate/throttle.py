"""How fast the service wants us to go: a rate of requests that follows what it delivers and refuses."""

import math
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final

from app.store.values import value
from migrate.limits import NO_LIMITS, Limits

RATE_FIRST: Final = 1000.0
"""Requests per second before anything is known: what a service allows is found within a second."""
RATE_MIN: Final = 5.0
"""While a service refuses everything it is still asked so often, to find out when it has recovered."""

_RATE_HIGH: Final = 1200.0
"""A service that takes so much may take anything: the search hurries."""

_LATE_SECONDS_MAX: Final = 0.02
"""Places that nobody took are made up for so long, and then lost: no burst after a pause."""

_SEARCH_SECONDS: Final = 0.02
"""While no limit is known. Up to 1,000 requests per second a trial's requests take longer than that."""
_TRIAL_SECONDS: Final = 0.1
_TRIAL_SECONDS_MAX: Final = 0.5
_TRIAL_REQUESTS_MIN: Final = 20
_ANSWER_SECONDS_MAX: Final = 10.0
_HOPELESS_REQUESTS: Final = 20

_TOLERATED: Final = 0.02
"""A share of refusals that is no reason to slow down."""
_TOLERATED_SEARCHING: Final = 0.05
"""The same before a limit is known: beyond it the next trial has a third refused, or half."""
_BELOW_CEILING: Final = 0.97
_STEP_BELOW, _STEP_ABOVE, _STEP_MAX = 0.015, 0.015, 0.25
_ASKED: Final = 3
_CEILINGS: Final = 3
_NOISE_MAX: Final = 0.15
_NOISE_KEPT: Final = 0.8


@value(frozen=True, slots=True)
class Turn:
    """One request's place in the order.

    Attributes:
        at: when it may start, by the throttle's clock.
        trial: the trial in which its outcome counts; 0 is none.
    """

    at: float
    trial: int = 0


class _Trial:
    """Requests sent at one rate, judged when their outcomes are known."""

    def __init__(self, number: int, seconds: float) -> None:
        self.number = number
        self._seconds = seconds
        self._began = self.ended = 0.0
        self._started = self.delivered = self.refused = 0
        self._open = True

    def admit(self, at: float) -> bool:
        """Count a request that starts at `at`, or end with it; return whether it was counted."""
        if not self._open:
            return False
        if not self._started:
            self._began = at
        seconds = at - self._began
        enough = seconds >= self._seconds and self._started >= _TRIAL_REQUESTS_MIN
        if self._started and (enough or seconds >= _TRIAL_SECONDS_MAX or self._hopeless):
            self._open, self.ended = False, at
            return False
        self._started += 1
        return True

    @property
    def answered(self) -> int:
        """How many outcomes are known."""
        return self.delivered + self.refused

    @property
    def complete(self) -> bool:
        """Whether it can be judged: what is still in flight would not change a clear answer."""
        return not self._open and (self.answered >= self._started or self._hopeless)

    @property
    def asked_per_second(self) -> float:
        """The rate at which requests really started."""
        return self._started / self.seconds

    @property
    def seconds(self) -> float:
        """How long requests were admitted."""
        return max(self.ended - self._began, 1e-6)

    @property
    def _hopeless(self) -> bool:
        return self.refused >= _HOPELESS_REQUESTS and self.refused >= self.answered / 3


class Throttle:
    """Says when the next request may start, and learns from what becomes of requests. Thread-safe.

    The rate is tried in trials: a tenth of a second of requests whose outcomes are awaited before the next
    trial begins, so that answers that are late are never taken for answers to another rate.

    - Until something is refused, each trial is 40 % faster than the one before; twice as fast where that is
      little, or already more than most services refuse.
    - If more is refused than is tolerated, the rate becomes a little less than what was *delivered*: that is
      the service's limit, whatever the rate was. From there it grows slowly up to the limit, and beyond it in
      steps that double: either the service refuses some at once, or the limit has moved.
    - What is refused below the limit is noise, and tolerated above it too: slowing down would not end it.
    - If everything is refused, the rate falls quickly to `RATE_MIN`, and doubles once something is delivered.
    - A run that asks more slowly than it might learns nothing, and changes nothing.

    Args:
        limits: never exceeded, whatever the service would take.
        clock: seconds, monotonic.
    """

    def __init__(
        self, *, limits: Limits = NO_LIMITS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate_max = limits.requests_per_second_max or float("inf")
        self._bytes_max = limits.bytes_per_second_max
        self._clock = clock
        self._lock = threading.Lock()
        self._rate = min(RATE_FIRST, self._rate_max)
        self._next = self._next_bytes = clock()
        self._refusing_since: float | None = None
        self._trial = _Trial(1, _SEARCH_SECONDS)
        self._ceiling: float | None = None
        self._ceilings: deque[float] = deque(maxlen=_CEILINGS)
        self._asked: deque[float] = deque(maxlen=_ASKED)
        self._step = _STEP_ABOVE
        self._settled = True
        self._below_answered = self._below_refused = 0.0
        self.delivered_count = self.refused_count = 0

    @property
    def rate(self) -> float:
        """Requests per second that may start now."""
        return self._rate

    @property
    def limit(self) -> float | None:
        """Requests per second that the service was found to take at most; None where it refused nothing."""
        return self._ceiling

    @property
    def limits_bytes(self) -> bool:
        """Whether bytes per second are limited."""
        return self._bytes_max is not None

    @property
    def silent_seconds(self) -> float:
        """For how long the service has refused everything; 0 when it delivered last."""
        since = self._refusing_since
        return 0.0 if since is None else self._clock() - since

    def now(self) -> float:
        """Return the time by this throttle's clock."""
        return self._clock()

    def seconds_until(self, at: float) -> float:
        """Return how long it is until a time of this throttle's clock; below 0 if it has passed."""
        return at - self._clock()

    def next_turn(self, size: int = 0) -> Turn:
        """Take the next place, for a request that carries `size` bytes."""
        with self._lock:
            now = self._clock()
            at = self._next = max(self._next, now - _LATE_SECONDS_MAX)
            self._next += 1 / self._rate
            at = max(at, self._take_bytes(size, now), now)
            trial = self._trial
            counted = trial.admit(at)
            if not counted and (trial.complete or now - trial.ended > _ANSWER_SECONDS_MAX):
                self._judge(trial)
                trial = self._trial
                counted = trial.admit(at)
            return Turn(at, trial.number if counted else 0)

    def bytes_turn(self, size: int) -> float:
        """Return when `size` more bytes of a request that has begun may be sent."""
        with self._lock:
            return self._take_bytes(size, self._clock())

    def deliver(self, turn: Turn) -> None:
        """Learn that the service took the request, whatever it said to it."""
        with self._lock:
            self.delivered_count += 1
            self._refusing_since = None
            if turn.trial == self._trial.number:
                self._trial.delivered += 1

    def refuse(self, turn: Turn, *, retry_after_seconds: float = 0.0) -> None:
        """Learn that the service was too busy for the request.

        Args:
            turn: the request's.
            retry_after_seconds: how long the service asks to wait. While it refuses everything all wait so
                long; one that refuses some takes others meanwhile.
        """
        with self._lock:
            self.refused_count += 1
            if self._refusing_since is None:
                self._refusing_since = self._clock()
            elif retry_after_seconds:
                self._next = max(self._next, self._clock() + retry_after_seconds)
            if turn.trial == self._trial.number:
                self._trial.refused += 1

    def _take_bytes(self, size: int, now: float) -> float:
        if self._bytes_max is None or not size:
            return now
        at = self._next_bytes = max(self._next_bytes, now - _LATE_SECONDS_MAX)
        self._next_bytes += size / self._bytes_max
        return at

    def _judge(self, trial: _Trial) -> None:
        if trial.complete:  # else answers take so long that they say nothing about the rate
            self._learn(trial)
        seconds = _SEARCH_SECONDS if self._ceiling is None else _TRIAL_SECONDS
        self._trial = _Trial(trial.number + 1, seconds)

    def _learn(self, trial: _Trial) -> None:
        share = trial.refused / trial.answered
        self._asked.append(trial.asked_per_second)
        if self._settled and len(self._ceilings) > 1 and self._rate < min(self._ceilings):
            self._below_answered = _NOISE_KEPT * self._below_answered + trial.answered
            self._below_refused = _NOISE_KEPT * self._below_refused + trial.refused
        noise = self._noise()
        # So much more than the noise is in all likelihood no noise.
        tolerated = _TOLERATED_SEARCHING if self._ceiling is None else _TOLERATED
        margin = max(tolerated, 2 * math.sqrt(noise / trial.answered))
        if share > noise + margin:
            # A machine that stumbles asks less, and then in a burst that is refused: what it asked before
            # counts too.
            tried = max(trial.asked_per_second, min(self._rate, max(self._asked)))
            self._slow_down((1 - share) * tried)
        elif trial.asked_per_second >= 0.8 * self._rate:
            self._speed_up()
        self._settled = share <= noise + margin
        self._rate = min(max(self._rate, RATE_MIN), self._rate_max)

    def _noise(self) -> float:
        if not self._below_refused:
            return 0.0
        return min(self._below_refused / self._below_answered, _NOISE_MAX)

    def _slow_down(self, delivered_per_second: float) -> None:
        self._step = _STEP_ABOVE
        self._next = max(self._next, self._clock())  # what was late at the old rate is not made up
        # What is delivered at the lowest rate is no limit that was found, but the end of an outage.
        if delivered_per_second and self._rate > 2 * RATE_MIN:
            self._ceiling = delivered_per_second
            self._ceilings.append(self._ceiling)
            self._rate = _BELOW_CEILING * self._ceiling
        else:
            self._ceiling, self._rate = None, self._rate / 8
            self._ceilings.clear()

    def _speed_up(self) -> None:
        if self._ceiling is None:
            self._rate *= 1.4 if RATE_FIRST <= self._rate < _RATE_HIGH else 2
        elif self._rate < self._ceiling:
            self._rate *= 1 + _STEP_BELOW
        else:
            self._rate *= 1 + self._step
            self._step = min(2 * self._step, _STEP_MAX)
