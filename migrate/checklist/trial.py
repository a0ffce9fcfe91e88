"""What every check works with: the store, the place in it, the sample, and the person's choices."""

import shlex
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.store.stack import Stack, open_stack
from migrate.checklist.place import PREFIX, Part
from migrate.checklist.sample import USUAL, Extent, Sample, made, taken
from migrate.journal import Journal
from migrate.records import Pair

if TYPE_CHECKING:
    from app.store.contract import BlobStore
    from app.terms.variables import Identity
    from migrate.checklist.asking import Asking
    from migrate.checklist.destination import Destination
    from migrate.stop import Stop
    from migrate.walk import Folder

P95_MILLISECONDS_MAX: Final = 1000.0
WRITERS: Final = 8


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person may choose.

    Attributes:
        stack, to: the destination as it was named.
        source: the folder that is to be moved, as it was typed; None where none was named.
        backup: a folder with a backup to be looked at.
        extent: how large samples are.
        writers: how many write at once.
        p95_milliseconds_max: how long one in twenty calls may take at most.
        prices: a file with prices; None for the list prices of the destination's cloud.
        cost_max: what the run and a year of storage may cost; None for any amount.
    """

    stack: str | None = None
    to: str | None = None
    source: Path | None = None
    backup: Path | None = None
    extent: Extent = USUAL
    writers: int = WRITERS
    p95_milliseconds_max: float = P95_MILLISECONDS_MAX
    prices: Path | None = None
    cost_max: float | None = None

    def command(self, *words: str, source: bool = False) -> str:
        """Return another command about the same store, as a person would type it."""
        typed = ["kb", *words]
        if self.stack:
            typed += ["-s", self.stack]
        if source:
            typed += ["--source", str(self.source or "DIR")]
        if self.to:
            typed += ["--to", self.to]
        return shlex.join(typed)


@dataclass(slots=True)
class Trial:
    """One checklist under way.

    Attributes:
        asking: the store, asked once.
        folder: of this machine; removed afterwards. Its name is that of the trial.
        source: the folder that is to be moved; None where none was named.
        choices: a person's.
        stop: asked often.
    """

    asking: "Asking"
    folder: Path
    source: "Folder | None"
    choices: Choices
    stop: "Stop"
    _sample: Sample | None = field(default=None, init=False)

    @property
    def destination(self) -> "Destination":
        """The store."""
        return self.asking.destination

    @property
    def prefix(self) -> str:
        """Below which all of this trial lies in the store."""
        return f"{PREFIX}{self.folder.name}/"

    @property
    def compared(self) -> str:
        """What of a blob is compared, as a phrase: a folder keeps bytes only."""
        can = self.asking.backend().capabilities.properties
        return "bytes and properties" if can else "byte for byte"

    def store(self, name: str, *, identity: "Identity" = "migrator") -> Stack:
        """Return an empty store with all layers of the environment; what it holds is removed in the end."""
        return self.stacked(self.asking.backend(identity), name)

    def stacked(self, backend: "BlobStore", name: str) -> Stack:
        """Return the same store on a connection of the caller's own."""
        return open_stack(Part(backend, f"{self.prefix}{name}/"), self.destination.options)

    @contextmanager
    def another(self, name: str) -> Iterator[Stack]:
        """Give the same store over a new connection, as another process would have it."""
        with closing(self.destination.openers["migrator"]()) as backend:
            yield self.stacked(backend, name)

    def sample(self) -> Sample:
        """Return the files that are moved on trial; they are taken when they are first of interest."""
        if self._sample is None:
            into = self.folder / "sample"
            into.mkdir()
            if self.source is None:
                self._sample = made(into)
            else:
                self._sample = taken(
                    self.source, into, self.choices.extent, keep_going=self.stop.keep_going
                )
        return self._sample

    @contextmanager
    def journal(self, name: str) -> Iterator[Journal]:
        """Give a journal of its own for a run on trial; the same name is the same journal."""
        pair = Pair("kb checklist", f"{self.prefix}{name}/")
        with Journal.opened(self.folder / f"{name}.sqlite", pair) as journal:
            yield journal
