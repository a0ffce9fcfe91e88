"""The bounded, ordered window through which `read_many` and `write_many` run on threads."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from app.store.errors import StoreError

Item = TypeVar("Item")
Answer = TypeVar("Answer")


def through_window(
    call: Callable[[Item], Answer], items: Iterable[Item], *, concurrency: int
) -> Iterator[Answer | StoreError]:
    """Yield `call(item)`, or the StoreError that it raised, for each item in order.

    At most `concurrency` items have been taken from `items` beyond those already answered: that bounds
    memory. Any other exception ends the iteration: a bug must look like one. An iteration left early
    waits for the calls that run and starts no further ones.
    """
    pending: deque[Future[Answer | StoreError]] = deque()

    def answer(item: Item) -> Answer | StoreError:
        try:
            return call(item)
        except StoreError as error:
            return error

    with ThreadPoolExecutor(concurrency, thread_name_prefix="store") as pool:
        try:
            for item in items:
                pending.append(pool.submit(answer, item))
                if len(pending) == concurrency:
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        finally:
            for future in pending:
                future.cancel()
