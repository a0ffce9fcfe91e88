"""A small Pulumi project of its own, brought up by the real engine on emulators of its own."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from azure.storage.blob import BlobServiceClient

from infra import engine, local_cloud
from infra.local_cloud import servers
from infra.local_cloud.control_plane import ControlPlane, control_plane_of
from infra.local_cloud.credentials import AZURITE_ACCOUNT, AZURITE_KEY
from infra.recovery import recover
from tests.conftest import ended_with_this_process

STACK = "local-test"
RESOURCES = 19  # of the program


@dataclass(frozen=True, slots=True)
class Run:
    """What a `pulumi` command answered."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        return self.out + self.err

    @property
    def changes(self) -> dict[str, int]:
        """How many resources were created, updated …, of a command with --json."""
        events = [json.loads(line) for line in self.out.splitlines()]
        said = [event["diagnosticEvent"] for event in events if "diagnosticEvent" in event]
        errors = [one["message"] for one in said if one["severity"] == "error"]
        assert self.code == 0, (errors, self.err)
        (summary,) = [event["summaryEvent"] for event in events if "summaryEvent" in event]
        return dict(summary["resourceChanges"])


@dataclass(frozen=True, slots=True)
class Deployment:
    """The program's stack, and the emulators that it lives on."""

    folder: Path
    root: Path
    engine: engine.Engine
    stack: str = STACK

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            **local_cloud.environment(self.stack, root=self.root),
            "PATH": os.pathsep.join([str(self.engine.bin_directory), os.environ["PATH"]]),
            "PULUMI_BACKEND_URL": (self.folder / "state").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        }

    def command(self, *arguments: str, stack: str | None = None) -> list[str]:
        pulumi = str(self.engine.bin_directory / "pulumi")
        return [
            pulumi,
            *arguments,
            "--stack",
            stack or self.stack,
            "--non-interactive",
            "--color=never",
        ]

    def pulumi(self, *arguments: str, stack: str | None = None) -> Run:
        done = subprocess.run(
            self.command(*arguments, stack=stack),
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        return Run(done.returncode, done.stdout, done.stderr)

    def up(self) -> dict[str, int]:
        return self.pulumi("up", "--yes", "--skip-preview", "--json").changes

    def refresh(self) -> dict[str, int]:
        return self.pulumi("refresh", "--yes", "--skip-preview", "--json").changes

    def destroy(self) -> Run:
        return self.pulumi("destroy", "--yes", "--skip-preview")

    def recover(self) -> None:
        """Do what `kb up` does first, after an engine was killed."""
        recover(self.folder / "state", self.stack)

    def outputs(self) -> dict[str, Any]:
        answer = self.pulumi("stack", "output", "--json", "--show-secrets")
        assert answer.code == 0, answer.text
        found: dict[str, Any] = json.loads(answer.out)
        return found

    def change(self, **properties: dict[str, Any]) -> None:
        """Change properties of the program's resources from the next `up` on."""
        (self.folder / "changes.json").write_text(json.dumps(properties))

    @property
    def plane(self) -> ControlPlane:
        return control_plane_of(self.stack, root=self.root)

    def aws(self, service: Any) -> Any:
        return boto3.client(
            service,
            endpoint_url=servers.endpoints(self.stack, root=self.root).aws_url,
            region_name="us-east-1",
            aws_access_key_id="any",
            aws_secret_access_key="any",
        )

    def blobs(self) -> BlobServiceClient:
        return BlobServiceClient(
            servers.endpoints(self.stack, root=self.root).azure_blob_url,
            credential={"account_name": AZURITE_ACCOUNT, "account_key": AZURITE_KEY},
        )

    def prepare(self) -> None:
        """Start the emulators, and make the stack with nothing in it."""
        servers.start(self.stack, root=self.root)
        for arguments in (
            ("stack", "init"),
            ("config", "set", "azure-native:location", "westeurope"),
        ):
            done = self.pulumi(*arguments)
            assert done.code == 0, done.text


@pytest.fixture(scope="session")
def pulumi_engine() -> engine.Engine:
    return engine.ensure(lambda _: None)


@contextmanager
def project(
    program: Path, tmp_path_factory: pytest.TempPathFactory, pulumi_engine: engine.Engine
) -> Iterator[Deployment]:
    """A project that runs a program, not yet deployed; its emulators end with the block."""
    root = tmp_path_factory.mktemp("local-cloud")
    folder = tmp_path_factory.mktemp("project")
    shutil.copy(program, folder)
    (folder / "Pulumi.yaml").write_text(
        f"name: small\nruntime:\n  name: python\n  options:\n    virtualenv: {sys.prefix}\n"
    )
    (folder / "state").mkdir()
    deployment = Deployment(folder, root, pulumi_engine)
    with ended_with_this_process(STACK, root):
        yield deployment


@pytest.fixture(scope="module")
def emulated(
    tmp_path_factory: pytest.TempPathFactory, pulumi_engine: engine.Engine
) -> Iterator[Deployment]:
    """A deployment with nothing in it yet; its emulators end with the module."""
    program = Path(__file__).with_name("program") / "__main__.py"
    with project(program, tmp_path_factory, pulumi_engine) as deployment:
        deployment.prepare()
        yield deployment


@pytest.fixture
def deployment(emulated: Deployment) -> Deployment:
    """The program, up and as its source says, whatever the last test left."""
    emulated.change()
    emulated.up()
    return emulated
