"""What a build says about itself is true as it goes: its share done, and the time left."""

import pytest

from infra.engine import Progress
from infra.engine.course import Course, Stage

STAGES = (
    Stage("modules", "host", 10),
    Stage("compile", "host", 40, (0, 0.2, 1)),
    Stage("compile", "pulumi", 150),
)
PIECES = 50


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def build(*, slowness: float = 1, cores: int = 2, cached: bool = False) -> list[Progress]:
    """Return the events of a build that goes as it was measured, times `slowness`."""
    clock, events = Clock(), list[Progress]()
    course = Course(STAGES, events.append, clock=clock, cores=cores)
    for stage in STAGES:
        with course.stage(PIECES) as advance:
            for piece in range(0 if cached else PIECES):
                share = stage.share(piece + 1, PIECES) - stage.share(piece, PIECES)
                clock.now += stage.seconds * share * slowness
                advance()
    return events


@pytest.mark.parametrize("cached", [False, True])
def test_the_share_done_rises_from_nothing_to_all(cached: bool) -> None:
    fractions = [event.fraction for event in build(cached=cached)]

    assert fractions[0] == 0
    assert fractions == sorted(fractions)
    assert fractions[-1] == pytest.approx(1)


@pytest.mark.parametrize("slowness", [0.5, 1, 3])
def test_a_quarter_into_a_build_the_time_left_is_right_within_a_third(slowness: float) -> None:
    events = build(slowness=slowness)
    end = events[-1].elapsed_seconds

    late = [event for event in events if event.fraction >= 0.25]

    assert late
    for event in late:
        left = end - event.elapsed_seconds
        assert event.remaining_seconds == pytest.approx(left, rel=1 / 3, abs=1e-6)


def test_nothing_is_left_at_the_end() -> None:
    assert build()[-1].remaining_seconds == pytest.approx(0)


def test_a_machine_with_more_cores_is_promised_less_time() -> None:
    few, many = build(cores=1)[0], build(cores=4)[0]

    assert few.remaining_seconds is not None
    assert many.remaining_seconds is not None
    assert many.remaining_seconds < few.remaining_seconds


def test_an_event_is_a_sentence_with_numbers_and_time() -> None:
    event = Progress("compile", "pulumi 3.259.0", 512, 1683, 0.4, 60, 150)

    assert event.sentence == "compiling pulumi 3.259.0, 512 of 1683, about 2 minutes left"
