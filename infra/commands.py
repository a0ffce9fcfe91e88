"""`kb up · down · outputs · env · doctor`: environments on the command line."""

import sys
from typing import Annotated, Final

import typer
from rich.console import Console

from app.terms.answers import EXIT_FAILURE, Refusal, UsageRefusal, emit_json
from app.terms.options import Json, Stack, environment_name
from app.terms.outputs import Outputs, parse_outputs
from app.terms.schema import outputs_schema
from app.terms.variables import SECRET_VARIABLES, variables_of
from infra import deploy, screen, stacks
from infra.local_cloud import is_local, servers
from infra.local_cloud.clouds import emulators_of
from infra.recovery import recover

APP: Final = typer.Typer(add_completion=False, rich_markup_mode=None)

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


@APP.command()
def up(
    stack: Stack = None,
    yes: Yes = False,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="First look at what is really there: finds drift.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Bring an environment up: make what the program says, then show its outputs.

    A local environment is emulated on this machine: its servers are started, nothing is asked. Any other is
    previewed first and asks, unless --yes.
    """
    console = screen.console(as_json=as_json)
    target = ready_stack(environment_name(stack), console)
    if not target.local and not yes:
        with screen.steps(console, "preview") as on_step:
            planned = deploy.preview(target, on_step=on_step, refresh=refresh)
        console.print(f"Preview of {target.name}: {screen.describe_result(planned)}.")
        _confirm(f"Bring {target.name} up like this?")
    with screen.steps(console, f"up {target.name}") as on_step:
        result = deploy.up(target, on_step=on_step, refresh=refresh)
    console.print(f"{target.name} is up: {screen.describe_result(result)}.")
    outputs = parse_outputs(stacks.raw_outputs(target), environment=target.name)
    if as_json:
        emit_json(
            {
                "environment": target.name,
                "changes": dict(result.changes),
                "seconds": round(result.seconds, 3),
                "outputs": screen.plain_outputs(outputs, show_secrets=False),
            }
        )
    else:
        _print_outputs(console, outputs, show_secrets=False)


@APP.command()
def down(
    stack: Stack = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Take an environment down: delete everything that `up` made, and the documents in it.

    Asks first, unless --yes. A protected resource (prod) refuses: change its configuration first.
    """
    console = screen.console(as_json=as_json)
    name = environment_name(stack)
    stacks.require_resources(stacks.open_stack(name))
    target = ready_stack(name, console)
    if not yes:
        _confirm(f"Delete everything in {name}, its documents included?")
    with screen.steps(console, f"down {name}") as on_step:
        result = deploy.down(target, on_step=on_step, refresh=target.local)
    if target.local:
        servers.stop(name, emptied=True)
    console.print(f"{name} is down: {screen.describe_result(result)}.")
    if as_json:
        emit_json(
            {
                "environment": name,
                "changes": dict(result.changes),
                "seconds": round(result.seconds, 3),
            }
        )


@APP.command()
def outputs(
    stack: Stack = None,
    show_secrets: Annotated[
        bool, typer.Option("--show-secrets", help="Print secrets in plain text.")
    ] = False,
    schema: Annotated[
        bool,
        typer.Option("--schema", help="Print the JSON Schema of --json; no environment is needed."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Show what an environment hands to the programs."""
    if schema:
        if show_secrets:
            raise UsageRefusal("A schema has no secrets: give one of --schema and --show-secrets.")
        emit_json(outputs_schema())
        return
    found = stacks.read_outputs(environment_name(stack))
    if as_json:
        emit_json(screen.plain_outputs(found, show_secrets=show_secrets))
    else:
        _print_outputs(screen.console(), found, show_secrets=show_secrets)


@APP.command()
def env(
    stack: Stack = None,
    dotenv: Annotated[
        bool, typer.Option("--dotenv", help="As lines for a .env file, secrets included.")
    ] = False,
    shell: Annotated[
        bool,
        typer.Option(
            "--shell", help='For eval "$(…)": also what a plain pulumi needs. Secrets included.'
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Print an environment as variables: exactly those that it has.

    Without --dotenv or --shell: a table with secrets masked. --json has the values, secrets included.
    """
    if dotenv + shell + as_json > 1:
        raise UsageRefusal("Give one of --dotenv, --shell and --json.")
    name = environment_name(stack)
    if shell:
        _print_shell(name)
        return
    values = variables_of(stacks.read_outputs(name))
    if as_json:
        emit_json(values)
    elif dotenv:
        typer.echo("\n".join(screen.dotenv_lines(values)))
    else:
        masked = {
            name: screen.MASK if name in SECRET_VARIABLES else value
            for name, value in values.items()
        }
        screen.console().print(screen.table_of(masked, title=f"Variables of {name}"))


def _print_shell(name: str) -> None:
    """Print exports; an environment that is not up yet has only what `pulumi up` needs."""
    if is_local(name):
        servers.reserve(name, names=emulators_of(name))
    target = stacks.open_stack(name)
    values = dict(target.variables)
    if target.local:
        stacks.create_stack(target)
    try:
        values |= variables_of(parse_outputs(stacks.raw_outputs(target), environment=target.name))
    except stacks.NotUp:
        typer.echo(f"# {target.name} is not up yet: only what pulumi needs.")
    typer.echo("\n".join(screen.shell_lines(values)))


@APP.command()
def doctor(stack: Stack = None, as_json: Json = False) -> None:
    """Say what is here, what is missing and how to get it. Exit code 1 if something needed is missing."""
    from infra.doctor import examine, table_of_findings

    findings = examine(environment_name(stack))
    if as_json:
        emit_json([finding.as_json() for finding in findings])
    else:
        screen.console().print(table_of_findings(findings))
    if any(finding.state == "missing" for finding in findings):
        raise typer.Exit(EXIT_FAILURE)


def ready_stack(name: str, console: Console) -> stacks.Stack:
    """Return a stack that the engine can work on: engine here, local cloud running, stack made."""
    from infra.engine_screen import ensure_engine

    stacks.require_environment(name)
    ensure_engine(console)
    if is_local(name):
        # Before the stack's variables are taken: they name the ports that the first start chooses.
        start_local_cloud(name, console)
        for line in recover(stacks.state_folder(name), name):
            console.print(line)
    target = stacks.open_stack(name)
    stacks.create_stack(target)
    return target


def start_local_cloud(name: str, console: Console) -> None:
    """Start the emulators of a local environment and say what is new."""
    running = servers.start(
        name, names=emulators_of(name), say=lambda line: console.print(line, markup=False)
    )
    for emulator in running.lost_memory:
        console.print(f"{emulator} was restarted and has forgotten what it held: up rebuilds it.")


def _confirm(question: str) -> None:
    if not sys.stdin.isatty():
        raise UsageRefusal(f"{question} There is no terminal to ask on: give --yes.")
    if not typer.confirm(question, err=True):
        raise Refusal("Nothing was done.")


def _print_outputs(console: Console, found: Outputs, *, show_secrets: bool) -> None:
    values = screen.plain_outputs(found, show_secrets=show_secrets)
    # The rows of the table say it already.
    del values["given"]
    console.print(screen.table_of(values, title=f"Outputs of {found.environment}"))
