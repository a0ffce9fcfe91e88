"""`kb backup` and `kb restore`: migrations out of an environment's store, and back into it."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import typer

from app.environment import Environments, environments_of, store_url
from app.settings import ambient_variables
from app.terms.answers import UsageRefusal
from app.terms.options import Json, Stack, environment_name
from migrate.call import JournalFile, LimitRate, ReplaceOthers, Verbose
from migrate.choices import Names
from migrate.places import is_url
from migrate.plan_command import plan
from migrate.run_command import run
from migrate.scope import Naming

APP: Final = typer.Typer(add_completion=False, rich_markup_mode=None)

To = Annotated[
    str,
    typer.Option("--to", metavar="DIR|URL", help="A folder, made if it is missing, or a store."),
]
From = Annotated[
    str, typer.Option("--from", metavar="DIR|URL", help="What a backup was written to.")
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Say what would be done, and change nothing.")
]


@APP.command()
def backup(
    ctx: typer.Context,
    to: To,
    stack: Stack = None,
    journal: JournalFile = None,
    replace: ReplaceOthers = False,
    names: Names = None,
    limit_rate: LimitRate = None,
    dry_run: DryRun = False,
    verbose: Verbose = False,
    json: Json = False,
) -> None:
    """Copy the environment's store into a folder or another store, with what lies beside its bytes.

    Again, it copies what changed. Kill it whenever you like and run it again. It is a migration: `kb migrate
    verify`, `status` and `rollback` take the same sides. A URL's credentials are those of the variables and
    `.env`. Exit code 0 if everything is there, 1 if something was left out: it is named, with the reason.
    """
    source, source_stack = _named(environments_of(ctx), stack)
    if not is_url(to) and not dry_run:
        _make(Path(to))
    if names is None and _url(to).startswith("file:"):
        # Every key of one cloud fits into the others; into a folder not every one does.
        names = Naming.MAP
    move = _Move(ctx, journal, replace, names, limit_rate, verbose, json)
    move.carry_out(source=source, source_stack=source_stack, to=_url(to), dry_run=dry_run)


@APP.command()
def restore(
    ctx: typer.Context,
    origin: From,
    stack: Stack = None,
    journal: JournalFile = None,
    replace: ReplaceOthers = False,
    names: Names = None,
    limit_rate: LimitRate = None,
    dry_run: DryRun = False,
    verbose: Verbose = False,
    json: Json = False,
) -> None:
    """Copy a backup back into the environment's store, with names and properties as they were.

    Other content that the store has is not overwritten, unless --replace asks for it; then it is saved first,
    and `kb migrate rollback` puts it back. Nothing is ever deleted. A URL's credentials are those of the
    variables and `.env`. Exit code 0 if everything arrived, 1 if something was left out: it is named.
    """
    move = _Move(ctx, journal, replace, names, limit_rate, verbose, json)
    move.carry_out(source=_url(origin), stack=stack, dry_run=dry_run)


@dataclass(frozen=True, slots=True)
class _Move:
    """What both commands hand on to `kb migrate`."""

    ctx: typer.Context
    journal: Path | None
    replace: bool
    names: str | None
    limit_rate: list[str] | None
    verbose: bool
    json: bool

    def carry_out(
        self,
        *,
        source: str | None,
        dry_run: bool,
        source_stack: str | None = None,
        stack: str | None = None,
        to: str | None = None,
    ) -> None:
        """Do it, or with `dry_run` say what it would do."""
        if dry_run and self.limit_rate:
            raise UsageRefusal("--dry-run sends nothing: --limit-rate has no meaning beside it.")
        command = plan if dry_run else partial(run, limit_rate=self.limit_rate)
        command(
            self.ctx,
            source=source,
            source_stack=source_stack,
            stack=stack,
            to=to,
            journal=self.journal,
            replace=self.replace,
            names=self.names,
            verbose=self.verbose,
            json=self.json,
        )


def _named(environments: Environments, stack: str | None) -> tuple[str | None, str | None]:
    """Return the environment's store as `--source` and `--source-stack` name it."""
    ambient = ambient_variables(environments.environ, folder=environments.folder)
    if stack is None and ambient.values.get("STORAGE_TYPE"):
        return str(store_url(environments.settings(None))), None
    return None, environment_name(stack, environments.environ)


def _url(place: str) -> str:
    """Return a folder as the URL of the store that it is; a URL as it is."""
    return place if is_url(place) else Path(place).absolute().as_uri()


def _make(folder: Path) -> None:
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageRefusal(f"The folder {folder} cannot be made: {reason}.") from error
