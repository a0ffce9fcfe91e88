"""What one conversation has seen of the documents: the ground for citations and for writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock

from app.store.contract import Version


@dataclass(slots=True)
class _Seen:
    """What was seen of one document: the text of lines, and of one version which lines and how many exist."""

    lines: dict[int, str] = field(default_factory=dict)
    version: Version | None = None
    numbers: set[int] = field(default_factory=set)
    lines_total: int | None = None


@dataclass(frozen=True, slots=True)
class _Reading:
    path: str
    version: Version
    numbers: range
    lines_total: int | None


class Ledger:
    """Remembers which lines were shown to the model, and which version of each document it has read.

    A version counts for writes from the next turn on: calls of one turn were all asked for before the model
    saw the answer of any of them. Thread-safe, because reads of one turn run in parallel.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._seen: dict[str, _Seen] = {}
        self._pending: list[_Reading] = []

    def show(self, path: str, lines: Mapping[int, str] | Sequence[tuple[int, str]]) -> None:
        """Note lines that were shown: number, counted from 1, and text."""
        with self._lock:
            self._of(path).lines.update(lines)

    def read(self, path: str, version: Version, numbers: range, *, lines_total: int | None) -> None:
        """Note that these whole lines of this version were shown.

        Args:
            path: the document.
            version: what the store calls the bytes that were shown.
            numbers: the lines, counted from 1.
            lines_total: how many lines that version has; None where it was not read to its end.
        """
        with self._lock:
            self._pending.append(_Reading(path, version, numbers, lines_total))

    def end_turn(self) -> None:
        """Let what was read in this turn count for the writes of the next ones."""
        with self._lock:
            for reading in self._pending:
                seen = self._of(reading.path)
                if seen.version != reading.version:
                    seen.version, seen.numbers = reading.version, set()
                seen.numbers.update(reading.numbers)
                seen.lines_total = reading.lines_total
            self._pending.clear()

    def write(self, path: str, version: Version, lines: Sequence[str]) -> None:
        """Note that the model itself wrote these lines: it knows them, at once."""
        with self._lock:
            numbered = dict(enumerate(lines, start=1))
            self._seen[path] = _Seen(numbered, version, set(numbered), len(numbered))
            self._forget_pending(path)

    def forget(self, path: str) -> None:
        """Note that nothing known about the document holds any more."""
        with self._lock:
            self._seen.pop(path, None)
            self._forget_pending(path)

    def version(self, path: str) -> Version | None:
        """Return the version that the model has looked at, or None if it has not."""
        with self._lock:
            seen = self._seen.get(path)
            return seen.version if seen else None

    def is_whole(self, path: str) -> bool:
        """Say whether every line of that version was shown."""
        with self._lock:
            seen = self._seen.get(path)
            return bool(
                seen
                and seen.version is not None
                and seen.lines_total is not None
                and len(seen.numbers) >= seen.lines_total
            )

    def line(self, path: str, number: int) -> str | None:
        """Return the text of a line that was shown, or None if it was not."""
        with self._lock:
            seen = self._seen.get(path)
            return seen.lines.get(number) if seen else None

    @property
    def paths(self) -> frozenset[str]:
        """The documents of which at least one line was shown."""
        with self._lock:
            return frozenset(path for path, seen in self._seen.items() if seen.lines)

    def _of(self, path: str) -> _Seen:
        return self._seen.setdefault(path, _Seen())

    def _forget_pending(self, path: str) -> None:
        self._pending = [reading for reading in self._pending if reading.path != path]
