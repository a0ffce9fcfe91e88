"""The steps of a conversation: what it yields beside requests, and what it gets for them."""

import threading
from collections.abc import Iterator
from time import monotonic

import pytest

from app.store.backends.bulk.conversation import Conversation, Elsewhere, Pause
from app.store.backends.bulk.room import Room, Seat
from app.store.errors import NotFound
from tests.app.store.lane_places import Place, place


@pytest.fixture(scope="module")
def anybody() -> Iterator[Place]:
    """Answers whatever it is asked."""
    with place() as found:
        yield found


def test_what_is_done_elsewhere_is_done_on_another_thread_and_its_failure_comes_back(
    anybody: Place,
) -> None:
    def fail() -> int:
        raise ZeroDivisionError

    def converse(item: int, seat: Seat, room: Room) -> Conversation[object]:
        yield anybody.get(item)
        if item % 2:
            return (yield Elsewhere(threading.current_thread))
        with pytest.raises(ZeroDivisionError):
            yield Elsewhere(fail)
        came = yield anybody.get(item)
        return came.status

    answers = list(anybody.lanes(converse).run(range(20)))

    assert answers[::2] == [200] * 10
    assert threading.current_thread() not in answers
    assert all(isinstance(answer, threading.Thread) for answer in answers[1::2])


def test_a_failure_that_a_conversation_does_not_take_is_its_own(anybody: Place) -> None:
    def fail() -> int:
        raise NotFound("nothing", key="1")

    def converse(item: int, seat: Seat, room: Room) -> Conversation[int]:
        yield Elsewhere(fail)
        return item

    assert [type(answer) for answer in anybody.lanes(converse).run(range(3))] == [NotFound] * 3


def test_a_pause_lasts_as_long_as_it_says_and_holds_nobody_up(anybody: Place) -> None:
    ended: list[int] = []

    def converse(item: int, seat: Seat, room: Room) -> Conversation[float]:
        began = monotonic()
        if item == 0:
            yield Pause(0.05)
            # Whoever came later has long been asked about.
            while len(ended) < 3:
                yield Pause(0.001)
        yield anybody.get(item)
        ended.append(item)
        return monotonic() - began

    first, *_ = anybody.lanes(converse).run(range(4))

    assert isinstance(first, float)
    assert first >= 0.05
    assert ended[-1] == 0
