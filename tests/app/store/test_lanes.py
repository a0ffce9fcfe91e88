"""The lanes through which S3 and Azure are read and written: order, bounds and ends, at a real server."""

import threading
import weakref
from collections.abc import Iterator
from itertools import count, islice
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.store.backends.bulk.conversation import Conversation, Elsewhere, Hold, Pause
from app.store.backends.bulk.lanes import Lanes
from app.store.backends.bulk.messages import Reply, Request
from app.store.backends.bulk.room import Room, Seat
from app.store.backends.bulk.transport import Exchanges
from app.store.errors import NotFound
from tests.app.store.lane_places import BYTES_MAX, Place, place
from tests.app.store.loopback import Answer, Seen, answered


@pytest.fixture(scope="module")
def zeros() -> Iterator[Place]:
    """Answers so many zeros as the last part of what it is asked for says."""
    with place(lambda seen: answered(bytes(int(seen.target.rpartition("/")[2])))) as found:
        yield found


def test_answers_come_in_the_order_of_the_items_whichever_the_service_answers_first() -> None:
    later = threading.Event()

    def answer(seen: Seen) -> Answer:
        if seen.target == "/3":
            later.set()
        if seen.target == "/0":
            later.wait()
        return answered()

    with place(answer) as at:
        assert list(at.lanes(at.asking).run(range(40))) == list(range(40))


class Reads:
    """Conversations as those of reads, by the number of a size, and the most bytes that they held at once."""

    def __init__(self, at: Place, sizes: list[int]) -> None:
        self.asked = [0] * len(sizes)
        self.held_max = 0
        self._at = at
        self._sizes = sizes
        self._held = 0

    def converse(self, number: int, seat: Seat, room: Room) -> Conversation[bytes]:
        size = self._sizes[number]

        def fits(found: int) -> bool:
            room.learn(found)
            return room.fits(seat, found)

        if room.expected:
            yield Hold(room.expected)
        if number == 0:
            # The others have their chance to become too many.
            yield Pause(0.01)
        while True:
            self.asked[number] += 1
            came = yield self._at.get(size).expecting(fits)
            if isinstance(came, Reply):
                self._held += size
                self.held_max = max(self.held_max, self._held)
                return came.body
            assert came.refused == size
            yield Hold(size)

    def taken(self, size: int) -> None:
        self._held -= size


@settings(max_examples=60)
@example(sizes=[BYTES_MAX // 8] * 25, concurrency=6)
@example(sizes=[4, *[BYTES_MAX] * 8, 4, 4], concurrency=6)
@given(
    sizes=st.lists(st.integers(0, 4).map(lambda exponent: 16**exponent * 4), max_size=25),
    concurrency=st.integers(1, 6),
)
def test_however_large_the_blobs_the_lanes_move_and_hold_little_more_than_their_bytes(
    zeros: Place, sizes: list[int], concurrency: int
) -> None:
    reads = Reads(zeros, sizes)
    answers: list[int] = []
    for answer in zeros.lanes(reads.converse, concurrency=concurrency).run(range(len(sizes))):
        assert isinstance(answer, bytes)
        answers.append(len(answer))
        reads.taken(len(answer))

    assert answers == sizes
    # The first seat never waits, nor does the one that becomes the first while its answer is on its way out.
    assert reads.held_max <= BYTES_MAX + BYTES_MAX // 4 + 2 * max(sizes, default=0)
    # What had to wait for room is asked for once more, and not again and again.
    assert max(reads.asked, default=0) <= 2


def test_items_that_are_large_themselves_are_taken_one_by_one(zeros: Place) -> None:
    taken = count()
    lanes = zeros.lanes(zeros.asking, size_of=lambda item: BYTES_MAX)
    answers = lanes.run(taken)

    assert list(islice(answers, 3)) == [0, 1, 2]
    assert next(taken) <= 4
    lanes.close()


def test_a_store_error_is_an_answer_and_a_bug_ends_the_iteration_in_its_turn(zeros: Place) -> None:
    def converse(item: int, seat: Seat, room: Room) -> Conversation[int]:
        yield zeros.get(item)
        if item == 3:
            raise ZeroDivisionError
        if item == 1:
            raise NotFound("nothing", key="1")
        return item

    answers = zeros.lanes(converse).run(range(100))
    first = [next(answers) for _ in range(3)]

    assert [first[0], first[2]] == [0, 2]
    assert isinstance(first[1], NotFound)
    with pytest.raises(ZeroDivisionError):
        next(answers)


def test_a_request_that_cannot_be_made_ends_the_iteration_in_its_turn(zeros: Place) -> None:
    def converse(item: int, seat: Seat, room: Room) -> Conversation[int]:
        yield Request(zeros.served.url, ["x-name: \N{SNOWMAN}"] if item == 2 else [])
        return item

    answers = zeros.lanes(converse).run(range(5))

    assert [next(answers), next(answers)] == [0, 1]
    with pytest.raises(UnicodeEncodeError):
        next(answers)


def test_what_the_supply_raises_ends_the_iteration(zeros: Place) -> None:
    def supply() -> Iterator[int]:
        yield 1
        raise KeyError("gone")

    with pytest.raises(KeyError):
        list(zeros.lanes(zeros.asking).run(supply()))


def test_an_answer_that_was_taken_is_held_by_nobody(zeros: Place) -> None:
    class Thing:
        """Something that can be referred to weakly."""

    def converse(item: int, seat: Seat, room: Room) -> Conversation[Thing]:
        yield zeros.get(item)
        return Thing()

    taken: list[weakref.ref[Any]] = []

    def supply() -> Iterator[int]:
        for number in range(60):
            assert [reference() for reference in taken] == [None] * len(taken)
            yield number

    answers: Iterator[Any] = zeros.lanes(converse).run(supply())
    for _ in range(60):
        taken.append(weakref.ref(next(answers)))


def own_threads() -> set[threading.Thread]:
    return {each for each in threading.enumerate() if each.name.startswith("store")}


def test_an_iteration_left_early_asks_for_nothing_more_and_leaves_no_thread() -> None:
    said: list[int] = []
    others = own_threads()  # of another test's window, which may still be ending

    with place() as at:

        def converse(item: int, seat: Seat, room: Room) -> Conversation[int]:
            yield at.get(item)
            yield Elsewhere(lambda: None)
            yield at.get(f"{item}/again")
            said.append(item)
            return item

        answers = at.lanes(converse).run(count())
        next(answers)
        assert own_threads() - others
        del answers

        left = [seen.target for seen in at.served.seen]
        assert not own_threads() - others
        # Its answer comes after those of all that was still on its way.
        assert isinstance(at.handles.send(at.get("after")), Reply)
        assert [seen.target for seen in at.served.seen] == [*left, "/after"]
        assert len(said) < len(left)


def test_who_paces_what_it_supplies_learns_at_once_what_came_of_it() -> None:
    arrived = threading.Semaphore(0)
    answered_to = 0
    known: list[int] = []

    def answer(seen: Seen) -> Answer:
        arrived.release()
        return answered()

    def supply() -> Iterator[int]:
        for number in range(40):
            known.append(number - answered_to)
            # So long that every request before is over: a pace much slower than the requests.
            threading.Event().wait(0.01)
            yield number
            arrived.acquire()

    with place(answer) as at:
        for _ in at.lanes(at.asking, concurrency=32).run(supply()):
            answered_to += 1

    assert max(known) < 16


def test_requests_to_a_far_service_become_as_many_as_they_may() -> None:
    present, present_max = 0, 0
    lock = threading.Lock()

    def answer(seen: Seen) -> Answer:
        nonlocal present, present_max
        with lock:
            present += 1
            present_max = max(present_max, present)
        # The distance of the service.
        threading.Event().wait(0.02)
        with lock:
            present -= 1
        return answered()

    def supply() -> Iterator[int]:
        yield from iter(lambda: present_max, 40)

    with place(answer) as at:
        for _ in at.lanes(at.asking, concurrency=40).run(supply()):
            assert present_max <= 40

    assert present_max == 40


def test_while_nobody_asks_for_answers_what_was_begun_goes_on() -> None:
    finished = threading.Event()

    def answer(seen: Seen) -> Answer:
        if seen.target == "/3/9":
            finished.set()
        return answered()

    with place(answer) as at:

        def converse(item: int, seat: Seat, room: Room) -> Conversation[int]:
            for turn in range(10):
                yield at.get(f"{item}/{turn}" if item else item)
            return item

        answers = at.lanes(converse).run(range(4))
        assert next(answers) == 0
        assert finished.wait(60)
        assert list(answers) == [1, 2, 3]


def test_exchanges_serve_one_iteration_after_another_over_the_same_connections() -> None:
    with place() as at:
        exchanges = Exchanges[Seat](at.handles)
        for _ in range(3):
            lanes = Lanes[int, int](at.asking, exchanges, concurrency=2)
            assert list(lanes.run(range(10))) == list(range(10))
        exchanges.close()

    assert {seen.connection for seen in at.served.seen} == {1, 2}
