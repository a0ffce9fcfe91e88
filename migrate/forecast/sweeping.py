"""Emptying a part of a store as fast as the service lets us."""

import time
from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from app.store.backends.window import through_window
from app.store.errors import StoreError, Unavailable
from migrate.throttle import Throttle, Turn

if TYPE_CHECKING:
    from app.store.contract import BlobStore
    from app.store.keys import Key

_ROUNDS_MAX: Final = 8
_PAUSE_SECONDS: Final = 0.25
_AT_ONCE: Final = 64


def sweep(store: "BlobStore", prefix: str) -> None:
    """Delete all that lies below `prefix`; what a busy service refuses is tried again.

    Raises:
        StoreError: something stays: the last refusal.
    """
    throttle = Throttle()
    for number in range(_ROUNDS_MAX):
        keys = [info.key for info in store.scan(prefix)]
        if not keys:
            return
        refused = _deleted(store, keys, throttle)
        if refused is not None and (
            not isinstance(refused, Unavailable) or number == _ROUNDS_MAX - 1
        ):
            raise refused
        if refused is not None:
            time.sleep(_PAUSE_SECONDS * 2**number)


def _deleted(store: "BlobStore", keys: "list[Key]", throttle: Throttle) -> StoreError | None:
    """Delete each key once; return a refusal, if there was one: the gravest."""
    turns: deque[Turn] = deque()

    def paced() -> "Iterator[Key]":
        for key in keys:
            turn = throttle.next_turn()
            time.sleep(max(0.0, throttle.seconds_until(turn.at)))
            turns.append(turn)
            yield key

    found: StoreError | None = None
    for answer in through_window(store.delete, paced(), concurrency=_AT_ONCE):
        turn = turns.popleft()
        if isinstance(answer, Unavailable):
            throttle.refuse(turn)
            found = found or answer
        else:
            throttle.deliver(turn)
            found = answer if isinstance(answer, StoreError) else found
    return found
