"""`kb drift`: what in an environment is not as it was declared, and what that breaks."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Final

import typer

from app.terms.answers import EXIT_FAILURE, EXIT_USAGE, emit_json
from app.terms.options import Json, Stack, environment_name
from app.terms.outputs import OutputsError, parse_outputs
from infra import screen, stacks
from infra.drift.look import look
from infra.drift.probes import probe
from infra.drift.report import Report, print_report

APP: Final = typer.Typer(add_completion=False, rich_markup_mode=None)

EXIT_DRIFT: Final = EXIT_FAILURE


class CannotTell(Exception):
    """Whether there is drift could not be found out: not the same as having found some.

    Attributes:
        exit_code: what the command ends with.
        code: the word of the reason.
    """

    exit_code: Final = EXIT_USAGE

    def __init__(self, reason: Exception) -> None:
        super().__init__(str(reason))
        self.code = getattr(reason, "code", "failed")


@APP.command()
def drift(
    stack: Stack = None,
    probes: Annotated[
        bool,
        typer.Option("--probes/--no-probes", help="Also make the agent's own calls, as the agent."),
    ] = True,
    as_json: Json = False,
) -> None:
    """Say what is not as the last `up` left it, and what that breaks: cost, safety, or the agent.

    Changes nothing: probes write and delete one blob below .kb/probe/. Exit code 0: no drift. 1: drift.
    2: called wrongly, or it cannot be told.
    """
    console = screen.console(as_json=as_json)
    name = environment_name(stack)
    with _told_apart():
        target = stacks.open_stack(name)
        outputs = parse_outputs(stacks.raw_outputs(target), environment=name)
        with console.status(f"Asking the clouds of {name} what is there"):
            seen = look(target)
        with console.status("Making the agent's calls"):
            report = Report(name, seen, probe(outputs) if probes else ())
    if as_json:
        emit_json(report.as_json())
    else:
        print_report(console, report)
    if report.drifted:
        raise typer.Exit(EXIT_DRIFT)


@contextmanager
def _told_apart() -> Iterator[None]:
    """Give what went wrong another exit code than drift has, as diff(1) does."""
    try:
        yield
    except Exception as error:
        failed = getattr(error, "exit_code", None) == EXIT_FAILURE
        if not (failed or isinstance(error, OutputsError)):
            raise
        raise CannotTell(error) from error
