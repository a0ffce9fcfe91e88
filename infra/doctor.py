"""What this machine has of what the project needs, what is missing, and how to get it."""

import importlib.util
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, Literal

from rich.table import Table

from infra import engine, stacks
from infra.local_cloud import is_local, servers
from infra.local_cloud.clouds import emulators_of
from infra.local_cloud.go_programs import FAKE_GCS
from infra.local_cloud.npm import AZURITE

State = Literal["here", "optional", "missing"]
"""`optional`: not here, and nothing that was asked for needs it now."""

DISK_BYTES_MIN: Final = 5 << 30
"""What a build of the engine needs at its peak."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked for.

    Attributes:
        name: of the thing.
        state: whether it is here.
        detail: version and place, or what it is needed for.
        advice: how to get it; "" if it is here.
    """

    name: str
    state: State
    detail: str
    advice: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the finding for a program."""
        return asdict(self)


def examine(environment: str, environ: Mapping[str, str] = os.environ) -> tuple[Finding, ...]:
    """Look for everything that working on this environment needs; starts, installs and changes nothing."""
    local = is_local(environment)
    return (
        Finding("Python", "here", f"{sys.version.split()[0]} in {sys.prefix}"),
        _pip(),
        _engine(),
        *(_sdk(module, package) for module, package in _SDKS),
        *((_moto(), _azurite(), _fake_gcs(), _servers(environment)) if local else ()),
        _environment(environment),
        _key(environ),
    )


_SDKS: Final = (
    ("pulumi_aws", "pulumi-aws"),
    ("pulumi_azure_native", "pulumi-azure-native"),
    ("pulumi_gcp", "pulumi-gcp"),
)


def _pip() -> Finding:
    if importlib.util.find_spec("pip"):
        return Finding("pip", "here", "the language host asks it which packages are installed")
    return Finding("pip", "missing", "the language host needs it", "make .venv/synced")


def _engine() -> Finding:
    found = engine.find()
    if found:
        where = "on PATH" if found.origin == "path" else "built from source, cached"
        return Finding("Pulumi engine", "here", f"{found.version}, {where}: {found.bin_directory}")
    free = shutil.disk_usage(Path.home()).free
    room = "" if free > DISK_BYTES_MIN else f" (needs 5 GiB of disk, {free >> 30} GiB are free)"
    return Finding(
        "Pulumi engine",
        "missing",
        "no pulumi with its Python language host on PATH, none built yet",
        f"install Pulumi with its official installer, or: kb up builds one in minutes{room}",
    )


def _sdk(module: str, package: str) -> Finding:
    if importlib.util.find_spec(module):
        return Finding(package, "here", version(package))
    cloud = package.split("-")[1]
    return Finding(
        package,
        "optional",
        f"for environments on {cloud}",
        f"pip install 'knowledge-base-cloud[infra-{cloud}]'",
    )


def _moto() -> Finding:
    if importlib.util.find_spec("moto"):
        return Finding("moto", "here", f"{version('moto')}, emulates S3 and IAM")
    return Finding("moto", "missing", "emulates S3 and IAM", "make .venv/synced")


def _azurite() -> Finding:
    installed = AZURITE.find()
    if installed:
        return Finding("Azurite", "here", f"emulates Azure blobs: {installed.main}")
    return Finding(
        "Azurite", "missing", "emulates Azure blobs", "kb local start installs it from npm"
    )


def _fake_gcs() -> Finding:
    built = FAKE_GCS.executable()
    if built.exists():
        return Finding(FAKE_GCS.name, "here", f"emulates Google Cloud Storage: {built}")
    return Finding(
        FAKE_GCS.name,
        "optional",
        "emulates Google Cloud Storage, where clouds names gcp",
        "kb local start builds it with Go, once per user",
    )


def _servers(environment: str) -> Finding:
    status = servers.status(environment, names=emulators_of(environment))
    running = [
        f"{server.name} on port {server.port}" for server in status.servers if server.process_id
    ]
    if status.running:
        return Finding("Local cloud", "here", ", ".join(running))
    return Finding(
        "Local cloud",
        "optional",
        f"running: {', '.join(running) or 'nothing'}",
        f"kb local start -s {environment}; kb up does it too",
    )


def _environment(name: str) -> Finding:
    try:
        outputs = stacks.read_outputs(name)
    except stacks.UnknownEnvironment as error:
        return Finding(
            f"Environment {name}", "missing", str(error), "kb up -s NAME with one of these"
        )
    except Exception as error:
        # Every reason why it cannot be read is what the doctor is asked for: shown, not raised.
        if not hasattr(error, "exit_code"):
            raise
        return Finding(f"Environment {name}", "optional", str(error), f"kb up -s {name}")
    return Finding(f"Environment {name}", "here", f"up, on {' and '.join(outputs.clouds)}")


def _key(environ: Mapping[str, str]) -> Finding:
    if environ.get("ANTHROPIC_API_KEY"):
        return Finding("ANTHROPIC_API_KEY", "here", "set (not shown)")
    return Finding(
        "ANTHROPIC_API_KEY",
        "optional",
        "lets Claude answer; without it: kb ask --model offline",
        "put it into .env",
    )


def table_of_findings(findings: tuple[Finding, ...]) -> Table:
    """Return the findings for a person."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    marks = {"here": "[green]✓[/]", "optional": "[yellow]·[/]", "missing": "[red]✗[/]"}
    for finding in findings:
        detail = finding.detail + (f"\n→ {finding.advice}" if finding.advice else "")
        table.add_row(marks[finding.state], finding.name, detail)
    return table
