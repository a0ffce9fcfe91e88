"""What the commands of a migration are called with."""

import shlex
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.environment import Environments
from app.terms.answers import UsageRefusal
from migrate.places import Named, is_url
from migrate.records import Pair
from migrate.refusals import JournalRefused
from migrate.sides import Sides, named_pair, opened_destination, opened_sides
from migrate.state_folder import journal_file

if TYPE_CHECKING:
    from app.store.contract import BlobStore

Source = Annotated[
    str | None,
    typer.Option(
        "--source", metavar="DIR|URL", help="The folder, or the store, whose files are moved."
    ),
]
SourceStack = Annotated[
    str | None,
    typer.Option(
        "--source-stack",
        metavar="ENV",
        help="The environment whose store is moved; beside a URL as --source: whose credentials open it.",
    ),
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
ReportFile = Annotated[
    Path | None,
    typer.Option("--report", metavar="FILE", help="At the end, write the report there as a page."),
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
    source: str | None
    to: str | None
    journal: Path | None
    source_stack: str | None = None

    @property
    def side(self) -> Path | Named:
        """The source: a folder, or a store.

        Raises:
            UsageRefusal: neither is named, or a folder and an environment are.
        """
        if self.source is not None and is_url(self.source):
            return Named(self.source_stack, self.source)
        if self.source is not None and self.source_stack is None:
            return Path(self.source)
        if self.source_stack is not None and self.source is None:
            return Named(self.source_stack)
        raise UsageRefusal(
            "Name one source: a folder or a store's URL with --source, or an environment with "
            "--source-stack."
        )

    def sides(self) -> AbstractContextManager[Sides]:
        """Open both sides."""
        return opened_sides(self.environments, source=self.side, to=Named(self.stack, self.to))

    def destination(self) -> AbstractContextManager[tuple["BlobStore", Pair]]:
        """Open the destination alone."""
        to = Named(self.stack, self.to)
        return opened_destination(self.environments, source=self.side, to=to)

    def pair(self) -> Pair:
        """Name both sides without opening them."""
        return named_pair(self.environments, source=self.side, to=Named(self.stack, self.to))

    def journal_file(self, pair: Pair) -> Path:
        """Return the journal of these sides."""
        environments = self.environments
        return self.journal or journal_file(
            pair, environ=environments.environ, folder=environments.folder
        )

    def no_run(self, pair: Pair, then: str) -> JournalRefused:
        """Return the refusal of a command that needs a run to have been; `then` says what to do instead."""
        return JournalRefused(
            f"No run from {pair.source} to {pair.destination} is known here (no journal "
            f"{self.journal_file(pair)}). {then}"
        )

    def command(self, verb: str, *options: str) -> str:
        """Return another command about the same sides, as a person would type it."""
        words = ["kb", "migrate", verb]
        if self.stack:
            words += ["-s", self.stack]
        if self.source:
            words += ["--source", self.source]
        if self.source_stack:
            words += ["--source-stack", self.source_stack]
        if self.to:
            words += ["--to", self.to]
        if self.journal:
            words += ["--journal", str(self.journal)]
        return shlex.join([*words, *options])
