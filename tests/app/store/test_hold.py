"""A lease that is held: kept alive, lost, and closed."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from app.store.backends.memory import MemoryStore
from app.store.errors import (
    ConditionFailed,
    LeaseHeld,
    LeaseLost,
    NotFound,
    Unavailable,
    Unsupported,
)
from app.store.extras import Lease
from app.store.keys import Key
from app.store.lease import Hold, RecordLeases, keep_alive, leases_of
from app.store.operations import exists
from app.store.stack import Stack, open_stack

_A = Key("notes/a.md")


class World:
    """One clock for the service and for the holder; waiting moves it, as far as the test lets it."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.until = 0.0
        self.waits: list[float] = []
        self._go = threading.Condition()
        self.backend = MemoryStore(
            clock=lambda: datetime(2026, 11, 25, tzinfo=UTC) + timedelta(seconds=int(self.seconds))
        )
        self.stack = open_stack(self.backend)
        self.stack.write(_A, b"old")

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """What the renewing thread waits with."""
        with self._go:
            self.waits.append(seconds)
            self._go.notify_all()
            while self.seconds + seconds > self.until and not event.is_set():
                # Only to see the event: what happens does not depend on how long this is.
                self._go.wait(0.005)
            if not event.is_set():
                self.seconds += seconds
            return event.is_set()

    def pass_time(self, seconds: float, *, waits: int) -> None:
        """Let time pass, until the renewing thread waits for the `waits`-th time."""
        with self._go:
            self.until = self.seconds + seconds
            self._go.notify_all()
            while len(self.waits) < waits:
                self._go.wait(10)

    def hold(self, seconds_max: float | None, leases: RecordLeases | None = None) -> Hold:
        return keep_alive(
            self.stack,
            leases or leases_of(self.stack),
            _A,
            seconds_max=seconds_max,
            clock=lambda: self.seconds,
            wait=self.wait,
        )

    def taken(self) -> bool:
        try:
            lease = RecordLeases(self.backend).acquire(_A, seconds=10)
        except LeaseHeld:
            return True
        RecordLeases(self.backend).release(lease)
        return False


@pytest.fixture
def world() -> Iterator[World]:
    yield World()
    assert [thread.name for thread in threading.enumerate() if "lease of" in thread.name] == []


@pytest.fixture
def stack(world: World) -> Stack:
    return world.stack


def test_a_holder_writes_and_others_do_not(world: World, stack: Stack) -> None:
    with world.hold(30) as hold:
        with pytest.raises(LeaseHeld):
            stack.write(_A, b"other")
        hold.write(b"one")
        hold.write(b"two")
    stack.write(_A, b"three")

    assert stack.read(_A).data == b"three"


def test_a_short_hold_needs_no_thread_and_ends_by_itself(world: World) -> None:
    hold = world.hold(30)
    assert not any("lease of" in thread.name for thread in threading.enumerate())
    world.seconds = 31

    assert not world.taken()
    with pytest.raises(LeaseLost):
        hold.write(b"late")
    hold.close()


def test_a_hold_without_end_is_renewed_until_it_is_closed(world: World) -> None:
    hold = world.hold(None)
    world.pass_time(300, waits=16)
    assert world.waits[:3] == [20.0, 20.0, 20.0]
    assert world.taken()
    hold.write(b"still mine")
    hold.close()
    hold.close()

    assert not world.taken()
    with pytest.raises(LeaseLost, match="released"):
        hold.write(b"late")


def test_a_hold_longer_than_a_lease_ends_in_time(world: World) -> None:
    hold = world.hold(100)
    world.pass_time(90, waits=5)
    assert world.taken()
    with world._go:
        world.until = 1000
    _ended(hold)

    assert world.seconds == 100
    assert not world.taken()
    with pytest.raises(LeaseLost, match="time"):
        hold.write(b"late")
    hold.close()


def test_a_lost_hold_says_so_before_it_asks(world: World, stack: Stack) -> None:
    hold = world.hold(None)
    leases_of(stack).break_lease(_A)
    another = leases_of(stack).acquire(_A, seconds=10_000)
    stack.write(_A, b"newer", lease=another.id)
    with pytest.raises(LeaseLost):
        hold.write(b"stale")
    with world._go:
        world.until = 30
    _ended(hold)

    with pytest.raises(LeaseLost, match="lost"):
        hold.expect_held()
    hold.close()
    assert stack.read(_A).data == b"newer"
    assert leases_of(stack).renew(another).id == another.id


def test_a_hold_survives_renewals_that_get_no_answer(world: World) -> None:
    class Flaky(RecordLeases):
        failures = 2

        def renew(self, lease: Lease) -> Lease:
            if self.failures:
                self.failures -= 1
                raise Unavailable("no answer")
            return super().renew(lease)

    hold = world.hold(None, Flaky(world.backend))
    world.pass_time(100, waits=6)

    assert world.taken()
    hold.write(b"still mine")
    hold.close()


def test_a_stale_holder_never_replaces_newer_content(world: World, stack: Stack) -> None:
    hold = world.hold(30)
    # A client that looks at no record: what only the condition stops.
    world.backend.write(_A, b"foreign")
    for change in (lambda: hold.write(b"stale"), hold.delete):
        with pytest.raises(ConditionFailed):
            change()
    assert stack.read(_A).data == b"foreign"
    hold.saw(stack.stat(_A).version)
    hold.write(b"after a look")

    assert stack.read(_A).data == b"after a look"
    hold.close()


def test_a_hold_ends_with_what_it_holds(world: World, stack: Stack) -> None:
    hold = world.hold(None)
    hold.delete()

    assert not exists(stack, _A)
    with pytest.raises(LeaseLost):
        hold.write(b"late")
    stack.write(_A, b"anew")
    stack.write(_A, b"again")
    hold.close()


def test_a_hold_needs_a_blob_and_a_store_whose_writers_heed_it(world: World) -> None:
    leases = leases_of(world.stack)
    with pytest.raises(NotFound):
        keep_alive(world.stack, leases, Key("none"), seconds_max=10)
    with pytest.raises(Unsupported, match="open_stack"):
        keep_alive(world.backend, leases, _A, seconds_max=10)
    with pytest.raises(ValueError, match="some time"):
        keep_alive(world.stack, leases, _A, seconds_max=0)

    assert not world.taken()


def test_a_release_without_an_answer_is_left_to_the_clock(world: World) -> None:
    class Silent(RecordLeases):
        def release(self, lease: Lease) -> None:
            raise Unavailable("no answer")

    hold = world.hold(30, Silent(world.backend))
    hold.close()

    assert world.taken()
    world.seconds = 31
    assert not world.taken()


def _ended(hold: Hold) -> None:
    """Wait until the renewing thread has nothing to renew any more."""
    assert hold._thread
    hold._thread.join(10)
