"""Where a state can lie, and what encrypts the secrets in it: each tried with the real engine."""

import json
from collections.abc import Callable
from pathlib import Path

import boto3
import pytest

from infra import engine, stacks
from tests.infra.state.conftest import (
    AWS,
    SECRET_OUTPUT,
    SECRET_SETTING,
    Backend,
    Project,
)

pytestmark = [pytest.mark.engine, pytest.mark.emulator, pytest.mark.timeout(300)]

ProjectAt = Callable[[Backend], Project]
KEY = "awskms://alias/pulumi?region=us-east-1"
NOWHERE = "http://127.0.0.1:1"
OLD = {"PULUMI_CONFIG_PASSPHRASE": "the old passphrase"}
NEW = {"PULUMI_CONFIG_PASSPHRASE": "the new passphrase"}


@pytest.fixture
def kms(moto_url: str) -> dict[str, str]:
    """A key of AWS KMS under the alias that KEY names, and the variables that reach it."""
    client = boto3.client(
        "kms",
        endpoint_url=moto_url,
        region_name=AWS["AWS_REGION"],
        aws_access_key_id="any",
        aws_secret_access_key="any",
    )
    key = client.create_key()["KeyMetadata"]["KeyId"]
    if not any(it["AliasName"] == "alias/pulumi" for it in client.list_aliases()["Aliases"]):
        client.create_alias(AliasName="alias/pulumi", TargetKeyId=key)
    return {**AWS, "AWS_ENDPOINT_URL_KMS": moto_url}


def secrets_of(project: Project, **variables: str) -> tuple[str, str]:
    """The output and the setting, in plain text."""
    outputs = project.done("stack", "output", "--json", "--show-secrets", **variables)
    setting = project.done("config", "get", "setting", **variables).strip()
    return json.loads(outputs)["hidden"], setting


def assert_written_as_ciphertext(project: Project) -> None:
    written = project.written
    secrets = (SECRET_OUTPUT, SECRET_SETTING, *OLD.values(), *NEW.values())
    plain = [
        name
        for name, content in written.items()
        if any(secret.encode() in content for secret in secrets)
    ]
    assert plain == []
    assert any(b"ciphertext" in content for content in written.values())


@pytest.mark.proof
def test_a_state_in_s3_whose_secrets_a_key_of_kms_encrypts(
    project_at: ProjectAt, in_s3: Backend, kms: dict[str, str]
) -> None:
    project = project_at(in_s3)

    project.make("--secrets-provider", KEY, **kms)
    without_key = project.pulumi(
        *("stack", "output", "--show-secrets", "-s", "shared"),
        **{**kms, "AWS_ENDPOINT_URL_KMS": NOWHERE},
    )

    assert secrets_of(project, **kms) == (SECRET_OUTPUT, SECRET_SETTING)
    assert_written_as_ciphertext(project)
    assert ".pulumi/stacks/small/shared.json" in project.written
    assert without_key.returncode != 0
    assert SECRET_OUTPUT not in without_key.stdout + without_key.stderr


@pytest.mark.proof
@pytest.mark.parametrize("place", ["in_folder", "in_azblob", "in_gs"])
def test_a_state_elsewhere_whose_secrets_a_passphrase_encrypts(
    project_at: ProjectAt, place: str, request: pytest.FixtureRequest
) -> None:
    backend: Backend = request.getfixturevalue(place)
    project = project_at(backend)

    project.make(**OLD)
    with_another = project.pulumi("stack", "output", "--show-secrets", "-s", "shared", **NEW)

    assert secrets_of(project, **OLD) == (SECRET_OUTPUT, SECRET_SETTING)
    assert_written_as_ciphertext(project)
    assert "shared.json" in {name.rpartition("/")[2] for name in project.written}
    assert with_another.returncode != 0
    assert "incorrect passphrase" in with_another.stderr


@pytest.mark.proof
def test_a_passphrase_is_changed_and_the_old_one_opens_nothing(
    project_at: ProjectAt, in_folder: Backend, tmp_path: Path
) -> None:
    project = project_at(in_folder)
    project.make(**OLD)
    (tmp_path / "old").write_text(f"{OLD['PULUMI_CONFIG_PASSPHRASE']}\n")

    project.done(
        *("stack", "change-secrets-provider", "passphrase"),
        given=f"{NEW['PULUMI_CONFIG_PASSPHRASE']}\n" * 2,
        PULUMI_CONFIG_PASSPHRASE_FILE=str(tmp_path / "old"),
    )
    with_old = project.pulumi("stack", "output", "--show-secrets", "-s", "shared", **OLD)

    assert secrets_of(project, **NEW) == (SECRET_OUTPUT, SECRET_SETTING)
    assert_written_as_ciphertext(project)
    assert with_old.returncode != 0


@pytest.mark.proof
def test_a_passphrase_gives_way_to_a_key_and_a_key_to_a_passphrase(
    project_at: ProjectAt, in_folder: Backend, kms: dict[str, str]
) -> None:
    project = project_at(in_folder)
    project.make(**OLD)

    project.done("stack", "change-secrets-provider", KEY, **OLD, **kms)
    by_key = secrets_of(project, **kms)
    project.done("stack", "change-secrets-provider", "passphrase", **NEW, **kms)

    assert by_key == (SECRET_OUTPUT, SECRET_SETTING)
    assert secrets_of(project, **NEW) == (SECRET_OUTPUT, SECRET_SETTING)
    assert_written_as_ciphertext(project)


def test_a_new_stack_takes_the_key_that_its_file_names(
    project_at: ProjectAt,
    in_folder: Backend,
    kms: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    project = project_at(in_folder)
    file = project.folder / "Pulumi.shared.yaml"
    file.write_text(f"secretsprovider: {KEY}\n")
    monkeypatch.setattr(stacks, "PROJECT", project.folder)
    variables = {"PULUMI_BACKEND_URL": in_folder.url, "PULUMI_HOME": str(project.folder), **kms}

    stacks.create_stack(stacks.Stack("shared", engine.ensure(lambda _: None), variables))

    assert "encryptedkey: " in file.read_text()
    assert "encryptionsalt" not in file.read_text()
