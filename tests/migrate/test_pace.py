"""A run keeps its pace, and a service that is too busy for a file gets it again."""

import threading
from collections import Counter

import pytest

from app.store.errors import Busy, Unavailable
from app.store.keys import Key
from migrate.limits import Limits
from migrate.outage import FAILURES_MAX
from migrate.outcomes import Cause, Result
from migrate.pace import SILENT_SECONDS_MAX, TRIES_MAX
from migrate.reading import LARGE_BYTES_MIN
from migrate.refusals import DestinationFailed, Stopped
from migrate.stop import Stop
from migrate.throttle import Throttle
from tests.migrate.scene import Scene, Watched, contents, plant
from tests.migrate.simulated import Clock

_FILES = {f"{number:03}": b"x%d" % number for number in range(150)}


class _BusyStore(Watched):
    """Refuses some writes: those for which `refuses` says so, told how often this key was tried."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene.store)
        self.tried: Counter[str] = Counter()
        self.before_write = self._refuse

    def refuses(self, key: Key) -> bool:
        return self.tried[key] == 1

    def _refuse(self, key: Key) -> None:
        self.tried[key] += 1
        if self.refuses(key):
            raise Busy(f"{key}: it said SlowDown", key=key)


def test_what_is_refused_is_sent_again_and_is_no_failure(scene: Scene) -> None:
    plant(scene.root, _FILES)
    store = _BusyStore(scene)
    summary, notes = scene.run(store=store)

    assert summary.ending == "complete"
    assert summary.refused == len(_FILES)
    assert notes.results() == {Result.COPIED: len(_FILES)}
    assert contents(scene.store) == _FILES
    assert not store.reads


def test_a_refused_write_that_took_effect_is_not_made_twice(scene: Scene) -> None:
    plant(scene.root, _FILES)
    watched = Watched(scene.store)

    def refuse(key: Key) -> None:
        raise Busy(f"{key}: it said SlowDown", key=key)

    watched.after_write = refuse
    summary, _ = scene.run(store=watched)

    assert summary.ending == "complete"
    assert set(watched.writes.values()) == {1}
    assert contents(scene.store) == _FILES


def test_a_refused_replacement_that_took_effect_is_not_made_twice(scene: Scene) -> None:
    plant(scene.root, {"a": b"first"})
    scene.run()
    plant(scene.root, {"a": b"second, longer"})
    watched = Watched(scene.store)

    def refuse(key: Key) -> None:
        raise Busy(f"{key}: it said SlowDown", key=key)

    watched.after_write = refuse
    summary, _ = scene.run(store=watched)

    assert summary.ending == "complete"
    assert watched.writes == {"a": 1}
    assert contents(scene.store) == {"a": b"second, longer"}


def test_a_file_that_stays_refused_is_left_out_and_the_rest_moves(scene: Scene) -> None:
    plant(scene.root, _FILES)

    class Stubborn(_BusyStore):
        def refuses(self, key: Key) -> bool:
            return key == "007"

    store, clock = Stubborn(scene), Clock()
    _, notes = scene.run(store=store, throttle=Throttle(clock=clock), sleep=clock.sleep)

    assert notes.causes() == {"007": Cause.FAILED}
    assert store.tried["007"] == TRIES_MAX
    assert len(contents(scene.store)) == len(_FILES) - 1
    assert scene.run()[0].ending == "complete"


def test_a_service_that_refuses_everything_ends_the_run_after_a_while(scene: Scene) -> None:
    plant(scene.root, {f"{number}": b"x" for number in range(FAILURES_MAX * 60)})

    class Closed(_BusyStore):
        def refuses(self, key: Key) -> bool:
            return True

    store, clock = Closed(scene), Clock()
    began = clock.now

    def refuse(key: Key) -> None:
        raise Unavailable(f"{key}: it said SlowDown", key=key)

    store.before_read = refuse
    with pytest.raises(DestinationFailed, match="in a row"):
        scene.run(store=store, throttle=Throttle(clock=clock), sleep=clock.sleep)

    assert SILENT_SECONDS_MAX <= clock.now - began <= SILENT_SECONDS_MAX + 60
    assert store.tried.total() <= 10 * (clock.now - began)
    assert scene.run()[0].ending == "complete"


def test_nobody_comes_again_before_the_service_said(scene: Scene) -> None:
    plant(scene.root, _FILES)
    clock = Clock()
    asked: list[tuple[float, Key]] = []

    class Appointed(_BusyStore):
        def _refuse(self, key: Key) -> None:
            asked.append((clock.now, key))
            if clock.now < opens:
                raise Busy("it said SlowDown", key=key, retry_after_seconds=opens - clock.now)

    opens = clock.now + 20
    store = Appointed(scene)
    summary, _ = scene.run(store=store, throttle=Throttle(clock=clock), sleep=clock.sleep)

    assert summary.ending == "complete"
    # Those that were on their way when it was first said; nobody asks from then on until it opens.
    before = [moment for moment, _ in asked if moment < opens]
    assert max(before) - min(before) < 1
    assert contents(scene.store) == _FILES


def test_a_run_is_no_faster_than_its_limit_of_requests(scene: Scene) -> None:
    plant(scene.root, _FILES)
    clock = Clock()
    throttle = Throttle(limits=Limits(requests_per_second_max=10), clock=clock)
    began = clock.now
    summary, _ = scene.run(throttle=throttle, sleep=clock.sleep)

    assert summary.ending == "complete"
    assert 14.5 <= clock.now - began <= 16


def test_a_run_is_no_faster_than_its_limit_of_bytes_within_large_files_too(scene: Scene) -> None:
    size = 2 * LARGE_BYTES_MIN
    plant(scene.root, {"large": bytes(size), "small": bytes(LARGE_BYTES_MIN // 8)})
    clock = Clock()
    lock = threading.Lock()
    naps: list[float] = []

    def sleep(seconds: float) -> None:
        with lock:
            clock.sleep(seconds)
            naps.append(seconds)

    throttle = Throttle(limits=Limits(bytes_per_second_max=1e6), clock=clock)
    began = clock.now
    summary, _ = scene.run(throttle=throttle, sleep=sleep)

    assert summary.ending == "complete"
    # Every part of it but the last was waited for.
    assert 15 <= clock.now - began <= 19
    assert max(naps) <= 1


def test_a_stop_is_heeded_while_the_run_waits(scene: Scene) -> None:
    plant(scene.root, _FILES)
    clock, stop = Clock(), Stop()
    began = clock.now

    def sleep(seconds: float) -> None:
        clock.sleep(seconds)
        stop.requested = clock.now - began > 5

    throttle = Throttle(limits=Limits(requests_per_second_max=0.01), clock=clock)
    with pytest.raises(Stopped):
        scene.run(throttle=throttle, sleep=sleep, stop=stop)

    assert clock.now - began < 6
