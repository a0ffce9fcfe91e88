"""`kb local start · stop · status`: the emulated clouds of a local environment on the command line."""

from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from app.terms.answers import EXIT_FAILURE, emit_json
from app.terms.options import Json, Stack, environment_name
from infra.local_cloud import servers
from infra.local_cloud.clouds import emulators_of

APP: Final = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Start, stop and look at the local cloud: the emulators of a stack, on 127.0.0.1.",
)


@APP.command()
def start(
    stack: Stack = None,
    new_ports: Annotated[
        bool,
        typer.Option("--new-ports", help="Choose new free ports instead of the remembered ones."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Start the emulators that do not run; their ports are remembered."""
    console = Console(stderr=as_json, highlight=False)
    name = environment_name(stack)
    running = servers.start(
        name,
        names=emulators_of(name),
        new_ports=new_ports,
        say=lambda line: console.print(line, markup=False),
    )
    for emulator in running.lost_memory:
        console.print(
            f"{emulator} was restarted and has forgotten what it held. Run: kb up -s {name} (it rebuilds it)."
        )
    if as_json:
        emit_json(
            {
                "environment": name,
                "started": list(running.started),
                "lost_memory": list(running.lost_memory),
                "aws_url": running.endpoints.aws_url,
                "azure_blob_url": running.endpoints.azure_blob_url,
                "gcs_url": running.endpoints.gcs_url,
            }
        )
        return
    console.print(f"{', '.join(running.started) or 'Everything'} {_were(running.started)}")
    _print_status(console, servers.status(name, names=emulators_of(name)))


def _were(started: tuple[str, ...]) -> str:
    return "started." if started else "was running already."


@APP.command()
def stop(stack: Stack = None, as_json: Json = False) -> None:
    """Stop the emulators. Azurite keeps its documents on disk; the others forget, `kb up` rebuilds."""
    name = environment_name(stack)
    stopped = servers.stop(name)
    if as_json:
        emit_json({"environment": name, "stopped": list(stopped)})
    else:
        typer.echo(f"Stopped: {', '.join(stopped)}." if stopped else "Nothing was running.")


@APP.command()
def status(stack: Stack = None, as_json: Json = False) -> None:
    """Say what runs and where. Exit code 1 if something does not run."""
    name = environment_name(stack)
    found = servers.status(name, names=emulators_of(name))
    if as_json:
        emit_json(
            {
                "environment": name,
                "running": found.running,
                "servers": [
                    {
                        "name": server.name,
                        "port": server.port,
                        "process_id": server.process_id,
                        "log": str(server.log),
                    }
                    for server in found.servers
                ],
            }
        )
    else:
        _print_status(Console(highlight=False), found)
    if not found.running:
        raise typer.Exit(EXIT_FAILURE)


def _print_status(console: Console, found: servers.Status) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in ("emulator", "state", "address", "process", "log"):
        table.add_column(column, overflow="fold")
    for server in found.servers:
        table.add_row(
            server.name,
            "running" if server.process_id else "stopped",
            f"127.0.0.1:{server.port}" if server.port else "no port yet",
            str(server.process_id or ""),
            str(server.log),
        )
    console.print(table)
