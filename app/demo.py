"""`kb demo`: the whole road on this machine, made of the commands that a person would type."""

import os
import shlex
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final, NamedTuple

import typer

from app.cli import run
from app.settings import ambient_variables
from app.terms.answers import EXIT_USAGE, Refusal

APP: Final = typer.Typer(add_completion=False, rich_markup_mode=None)

SAMPLES: Final = Path(__file__).resolve().parents[1] / "samples" / "kb"
ENVIRONMENT: Final = "local"
QUESTION: Final = "How often does a holder have to renew its lease?"


class Step(NamedTuple):
    """One command of the demo and why it is there."""

    why: str
    words: Sequence[str]


def _steps(question: str, *, offline: bool) -> tuple[Step, ...]:
    source = str(SAMPLES.relative_to(Path.cwd()) if SAMPLES.is_relative_to(Path.cwd()) else SAMPLES)
    here = ("-s", ENVIRONMENT)
    model = ("--model", "offline") if offline else ()
    return (
        Step(
            "Provision: the real Pulumi engine, on emulated AWS, Azure and Google Cloud",
            ("up", *here),
        ),
        Step("Move a folder of documents into it", ("migrate", "run", *here, "--source", source)),
        Step("Prove that every byte arrived", ("migrate", "verify", *here, "--source", source)),
        Step(
            "Ask the agent; it searches and reads the store, and cites what it read"
            + (
                " (no ANTHROPIC_API_KEY: the offline model answers by fixed rules)"
                if offline
                else ""
            ),
            ("ask", *here, *model, question),
        ),
    )


@APP.command()
def demo(
    question: Annotated[str, typer.Argument(help="What to ask.")] = QUESTION,
) -> None:
    """Bring the local environment up, move the samples into it, prove it, and ask a question.

    No account, no key. What is already done is said and takes seconds.
    """
    if not SAMPLES.is_dir():
        raise Refusal(
            f"The samples are not here: {SAMPLES} is missing. Run the demo from a checkout."
        )
    offline = "ANTHROPIC_API_KEY" not in ambient_variables(os.environ, folder=Path.cwd()).values
    steps = _steps(question, offline=offline)
    for number, step in enumerate(steps, 1):
        typer.echo(f"\n[{number}/{len(steps)}] {step.why}")
        typer.echo(f"$ kb {shlex.join(step.words)}")
        start = time.monotonic()
        code = run(step.words)
        if code:
            stopped = (
                f"The demo stopped at step {number}; mend what is said above and run it again."
            )
            typer.echo(stopped, err=True)
            raise typer.Exit(code if code != EXIT_USAGE else 1)
        typer.echo(f"({time.monotonic() - start:.1f} s)")
    typer.echo(_NEXT)


_NEXT: Final = """
Try next:
  .venv/bin/kb ask -s local --model offline "삭제한 문서는 며칠 안에 복구할 수 있나요?"
  .venv/bin/kb search -s local "rollback"
  .venv/bin/kb down -s local        # deletes the environment and what is in it"""
