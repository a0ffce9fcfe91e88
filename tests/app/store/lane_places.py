"""Lanes to a real server on this machine."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

from app.store.backends.bulk.conversation import Conversation
from app.store.backends.bulk.lanes import Lanes
from app.store.backends.bulk.messages import Reply, Request
from app.store.backends.bulk.room import Room, Seat
from app.store.backends.bulk.transport import Exchanges, Handles
from tests.app.store.loopback import Answer, Loopback, Seen, answered, get, loopback

Said = TypeVar("Said")
Converse = Callable[[int, Seat, Room], Conversation[Said]]

BYTES_MAX: Final = 1 << 18


class Place:
    """A server, and what is needed to speak to it."""

    def __init__(self, served: Loopback) -> None:
        self.served = served
        self.handles = Handles(
            served.url, connect_seconds_max=60, read_seconds_max=60, ca_bundle=None
        )

    def get(self, target: object) -> Request:
        return get(f"{self.served.url}/{target}")

    def lanes(
        self,
        converse: Converse[Said],
        *,
        concurrency: int = 4,
        size_of: Callable[[int], int] = lambda item: 0,
    ) -> Lanes[int, Said]:
        exchanges = Exchanges[Seat](self.handles)
        return Lanes(
            converse, exchanges, concurrency=concurrency, size_of=size_of, bytes_max=BYTES_MAX
        )

    def asking(self, item: int, seat: Seat, room: Room) -> Conversation[int]:
        """Ask once, and answer with the item."""
        came = yield self.get(item)
        assert isinstance(came, Reply)
        return item


@contextmanager
def place(answer: Callable[[Seen], Answer] = lambda seen: answered()) -> Iterator[Place]:
    with loopback(answer) as served:
        found = Place(served)
        yield found
        found.handles.close()
