"""`kb`: mounts each program's commands lazily; decides nothing."""

import errno
import gc
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

import typer
from typer.main import get_command

from app.terms.answers import EXIT_FAILURE, EXIT_USAGE, emit_json
from app.terms.entries import Entry, LazyGroup
from app.terms.inventory import INVENTORY

ENTRIES: Final = (
    Entry("up", "infra.commands", "Bring an environment up (pulumi up).", "Environments"),
    Entry("down", "infra.commands", "Take an environment down (pulumi destroy).", "Environments"),
    Entry(
        "outputs",
        "infra.commands",
        "Show what an environment hands to the programs.",
        "Environments",
    ),
    Entry(
        "env",
        "infra.commands",
        "Print an environment as variables for a shell or .env.",
        "Environments",
    ),
    Entry(
        "run",
        "app.child",
        "Run any program with an environment's variables.",
        "Environments",
    ),
    Entry(
        "drift",
        "infra.drift.commands",
        "Say what is not as it was declared, and what that breaks.",
        "Environments",
    ),
    Entry(
        "adopt",
        "infra.adoption_plan.commands",
        "See what would change on what an environment adopts.",
        "Environments",
    ),
    Entry(
        "local",
        "infra.local_cloud.commands",
        "Start, stop and look at the local cloud.",
        "Environments",
    ),
    Entry(
        "doctor",
        "infra.commands",
        "Say what is here, what is missing and how to get it.",
        "Environments",
    ),
    Entry(
        "tiering",
        "infra.tiering.commands",
        "Say what the tiering rules do to these documents, and what a year of them costs.",
        "Environments",
    ),
    Entry("migrate", "migrate.commands", "Plan, run and verify a migration.", "Documents"),
    Entry(
        "backup",
        "migrate.backup_commands",
        "Copy an environment's documents into a folder or a store.",
        "Documents",
    ),
    Entry("restore", "migrate.backup_commands", "Copy a backup back.", "Documents"),
    Entry(
        "checklist",
        "migrate.checklist.commands",
        "Really do the ten checks before a migration.",
        "Documents",
    ),
    Entry("ls", "app.commands", "List documents.", "Documents"),
    Entry("cat", "app.commands", "Print a document.", "Documents"),
    Entry("search", "app.commands", "Find lines in documents.", "Documents"),
    Entry("ask", "app.commands", "Ask the agent a question.", "Documents"),
    Entry("store", "app.trial.commands", "Try whether a store keeps its promises.", "Documents"),
    Entry("demo", "app.demo", "The whole road on this machine: up, migrate, verify, ask.", "Start"),
    Entry(
        "smoke",
        "infra.smoke.commands",
        "The same on your own accounts, in an environment beside ENV.",
        "Start",
    ),
)


class _Programs(LazyGroup):
    """What `kb` can do."""

    entries = ENTRIES


if TYPE_CHECKING:
    from app.environment import Environments
    from app.terms.inventory import Document
    from app.terms.outputs import Outputs

_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

APP: Final = typer.Typer(
    cls=_Programs,
    name="kb",
    help="Provision blob storage, move a knowledge base into it, prove it, and ask it.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # rich's help costs 0.2 s of start-up
    pretty_exceptions_enable=False,
)


@APP.callback()
def _root(ctx: typer.Context) -> None:
    """Provision blob storage, move a knowledge base into it, prove it, and ask it."""
    ctx.obj = _environments
    ctx.meta[INVENTORY] = _documents


def _environments() -> "Environments":
    """Hand the reader of stack outputs to the programs: only here do they and infra meet."""
    from app.environment import environments_of_process

    return environments_of_process(_read_outputs if find_spec("pulumi") else None)


def _documents(stack: str | None) -> "Iterator[Document]":
    from app.inventory import documents_of

    return documents_of(_environments(), stack)


def _read_outputs(environment: str) -> "Outputs":
    from infra.stacks import read_outputs

    return read_outputs(environment)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run `kb` and exit: 0 done, 1 failed, 2 called wrongly. Never a traceback.

    An exception with an `exit_code` is a sentence for a person. Anything else is a bug of ours, said as one;
    `KB_DEBUG=1` shows its traceback.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    code = _flushed(run(words))
    # Else the interpreter looks through everything for garbage once more before it drops it all.
    gc.freeze()
    sys.exit(code)


def run(words: Sequence[str]) -> int:
    """Run `kb` with these words and return its exit code."""
    try:
        code = get_command(APP)(list(words), prog_name="kb", standalone_mode=True)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else EXIT_FAILURE
    except KeyboardInterrupt:
        return _say("Interrupted.", "interrupted", 130, words)
    except Exception as error:
        exit_code = getattr(error, "exit_code", None)
        if os.environ.get("KB_DEBUG"):
            raise
        if isinstance(exit_code, int):
            return _say(str(error), getattr(error, "code", "failed"), exit_code, words)
        if isinstance(error, ModuleNotFoundError) and not _ours(error.name or ""):
            return _say(_missing_extra(error, words), "missing_extra", EXIT_USAGE, words)
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            return _say(_no_room(error), "no_room", EXIT_FAILURE, words)
        kind = type(error).__name__
        sentence = f"This is a bug of ours: {kind}: {error}. KB_DEBUG=1 shows where it happened."
        return _say(sentence, "bug", EXIT_FAILURE, words)
    return code if isinstance(code, int) else 0


def _ours(module: str) -> bool:
    return module.split(".")[0] in ("app", "infra", "migrate")


def _missing_extra(error: ModuleNotFoundError, words: Sequence[str]) -> str:
    command = next((word for word in words if not word.startswith("-")), "")
    return (
        f"kb {command} needs the Python module {error.name!r}, which this installation does not have. "
        "Install the project with its extras (make .venv/synced, or pip install "
        "'knowledge-base-cloud[infra-aws,infra-azure,local,migrate]')."
    )


def _no_room(error: OSError) -> str:
    return f"Nothing more could be written to {error.filename or 'the output'}: {error.strerror}."


def _flushed(code: int) -> int:
    """Return the exit code, when everything that was printed has been written."""
    try:
        sys.stdout.flush()
    except OSError as error:
        # The interpreter would try again at its end, and have the last word.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not code:
            return _say(_no_room(error), "no_room", EXIT_FAILURE, ())
    return code


def _say(sentence: str, code: str, exit_code: int, words: Sequence[str]) -> int:
    if "--json" in words:
        # Where the output is what failed, the sentence is still said.
        with suppress(OSError):
            emit_json({"error": {"code": code, "message": sentence}})
    sys.stderr.write(f"kb: {sentence}\n")
    return exit_code
