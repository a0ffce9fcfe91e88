"""`kb run`: any program, started with an environment's variables."""

import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, ClassVar, Final, Never

import typer
from dotenv import dotenv_values

from app.environment import environments_of
from app.settings import VARIABLES, parse_settings
from app.terms.answers import Refusal, UsageRefusal
from app.terms.options import Stack

APP: Final = typer.Typer(add_completion=False, rich_markup_mode=None)

_KEY: Final = frozenset({"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"})
_TOKEN: Final = "AWS_SESSION_TOKEN"  # noqa: S105 - the variable's name, no token


class NotFound(Refusal):
    """There is no program of this name: the exit code that shells give, too."""

    exit_code: ClassVar[int] = 127
    code: ClassVar[str] = "command_not_found"


class NotRunnable(Refusal):
    """There is one, and the system does not start it: the exit code that shells give, too."""

    exit_code: ClassVar[int] = 126
    code: ClassVar[str] = "command_not_runnable"


@APP.command(context_settings={"allow_interspersed_args": False})
def run(
    ctx: typer.Context,
    command: Annotated[
        list[str] | None,
        typer.Argument(metavar="-- CMD [ARGUMENTS]...", show_default=False),
    ] = None,
    stack: Stack = None,
) -> None:
    """Run a program with an environment's variables: those of `kb env`, and no other store's.

    The program takes the place of this one: its output, signals and exit code are its own. Secrets are in
    its environment only, never in a file or among its arguments.
    """
    if not command:
        raise UsageRefusal("Say what to run: kb run -s ENV -- CMD [ARGUMENTS]...")
    environments = environments_of(ctx)
    variables = environments.variables(stack)
    parse_settings(variables)
    become(command, child_environ(variables.values, environments.environ, environments.folder))


def child_environ(
    values: Mapping[str, str], environ: Mapping[str, str], folder: Path
) -> dict[str, str]:
    """Return the variables of a process that shall see these of ours and no others.

    Args:
        values: that decide, of `Environments.variables`.
        environ: of this process.
        folder: in which the process starts.
    """
    ours = set(VARIABLES) - _KEY - {_TOKEN}
    if not _KEY.isdisjoint(values):
        ours |= _KEY
        # A session's token belongs to the key beside it.
        if environ.get("AWS_ACCESS_KEY_ID") != values.get("AWS_ACCESS_KEY_ID"):
            ours.add(_TOKEN)
    # Else the environment has no key, and is entered as who the shell is.
    # A program that reads .env itself would fill what the environment does not have with what lies there;
    # it leaves alone what is set, be it to nothing.
    hidden = {name: "" for name in dotenv_values(folder / ".env") if name in VARIABLES}
    kept = {name: value for name, value in environ.items() if name not in ours}
    return {**hidden, **kept, **values}


def become(command: list[str], environ: Mapping[str, str]) -> Never:
    """Put a program in the place of this one.

    Raises:
        NotFound: there is none of this name.
        NotRunnable: the system refuses it.
    """
    # Python ignores these two, and a program inherits what is ignored.
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    sys.stdout.flush()
    try:
        os.execvpe(command[0], command, environ)  # noqa: S606 - no shell is meant
    except FileNotFoundError as error:
        raise NotFound(f"There is no program {command[0]!r} on PATH.") from error
    except OSError as error:
        raise NotRunnable(f"{command[0]!r} cannot be started: {error.strerror}.") from error
