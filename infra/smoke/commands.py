"""`kb smoke`: the whole road on real accounts, in an environment of its own, with a report."""

import getpass
import os
import platform
import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from app.terms.answers import EXIT_FAILURE, Refusal, emit_json
from app.terms.options import Json, Stack, environment_name
from infra import screen
from infra.configured import config_of, settings_of
from infra.engine_screen import ensure_engine
from infra.settings import Settings
from infra.smoke.consent import SUFFIX, require_consent, require_harmless
from infra.smoke.cost import COST_MAX_DEFAULT, Estimate, estimate, require_affordable
from infra.smoke.course import SAMPLES, Outcome, run_course
from infra.smoke.masking import Mask
from infra.smoke.report import Report
from infra.smoke.trial import left_behind, trial_of

APP: Final = typer.Typer(add_completion=False, rich_markup_mode=None)


@APP.command()
def smoke(
    stack: Stack = None,
    cost_max: Annotated[
        float, typer.Option("--cost-max", min=0, help="Refuse what may cost more, by list prices.")
    ] = COST_MAX_DEFAULT,
    report: Annotated[
        Path | None,
        typer.Option("--report", metavar="FILE", help="Write the report there, too."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Try everything on your own accounts: up, migrate, verify, ask, drift, down; then report.

    What is tried is an environment beside ENV, configured as ENV is and disposable: ENV itself is never
    touched. It is taken down whatever happens. Secrets and ids are masked in the report.
    """
    name = environment_name(stack)
    config = config_of(name)
    settings = settings_of(config, environment=name)
    require_harmless(name, config, settings)
    if not SAMPLES.is_dir():
        raise Refusal(f"The samples are not here: {SAMPLES} is missing. Run it from a checkout.")
    expected = estimate(SAMPLES, settings.primary)
    require_affordable(expected, cost_max=cost_max)
    ask = _ask if sys.stdin.isatty() else None
    require_consent(name, os.environ, ask, notice=_notice(name, settings, expected))
    made = _tried(name, settings, expected, as_json=as_json)
    mask = Mask(os.environ, names=[getpass.getuser(), platform.node()], home=Path.home())
    if report is not None:
        report.write_text(made.as_text(mask), encoding="utf-8")
    if as_json:
        emit_json(made.as_json(mask))
    else:
        typer.echo(made.as_text(mask))
    if not made.passed:
        raise typer.Exit(EXIT_FAILURE)


def _tried(name: str, settings: Settings, expected: Estimate, *, as_json: bool) -> Report:
    console = screen.console(as_json=as_json)
    ensure_engine(console)
    outcomes: list[Outcome] = []
    offline = "ANTHROPIC_API_KEY" not in os.environ
    with trial_of(name) as trial:
        for outcome in run_course(trial, offline=offline):
            outcomes.append(outcome)
            said = "left out" if outcome.code is None else f"exit code {outcome.code}"
            console.print(f"  {outcome.name:<8} {said}, {outcome.seconds:.1f} s")
        left = left_behind(trial)
    return Report(
        environment=name,
        trial=trial,
        settings=settings,
        estimate=expected,
        outcomes=outcomes,
        left_behind=left,
    )


def _notice(name: str, settings: Settings, expected: Estimate) -> str:
    return (
        f"This makes the environment {name}{SUFFIX} on your accounts ({', '.join(settings.clouds)}), moves "
        f"{expected.files} files into it and takes it down again; at most {expected.amount:.2f} "
        f"{expected.currency} by list prices."
    )


def _ask(question: str) -> str:
    typer.echo(question, err=True, nl=False)
    return sys.stdin.readline()
