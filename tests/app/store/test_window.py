"""The window of threads through which bulk verbs run: order, bounds and ends."""

import threading
import weakref
from collections.abc import Iterator
from itertools import count

import pytest

from app.store.backends.window import through_window
from app.store.errors import NotFound


def test_a_bug_ends_the_iteration_in_its_turn() -> None:
    def call(item: int) -> int:
        if item == 3:
            raise ZeroDivisionError
        if item == 1:
            raise NotFound("nothing", key="1")
        return item

    answers = through_window(call, range(100), concurrency=4)
    first = [next(answers) for _ in range(3)]

    assert [first[0], first[2]] == [0, 2]
    assert isinstance(first[1], NotFound)
    with pytest.raises(ZeroDivisionError):
        next(answers)


def test_what_the_supply_raises_ends_the_iteration() -> None:
    def supply() -> Iterator[int]:
        yield 1
        raise KeyError("gone")

    with pytest.raises(KeyError):
        list(through_window(lambda item: item, supply(), concurrency=4))


def test_an_answer_that_was_taken_is_held_by_nobody() -> None:
    class Answer:
        """Something that can be referred to weakly."""

    answers = through_window(lambda item: Answer(), range(20), concurrency=4)
    taken = [weakref.ref(next(answers)) for _ in range(5)]

    # The fifth is still in its iteration's hands: it is let go with the next one.
    assert [reference() for reference in taken[:4]] == [None] * 4


def test_an_iteration_left_early_starts_no_further_calls_and_leaves_no_thread() -> None:
    before = threading.active_count()
    calls: list[int] = []
    answers = through_window(lambda item: calls.append(item), count(), concurrency=4)
    next(answers)
    del answers
    called = len(calls)

    assert threading.active_count() == before
    assert len(calls) == called


def test_who_paces_what_it_supplies_learns_at_once_what_came_of_it() -> None:
    called = threading.Semaphore(0)
    answered = 0
    known: list[int] = []

    def call(item: int) -> int:
        called.release()
        return item

    def supply() -> Iterator[int]:
        for number in range(40):
            known.append(number - answered)
            # So long that every call before is over: a pace much slower than the calls.
            threading.Event().wait(0.005)
            yield number
            called.acquire()

    for _ in through_window(call, supply(), concurrency=32):
        answered += 1

    assert max(known) < 16


def test_calls_that_wait_for_a_far_service_become_as_many_as_they_may() -> None:
    together = threading.Barrier(40)

    answers = through_window(lambda item: together.wait(timeout=60), range(80), concurrency=40)

    assert len(list(answers)) == 80
