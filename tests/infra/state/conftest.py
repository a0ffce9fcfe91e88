"""A stack with one secret, and the places in which the engine can keep its state."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import boto3
import pytest
from azure.storage.blob import ContainerClient

from app.store.backends.gcs import GCSStore
from infra import engine
from infra.local_cloud.credentials import AZURITE_ACCOUNT, AZURITE_KEY

SECRET_OUTPUT = "the-secret-that-is-an-output"
SECRET_SETTING = "the-secret-that-is-a-setting"
STACK = "shared"

AWS = {
    "AWS_ACCESS_KEY_ID": "any",
    "AWS_SECRET_ACCESS_KEY": "any",
    "AWS_REGION": "us-east-1",
}

_PROGRAM = """
import pulumi

pulumi.export("hidden", pulumi.Output.secret({output!r}))
pulumi.export("setting", pulumi.Config().require_secret("setting"))
"""


@dataclass(frozen=True, slots=True)
class Backend:
    """Where a state lies.

    Attributes:
        url: that `pulumi login` takes.
        variables: that open it.
        contents: everything that lies there, by name.
    """

    url: str
    contents: Callable[[], Mapping[str, bytes]]
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Project:
    """A small program and the engine, without anything of the shell."""

    folder: Path
    bin_directory: Path
    backend: Backend

    def pulumi(
        self, *words: str, given: str = "", **variables: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.bin_directory / "pulumi"), *words, "--color=never"],
            cwd=self.folder,
            env={
                "PATH": f"{self.bin_directory}:{Path(sys.prefix) / 'bin'}:/usr/bin:/bin",
                "HOME": str(self.folder),
                "PULUMI_HOME": str(self.folder / "home"),
                "PULUMI_BACKEND_URL": self.backend.url,
                "PULUMI_SKIP_UPDATE_CHECK": "true",
                **self.backend.variables,
                **variables,
            },
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )

    def done(self, *words: str, given: str = "", **variables: str) -> str:
        """Run a command that must succeed and return what it printed."""
        answer = self.pulumi(*words, "--stack", STACK, given=given, **variables)
        assert answer.returncode == 0, answer.stdout + answer.stderr
        return answer.stdout

    def make(self, *provider: str, **variables: str) -> None:
        """Make the stack, with its two secrets."""
        self.done("stack", "init", "--non-interactive", *provider, **variables)
        self.done("config", "set", "--secret", "setting", SECRET_SETTING, **variables)
        self.done("up", "--yes", "--skip-preview", "--non-interactive", **variables)

    @property
    def written(self) -> dict[str, bytes]:
        """Everything that the engine wrote: the state, its home, the configuration beside the program."""
        others = {
            path.name: path.read_bytes()
            for path in (*self.folder.glob("Pulumi.*.yaml"), *(self.folder / "home").rglob("*"))
            if path.is_file()
        }
        return {**self.backend.contents(), **others}


@pytest.fixture
def project_at(tmp_path: Path) -> Callable[[Backend], Project]:
    def make(backend: Backend) -> Project:
        folder = tmp_path / "project"
        folder.mkdir()
        (folder / "__main__.py").write_text(_PROGRAM.format(output=SECRET_OUTPUT))
        (folder / "Pulumi.yaml").write_text(
            f"name: small\nruntime:\n  name: python\n  options:\n    virtualenv: {sys.prefix}\n"
        )
        return Project(folder, engine.ensure(lambda _: None).bin_directory, backend)

    return make


@pytest.fixture
def in_folder(tmp_path: Path) -> Backend:
    folder = tmp_path / "state"
    folder.mkdir()
    return Backend(
        folder.as_uri(),
        lambda: {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()},
    )


@pytest.fixture
def in_s3(moto_url: str) -> Backend:
    bucket = "pulumi-state"
    client = boto3.client(
        "s3",
        endpoint_url=moto_url,
        region_name=AWS["AWS_REGION"],
        aws_access_key_id="any",
        aws_secret_access_key="any",
    )
    client.create_bucket(Bucket=bucket)

    def contents() -> dict[str, bytes]:
        names = [it["Key"] for it in client.list_objects_v2(Bucket=bucket).get("Contents", [])]
        return {name: client.get_object(Bucket=bucket, Key=name)["Body"].read() for name in names}

    return Backend(
        f"s3://{bucket}?region=us-east-1", contents, {**AWS, "AWS_ENDPOINT_URL": moto_url}
    )


@pytest.fixture
def in_azblob(azurite_url: str) -> Iterator[Backend]:
    container = ContainerClient(
        azurite_url,
        "pulumi-state",
        credential={"account_name": AZURITE_ACCOUNT, "account_key": AZURITE_KEY},
    )
    container.create_container()
    place = azurite_url.split("/")[2]
    with container:
        yield Backend(
            f"azblob://pulumi-state?storage_account={AZURITE_ACCOUNT}&protocol=http"
            f"&domain={place}&localemu=true",
            lambda: {
                name: container.download_blob(name).readall()
                for name in container.list_blob_names()
            },
            {"AZURE_STORAGE_ACCOUNT": AZURITE_ACCOUNT, "AZURE_STORAGE_KEY": AZURITE_KEY},
        )


@pytest.fixture
def in_gs(gcs_url: str) -> Iterator[Backend]:
    store = GCSStore("pulumi-state", endpoint_url=gcs_url)
    store.create_bucket()
    yield Backend(
        "gs://pulumi-state",
        lambda: {info.key: store.read(info.key).data for info in store.scan("")},
        {
            "STORAGE_EMULATOR_HOST": gcs_url.removeprefix("http://"),
            # Asked for before the emulator is; nobody looks at it.
            "GOOGLE_OAUTH_ACCESS_TOKEN": "any",
        },
    )
    store.close()
