"""The options that every command has, so that they are spelled the same everywhere."""

import os
from collections.abc import Mapping
from typing import Annotated, Final

import typer

Stack = Annotated[
    str | None,
    typer.Option(
        "-s",
        "--stack",
        metavar="ENV",
        help="The environment (Pulumi stack) to work on. Default: $KB_STACK, else local.",
        show_default=False,
    ),
]

Json = Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.")]

DEFAULT_ENVIRONMENT: Final = "local"


def environment_name(stack: str | None, environ: Mapping[str, str] = os.environ) -> str:
    """Return the environment that a command works on: `-s`, else $KB_STACK, else `local`."""
    return stack or environ.get("KB_STACK") or DEFAULT_ENVIRONMENT
