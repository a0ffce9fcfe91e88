"""Reading from the source ahead of what is done with it."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from migrate.origin import Origin
from migrate.reading import Reading
from migrate.refusals import SourceChanged, SourceUnreadable
from migrate.walk import Entry

Item = TypeVar("Item")


def read_ahead(
    source: Origin,
    wanted: Iterable[tuple[Item, Entry]],
    *,
    keep_going: Callable[[], None],
) -> Iterator[tuple[Item, Reading | SourceChanged | SourceUnreadable]]:
    """Yield each item, in order, with its entry as it was read, or why it was not; see `Origin.read_many`."""
    waiting: deque[Item] = deque()

    def entries() -> Iterator[Entry]:
        for item, entry in wanted:
            waiting.append(item)
            yield entry

    for answer in source.read_many(entries(), keep_going=keep_going):
        yield waiting.popleft(), answer
