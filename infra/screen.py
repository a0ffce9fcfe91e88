"""What `up`, `down`, `outputs` and `env` show a person."""

import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from pydantic import SecretStr
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from app.terms.outputs import Outputs
from infra.deploy import OnStep, Result, Step

MASK: Final = "••••••••"
"""What stands where a secret would; never as long as the secret."""

WIDTH: Final = 100
"""Columns of what is not a terminal."""


def console(*, as_json: bool = False) -> Console:
    """Return the console of a command: with `--json` everything for people goes to standard error."""
    found = Console(stderr=as_json, highlight=False)
    # A pipe has no width of its own: rich would fold at 80.
    return found if found.is_terminal else Console(stderr=as_json, highlight=False, width=WIDTH)


@contextmanager
def steps(on: Console, title: str) -> Iterator[OnStep]:
    """Show the engine's steps: a moving line on a terminal, a line a change elsewhere."""
    if not on.is_terminal:
        yield lambda step: _print_step(on, step, only_changes=True)
        return
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        TextColumn("{task.completed} resources"),
        TimeElapsedColumn(),
        console=on,
        transient=True,
    ) as progress:
        task = progress.add_task(title, total=None)

        def show(step: Step) -> None:
            if step.warning:
                _print_step(on, step, only_changes=True)
                return
            progress.update(
                task, advance=1, description=f"{title}: {step.verb} {step.resource}"[:70]
            )

        yield show


def _print_step(on: Console, step: Step, *, only_changes: bool) -> None:
    if step.warning:
        on.print(f"  warning: {step.resource} {step.warning}", markup=False, soft_wrap=True)
    elif not (only_changes and step.verb in ("same", "read", "refresh")):
        on.print(f"  {step.verb:<8} {step.resource}", markup=False, soft_wrap=True)


def describe_result(result: Result) -> str:
    """Return what an update did, as one phrase: `17 created, 2 unchanged, in 4.1 s`."""
    words = {
        "create": "created",
        "update": "updated",
        "replace": "replaced",
        "delete": "deleted",
        "same": "unchanged",
        "refresh": "looked at",
    }
    parts = [f"{count} {words.get(verb, verb)}" for verb, count in result.changes.items() if count]
    return f"{', '.join(parts) or 'nothing to do'}, in {result.seconds:.1f} s"


def plain_outputs(outputs: Outputs, *, show_secrets: bool) -> dict[str, Any]:
    """Return the outputs that there are, as JSON has them; secrets masked unless asked for."""
    plain: dict[str, Any] = {}
    for name in type(outputs).model_fields:
        value = getattr(outputs, name)
        if isinstance(value, SecretStr):
            value = value.get_secret_value() if show_secrets else MASK
        if value is not None:
            plain[name] = value
    return plain


def table_of(values: Mapping[str, Any], *, title: str) -> Table:
    """Return a two-column table that folds long values instead of cutting them."""
    table = Table(
        title=title, title_justify="left", show_header=False, box=None, padding=(0, 2, 0, 0)
    )
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in values.items():
        table.add_row(name, str(value))
    return table


def shell_lines(values: Mapping[str, str]) -> Iterator[str]:
    """Yield `export NAME='value'` for a POSIX shell's eval."""
    for name, value in values.items():
        yield f"export {name}={shlex.quote(value)}"


def dotenv_lines(values: Mapping[str, str]) -> Iterator[str]:
    """Yield `NAME='value'` as python-dotenv reads it: single quotes, backslash and quote escaped."""
    for name, value in values.items():
        escaped = value.replace("\\", "\\\\").replace("'", "\\'")
        yield f"{name}='{escaped}'"
