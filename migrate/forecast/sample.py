"""What is sent on trial: a fair sample of what is to be moved."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from migrate.ahead import Around
from migrate.origin import Origin
from migrate.reading import LARGE_BYTES_MIN, WHOLE_BYTES_MAX
from migrate.reservoir import Reservoir
from migrate.walk import Folder

if TYPE_CHECKING:
    from migrate.walk import Entry

FILES_MAX: Final = 4000
LARGE_MAX: Final = 16
STAND_IN_BYTES: Final = WHOLE_BYTES_MAX + LARGE_BYTES_MIN
"""What stands in for still larger ones; like those it is not held whole."""

_PATH_BYTES_MAX: Final = 900
_DEPTH_MAX: Final = 200
"""A sample lies a little deeper, and must fit there."""


class Sample:
    """Files to be sent on trial.

    Args:
        seed: the same one chooses the same files.
    """

    def __init__(self, seed: int = 0) -> None:
        chance = random.Random(seed)  # noqa: S311 - draws a sample, keeps no secret
        self._small = Reservoir(FILES_MAX, chance)
        self._large = Reservoir(LARGE_MAX, chance)

    def add(self, entry: "Entry") -> None:
        """Show it one file that is to be moved."""
        if len(entry.path) <= _PATH_BYTES_MAX and entry.path.count(b"/") <= _DEPTH_MAX:
            (self._large if entry.size >= LARGE_BYTES_MIN else self._small).add(entry)

    def files(self, source: Origin) -> Origin | None:
        """Return the files that are sent at once; None if there are none."""
        return Chosen(source, self._small.kept) if self._small.kept else None

    @property
    def large_count(self) -> int:
        """How many of those that are sent in parts can be sent on trial."""
        return len(self._large.kept)

    def large(self, folder: Path, *, files: int, bytes_max: int = STAND_IN_BYTES) -> Origin:
        """Return stand-ins for files that are sent in parts: as large, but not larger than need be.

        Args:
            folder: a new one, where they lie.
            files: how many.
            bytes_max: of each.
        """
        folder.mkdir()
        for number, entry in enumerate(self._large.kept[:files]):
            with (folder / f"{number}").open("wb") as file:
                # No two alike: a store may send equal content once.
                file.write(b"%d" % number)
                file.truncate(min(entry.size, bytes_max))
        return Folder(folder)


class Chosen(Around):
    """Some entries of a source, as a source."""

    def __init__(self, source: Origin, entries: "list[Entry]") -> None:
        super().__init__(source)
        self._entries = entries

    def walk(self) -> "Iterator[Entry]":
        """See `Origin`."""
        return iter(self._entries)

    def ignore_file(self, path: bytes, *, bytes_max: int) -> bytes | None:
        """See `Origin`: what is chosen is moved."""
        return None
