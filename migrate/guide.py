"""The guide's function for moving a folder to Azure, on the real migration."""

import os
import sys
from pathlib import Path
from typing import Any, Final

from app.environment import open_store, store_address
from app.settings import LAYER_VARIABLES, Variables, parse_settings
from app.terms.answers import Refusal
from migrate.history import Sample
from migrate.journal import Journal
from migrate.outcomes import Outcome, Result
from migrate.paths import path_fields, printable
from migrate.run import Transfer
from migrate.sides import joined
from migrate.sights import Extent
from migrate.state_folder import journal_file
from migrate.stop import Stop
from migrate.walk import Folder

VARIABLE: Final = "AZURE_STORAGE_CONNECTION_STRING"


def migrate_to_blob_storage(
    source_path: str = "./storage",
    connection_string: str | None = None,
    container_name: str = "knowledge-base",
) -> dict[str, Any]:
    """Move a folder into an Azure container, print a line per file, and return what happened.

    It may be interrupted and called again: what was moved is not moved twice. Content that the container has
    under a file's name is not overwritten. The container must exist.

    Args:
        source_path: the folder.
        connection_string: of the storage account; None: $AZURE_STORAGE_CONNECTION_STRING.
        container_name: the container.

    Returns:
        `success` (nothing was left out), `total` (entries of the source), `migrated` (files in the container
        now), `already_there` (of those, not sent by this call), `left_out` (a list of `path` and `reason`).
        Where the migration as a whole failed: `success` False, `error` and `code`.
    """
    connection_string = connection_string or os.environ.get(VARIABLE)
    if not connection_string:
        return _failed(f"{VARIABLE} not set", "settings")
    printer = _GuideLines()
    try:
        settings = parse_settings(
            Variables(
                {
                    "STORAGE_TYPE": "azure",
                    VARIABLE: connection_string,
                    "AZURE_CONTAINER_NAME": container_name,
                    **{name: os.environ[name] for name in LAYER_VARIABLES if name in os.environ},
                },
                "the arguments of migrate_to_blob_storage",
            )
        )
        folder = Folder(Path(source_path))
        with joined(
            folder, store_address(settings), lambda: open_store(settings, for_migration=True)
        ) as sides:
            file = journal_file(sides.pair, environ=os.environ, folder=Path.cwd())
            with Journal.opened(file, sides.pair) as journal:
                summary = Transfer(
                    sides.source,
                    sides.store,
                    journal,
                    replace_others=False,
                    stop=Stop(),
                    watcher=printer,
                ).run()
    except Refusal as error:
        return _failed(str(error), error.code)
    _say(f"\nMigration complete: {printer.total} files processed")
    already_there = summary.results[Result.ALREADY_THERE]
    return {
        "success": not summary.causes,
        "total": printer.total,
        "migrated": summary.results[Result.COPIED] + already_there,
        "already_there": already_there,
        "left_out": printer.left_out,
    }


class _GuideLines:
    """Prints the lines of the guide."""

    def __init__(self) -> None:
        self.total = 0
        self.left_out: list[dict[str, str]] = []
        self._number = 0

    def begin(self, extent: Extent) -> None:
        """Learn how many lines there will be."""
        self.total = extent.entries

    def note(self, outcome: Outcome) -> None:
        """Print the lines of one file."""
        self._number += 1
        _say(f"Migrating {self._number}/{self.total}: {printable(outcome.path)}")
        if outcome.result is Result.EXCLUDED:
            _say(f"  – Not to be moved: {outcome.reason}")
        elif outcome.cause is None:
            _say("  ✓ Migrated successfully")
        else:
            _say(f"  ✗ Left out: {outcome.reason}")
            self.left_out.append({**path_fields(outcome.path), "reason": outcome.reason})

    def progress(self, sample: Sample) -> None:
        """See `migrate.watcher`; each file has its line."""


def _failed(error: str, code: str) -> dict[str, Any]:
    _say(f"Error: {error}")
    return {"success": False, "error": error, "code": code}


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
