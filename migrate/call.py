"""What the commands of a migration are called with."""

import shlex
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.environment import Environments
from migrate.records import Pair
from migrate.sides import Sides, named_pair, opened_destination, opened_sides
from migrate.state_folder import journal_file

if TYPE_CHECKING:
    from app.store.contract import BlobStore

Source = Annotated[
    Path, typer.Option("--source", metavar="DIR", help="The folder whose files are moved.")
]
To = Annotated[
    str | None,
    typer.Option("--to", metavar="URL", help="A store's URL, instead of the environment's store."),
]
JournalFile = Annotated[
    Path | None,
    typer.Option(
        "--journal",
        metavar="FILE",
        help="The journal. Default: one per source and destination in $KB_STATE_DIR or .kb.",
    ),
]
Verbose = Annotated[bool, typer.Option("-v", "--verbose", help="Name every file.")]
LimitRate = Annotated[
    list[str] | None,
    typer.Option(
        "--limit-rate",
        metavar="RATE",
        help="Send no faster: requests per second like 500/s, bytes per second like 20MB/s; may be repeated.",
    ),
]
ReplaceOthers = Annotated[
    bool,
    typer.Option("--replace", help="Replace other content that the store has under a file's name."),
]


@dataclass(frozen=True, slots=True)
class Call:
    """What all commands are called with."""

    environments: Environments
    stack: str | None
    source: Path
    to: str | None
    journal: Path | None

    def sides(self) -> AbstractContextManager[Sides]:
        """Open both sides."""
        return opened_sides(self.environments, stack=self.stack, source=self.source, to=self.to)

    def destination(self) -> AbstractContextManager[tuple["BlobStore", Pair]]:
        """Open the destination alone."""
        return opened_destination(
            self.environments, stack=self.stack, source=self.source, to=self.to
        )

    def pair(self) -> Pair:
        """Name both sides without opening them."""
        return named_pair(self.environments, stack=self.stack, source=self.source, to=self.to)

    def journal_file(self, pair: Pair) -> Path:
        """Return the journal of these sides."""
        environments = self.environments
        return self.journal or journal_file(
            pair, environ=environments.environ, folder=environments.folder
        )

    def command(self, verb: str, *options: str) -> str:
        """Return another command about the same sides, as a person would type it."""
        words = ["kb", "migrate", verb]
        if self.stack:
            words += ["-s", self.stack]
        words += ["--source", str(self.source)]
        if self.to:
            words += ["--to", self.to]
        if self.journal:
            words += ["--journal", str(self.journal)]
        return shlex.join([*words, *options])
