"""What a migration moves from, as its parts see it: a folder, or any store."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Protocol

from migrate.reading import LARGE_BYTES_MIN
from migrate.refusals import SourceChanged, SourceUnreadable

if TYPE_CHECKING:
    from migrate.reading import Reading
    from migrate.walk import Entry


class Origin(Protocol):
    """The source of a migration. Nothing in it is ever changed."""

    @property
    def name(self) -> str:
        """What the source is called in journals and for people; no secret is in it."""
        ...

    @property
    def exact_size(self) -> bool:
        """Whether the size of an entry is that of its content."""
        ...

    def walk(self) -> "Iterator[Entry]":
        """Yield every entry once; in no promised order; memory is bounded.

        Raises:
            SourceRefused: it cannot be listed.
        """
        ...

    def look_again(self, path: bytes) -> "Entry | None":
        """Return the entry at `path` as it is now; None if there is none any more."""
        ...

    def ignore_file(self, path: bytes, *, bytes_max: int) -> bytes | None:
        """Return the beginning of a file that says what is not moved, one byte more than `bytes_max` at most.

        None where there is none, or where such files mean nothing.

        Raises:
            SourceUnreadable: it cannot be read.
        """
        ...

    def read(self, entry: "Entry", *, keep_going: Callable[[], None]) -> "Reading":
        """Return the content of a file as the walk found it, with its digest; a large one is not held.

        Args:
            entry: the file.
            keep_going: called before each part of a large one; raises to end the run.

        Raises:
            SourceChanged: it changed since the walk, or while it was read.
            SourceUnreadable: it cannot be read.
        """
        ...

    def read_many(
        self,
        entries: "Iterable[Entry]",
        *,
        whole_bytes_max: int = LARGE_BYTES_MIN - 1,
        keep_going: Callable[[], None],
    ) -> "Iterator[Reading | SourceChanged | SourceUnreadable]":
        """Yield for each entry, in the order asked, what `read` would return or raise.

        Several may be read at once: `entries` is consumed ahead, as far as a bounded window needs. Up to
        `whole_bytes_max` a file may be held whole, so that it need not be read again when it is sent.
        """
        ...
