"""When how much of a probe was done: files that arrived, bytes of large ones on their way."""

import io
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, BinaryIO, Final

from app.store.contract import Source
from migrate.ahead import Around
from migrate.outcomes import Outcome, Result
from migrate.reading import Reading
from migrate.refusals import SourceChanged, SourceUnreadable

if TYPE_CHECKING:
    from migrate.history import Sample
    from migrate.origin import Origin
    from migrate.sights import Extent
    from migrate.walk import Entry

_PART_BYTES: Final = 1 << 20


@dataclass(slots=True)
class Marks:
    """A watcher that notes when files arrived.

    Attributes:
        at: seconds since files began to move, and how many had arrived by then.
        began: when that was, by the monotonic clock.
        cpu_seconds: of this process until the last one arrived.
        copied: how many arrived.
    """

    at: list[tuple[float, float]] = field(default_factory=list)
    began: float = 0.0
    _cpu_began: float = 0.0
    cpu_seconds: float = 0.0
    copied: int = 0

    def begin(self, extent: "Extent") -> None:
        """See `Watcher`."""
        self.began, self._cpu_began = time.monotonic(), time.process_time()

    def note(self, outcome: Outcome) -> None:
        """See `Watcher`."""
        if outcome.result in (Result.COPIED, Result.ALREADY_THERE):
            self.copied += 1
            self.at.append((time.monotonic() - self.began, self.copied))
            self.cpu_seconds = time.process_time() - self._cpu_began

    def progress(self, sample: "Sample") -> None:
        """See `Watcher`; the arrivals say more."""


class Counted(Around):
    """Counts what is read of large files while they are sent."""

    def __init__(self, source: "Origin") -> None:
        super().__init__(source)
        self.marks = Marks()
        self._lock = threading.Lock()
        self._read = 0
        self._at: list[tuple[float, float]] = []

    def sent(self) -> list[tuple[float, float]]:
        """Return how many bytes were on their way when; all of them only when the last answer was there."""
        if self._at and self.marks.at:
            last = max(self._at[-1][0], self.marks.at[-1][0])
            return [*self._at[:-1], (last, self._at[-1][1])]
        return self._at

    def seen(
        self, entry: "Entry", answer: Reading | SourceChanged | SourceUnreadable
    ) -> Reading | SourceChanged | SourceUnreadable:
        """See `Around`."""
        if isinstance(answer, Reading) and isinstance(content := answer.content, Source):
            counted = Source(content.size, lambda: self._opened(content))
            return replace(answer, content=counted)
        return answer

    @contextmanager
    def _opened(self, content: Source) -> Iterator[BinaryIO]:
        with content.reopen() as stream:
            raw = _CountedStream(stream, self._count)
            with io.BufferedReader(raw, _PART_BYTES) as counted:
                yield counted

    def _count(self, size: int) -> None:
        with self._lock:
            self._read += size
            self._at.append((time.monotonic() - self.marks.began, self._read))


class _CountedStream(io.RawIOBase):
    def __init__(self, inner: BinaryIO, count: Callable[[int], None]) -> None:
        super().__init__()
        self._inner = inner
        self._count = count

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed's is wider
        part = self._inner.read(len(buffer))
        self._count(len(part))
        buffer[: len(part)] = part
        return len(part)
