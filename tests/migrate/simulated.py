"""A service with a limit, and a run that asks it, in time that takes no time."""

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from migrate.limits import NO_LIMITS, Limits
from migrate.throttle import Throttle, Turn


@dataclass
class Clock:
    """Time that goes on when it is told to."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class Service:
    """Delivers up to `cap(seconds)` requests a second, and a tenth of a second's worth at once."""

    cap: Callable[[float], float]
    noise: float = 0.0
    tokens: float = float("inf")
    filled: float = 0.0
    allowed: float = 0.0
    chance: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311 - no secret

    def takes(self, now: float) -> bool:
        cap = self.cap(now)
        gained = (now - self.filled) * cap
        self.allowed += gained
        self.tokens = min(self.tokens + gained, max(0.1 * cap, 1))
        self.filled = now
        if self.chance.random() < self.noise or self.tokens < 1:
            return False
        self.tokens -= 1
        return True


@dataclass
class Course:
    """What came of a simulated run."""

    allowed: float = 0.0
    starts: list[float] = field(default_factory=list)
    delivered: list[float] = field(default_factory=list)
    refused: int = 0
    rate: float = 0.0

    @property
    def delivered_share(self) -> float:
        return len(self.delivered) / self.allowed

    @property
    def refused_share(self) -> float:
        return self.refused / (self.refused + len(self.delivered))


def course(
    cap: Callable[[float], float] | float,
    *,
    seconds: float,
    latency: float = 0.02,
    noise: float = 0.0,
    concurrency: int = 64,
    limits: Limits = NO_LIMITS,
    size: int = 0,
) -> Course:
    """Ask a service for so long, at most `concurrency` requests at once."""
    clock = Clock()
    began = clock.now
    throttle = Throttle(limits=limits, clock=clock)
    given = cap if callable(cap) else lambda _: cap
    service = Service(given, noise)
    chance = random.Random(2)  # noqa: S311 - no secret
    found = Course()
    flying: list[tuple[float, int, Turn, bool]] = []

    def land(until: float) -> None:
        while flying and flying[0][0] <= until:
            landed, _, turn, taken = heapq.heappop(flying)
            clock.now = max(clock.now, landed)
            if taken:
                throttle.deliver(turn)
                found.delivered.append(landed - began)
            else:
                throttle.refuse(turn)
                found.refused += 1
        clock.now = max(clock.now, until)

    while clock.now - began < seconds:
        if len(flying) >= concurrency:
            land(flying[0][0])
        turn = throttle.next_turn(size)
        land(turn.at)
        start = clock.now - began
        found.starts.append(start)
        answer = clock.now + latency * chance.uniform(0.9, 1.2)
        taken = service.takes(start)
        heapq.heappush(flying, (answer, len(found.starts), turn, taken))
    found.allowed, found.rate = service.allowed, throttle.rate
    return found
