"""The rate finds a service's limit, holds it, follows it, and exceeds no limit of a person."""

from itertools import pairwise

import pytest

from app.terms.answers import UsageRefusal
from migrate.limits import NO_LIMITS, Limits, parse_limits
from migrate.throttle import RATE_MIN, Throttle
from tests.migrate.simulated import Clock, Course, course

_STEPS = (500, 1000, 300, 2000, 800)


def _stepping(seconds: float) -> float:
    return _STEPS[int(seconds / 10) % len(_STEPS)]


@pytest.mark.parametrize("latency", [0.0005, 0.02])
@pytest.mark.parametrize("cap", [300, 1000, 3000])
def test_a_limit_is_found_and_held(cap: float, latency: float) -> None:
    found = course(cap, seconds=20, latency=latency)

    assert found.delivered_share >= 0.95
    assert found.refused_share <= 0.03


def test_late_answers_cost_little() -> None:
    found = course(1000, seconds=20, latency=0.2, concurrency=400)

    assert found.delivered_share >= 0.95
    assert found.refused_share <= 0.06


def test_a_limit_that_moves_is_followed() -> None:
    found = course(_stepping, seconds=50, latency=0.005)

    assert found.delivered_share >= 0.93
    assert found.refused_share <= 0.03


@pytest.mark.parametrize("noise", [0.01, 0.03])
@pytest.mark.parametrize("cap", [300, 3000])
def test_refusals_by_chance_do_not_stop_a_run(cap: float, noise: float) -> None:
    assert course(cap, seconds=30, noise=noise).delivered_share >= 0.8


def test_a_service_that_takes_nothing_is_asked_seldom_and_soon_used_again() -> None:
    def outage(seconds: float) -> float:
        return 0 if 5 <= seconds < 35 else 1000

    found = course(outage, seconds=45)

    assert len(_between(found.starts, 10, 35)) <= 25 * RATE_MIN * 1.1
    assert len(_between(found.delivered, 40, 45)) >= 0.95 * 5 * 1000


def test_a_run_that_asks_slowly_learns_nothing_from_it() -> None:
    found = course(float("inf"), seconds=20, latency=0.1, concurrency=8)

    assert found.refused == 0
    assert found.rate <= 1000


def test_a_fast_service_is_soon_asked_as_fast_as_a_run_can() -> None:
    found = course(float("inf"), seconds=1, latency=0.0005)

    used = [min(len(_between(found.starts, at / 100, (at + 1) / 100)), 60) for at in range(100)]
    assert 1 - sum(used) / 6000 <= 0.15


@pytest.mark.parametrize("limit", [3, 50, 700])
def test_a_limit_of_requests_is_never_exceeded_and_is_used(limit: float) -> None:
    found = course(10_000, seconds=20, limits=Limits(requests_per_second_max=limit))

    assert _most_in_a_second(found) <= limit * 1.05 + 1
    assert len(found.starts) >= 20 * limit * 0.98


def test_a_limit_of_bytes_is_never_exceeded_and_is_used() -> None:
    found = course(10_000, seconds=20, limits=Limits(bytes_per_second_max=1e6), size=10_000)

    assert _most_in_a_second(found) <= 100 * 1.05 + 1
    assert len(found.starts) >= 20 * 100 * 0.98


def test_a_pause_is_not_made_up_for() -> None:
    clock = Clock()
    throttle = Throttle(limits=Limits(requests_per_second_max=100), clock=clock)
    throttle.next_turn()
    clock.now += 60

    at = [throttle.next_turn().at for _ in range(50)]

    assert at[-1] - clock.now >= 0.45


def test_turns_are_in_order() -> None:
    throttle = Throttle(clock=Clock())
    turns = [throttle.next_turn() for _ in range(100)]

    assert all(one.at <= other.at for one, other in pairwise(turns))


@pytest.mark.parametrize(
    ("texts", "limits"),
    [
        ([], NO_LIMITS),
        (["500/s"], Limits(requests_per_second_max=500)),
        (["0.5/s"], Limits(requests_per_second_max=0.5)),
        (["20MB/s"], Limits(bytes_per_second_max=20e6)),
        (["1.5 MiB/s"], Limits(bytes_per_second_max=1.5 * (1 << 20))),
        (["20kb/s", "7/s"], Limits(requests_per_second_max=7, bytes_per_second_max=20e3)),
    ],
)
def test_limits_are_read(texts: list[str], limits: Limits) -> None:
    assert parse_limits(texts) == limits


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        (["fast"], "like 500/s"),
        (["500"], "like 500/s"),
        (["-1/s"], "like 500/s"),
        (["20Mbit/s"], "like 500/s"),
        (["inf/s"], "like 500/s"),
        (["0/s"], "would move nothing"),
        (["0.0MB/s"], "would move nothing"),
        (["1/s", "2/s"], "second limit of requests"),
        (["1MB/s", "2kB/s"], "second limit of bytes"),
    ],
)
def test_what_is_no_limit_is_refused_with_a_sentence(texts: list[str], sentence: str) -> None:
    with pytest.raises(UsageRefusal, match=sentence) as caught:
        parse_limits(texts)

    assert caught.value.exit_code == 2


def _between(times: list[float], begin: float, end: float) -> list[float]:
    return [time for time in times if begin <= time < end]


def _most_in_a_second(found: Course) -> int:
    return max(len(_between(found.starts, begin, begin + 1)) for begin in range(19))
