"""Reading from the source ahead of what is done with it."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from migrate.origin import Origin
from migrate.reading import LARGE_BYTES_MIN, Reading
from migrate.refusals import SourceChanged, SourceUnreadable
from migrate.walk import Entry

Item = TypeVar("Item")


def read_ahead(
    source: Origin,
    wanted: Iterable[tuple[Item, Entry]],
    *,
    whole_bytes_max: int = LARGE_BYTES_MIN - 1,
    keep_going: Callable[[], None],
) -> Iterator[tuple[Item, Reading | SourceChanged | SourceUnreadable]]:
    """Yield each item, in order, with its entry as it was read, or why it was not; see `Origin.read_many`."""
    waiting: deque[Item] = deque()

    def entries() -> Iterator[Entry]:
        for item, entry in wanted:
            waiting.append(item)
            yield entry

    answers = source.read_many(entries(), whole_bytes_max=whole_bytes_max, keep_going=keep_going)
    for answer in answers:
        yield waiting.popleft(), answer


class Around:
    """An `Origin` around another, for subclasses that look at what is read.

    Args:
        source: the other.
    """

    def __init__(self, source: Origin) -> None:
        self._source = source

    @property
    def name(self) -> str:
        """See `Origin`."""
        return self._source.name

    @property
    def exact_size(self) -> bool:
        """See `Origin`."""
        return self._source.exact_size

    def walk(self) -> Iterator[Entry]:
        """See `Origin`."""
        return self._source.walk()

    def look_again(self, path: bytes) -> Entry | None:
        """See `Origin`."""
        return self._source.look_again(path)

    def ignore_file(self, path: bytes, *, bytes_max: int) -> bytes | None:
        """See `Origin`."""
        return self._source.ignore_file(path, bytes_max=bytes_max)

    def read(self, entry: Entry, *, keep_going: Callable[[], None]) -> Reading:
        """See `Origin`."""
        answer = self.seen(entry, self._source.read(entry, keep_going=keep_going))
        if isinstance(answer, Reading):
            return answer
        raise answer

    def read_many(
        self,
        entries: Iterable[Entry],
        *,
        whole_bytes_max: int = LARGE_BYTES_MIN - 1,
        keep_going: Callable[[], None],
    ) -> Iterator[Reading | SourceChanged | SourceUnreadable]:
        """See `Origin`."""
        pairs = ((entry, entry) for entry in entries)
        answers = read_ahead(
            self._source, pairs, whole_bytes_max=whole_bytes_max, keep_going=keep_going
        )
        for entry, answer in answers:
            yield self.seen(entry, answer)

    def seen(
        self, entry: Entry, answer: Reading | SourceChanged | SourceUnreadable
    ) -> Reading | SourceChanged | SourceUnreadable:
        """Return what is handed on in place of what was read."""
        return answer
