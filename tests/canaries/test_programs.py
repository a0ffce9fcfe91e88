"""Programs that are handed secrets leave none of them anywhere."""

import base64
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import boto3
import pytest
from azure.storage.blob import ContainerClient

from infra.local_cloud.credentials import AZURITE_ACCOUNT, AZURITE_KEY
from tests.canaries.scene import PROJECT, Scene, shared_access

pytestmark = [pytest.mark.emulator, pytest.mark.timeout(300)]

BUCKET = "canaries"
NOWHERE = "http://127.0.0.1:1"
SAMPLES = str(PROJECT / "samples" / "kb" / "faq")


@pytest.fixture
def scene(tmp_path: Path, moto_url: str, azurite_url: str) -> Iterator[Scene]:
    """A bucket and a container, and what opens them; each secret is planted."""
    folder = tmp_path / "scene"
    folder.mkdir()
    found = Scene(folder)
    s3 = boto3.client(
        "s3",
        endpoint_url=moto_url,
        region_name="us-east-1",
        aws_access_key_id="any",
        aws_secret_access_key="any",
    )
    s3.create_bucket(Bucket=BUCKET)
    account = {"account_name": AZURITE_ACCOUNT, "account_key": AZURITE_KEY}
    with ContainerClient(azurite_url, BUCKET, credential=account) as container:
        container.create_container()
        found.variables = {
            "STORAGE_TYPE": "s3",
            "AWS_BUCKET_NAME": BUCKET,
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL_S3": moto_url,
            "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
            "AWS_SECRET_ACCESS_KEY": found.plant("an AWS key", "{}/+/x"),
            "AZURE_CONTAINER_NAME": BUCKET,
            "ANTHROPIC_API_KEY": found.plant("the key of Claude", "sk-ant-api03-{}-AA"),
            "PULUMI_CONFIG_PASSPHRASE": found.plant("a passphrase", '{} "quoted" ü <&>'),
        }
        yield found
        container.delete_container()


def situations(scene: Scene, azurite_url: str) -> dict[str, dict[str, str]]:
    """Every kind of secret, where it works, where nothing is, and where nobody answers."""
    signed, signature = shared_access(azurite_url, BUCKET)
    scene.planted["a signature"] = (signature,)
    scene.planted["the account's key"] = (AZURITE_KEY,)
    hmac = {
        "AWS_ACCESS_KEY_ID": "GOOG1EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": scene.plant("an HMAC key", "{}/+="),
    }
    key = base64.b64encode(scene.plant("a dead account's key", "{}/+<&>").encode()).decode()
    dead_signature = quote(scene.plant("a dead account's signature", "{}/+="), safe="")
    opened_by = {
        "a key": f"BlobEndpoint={azurite_url};AccountName={AZURITE_ACCOUNT};AccountKey={AZURITE_KEY}",
        "a signature": signed,
        "a dead key": f"BlobEndpoint={NOWHERE}/a;AccountName=a;AccountKey={key}",
        "a dead signature": f"BlobEndpoint={NOWHERE}/a;SharedAccessSignature=sv=1&sig={dead_signature}",
    }
    of_azure = {
        name: {"STORAGE_TYPE": "azure", "AZURE_STORAGE_CONNECTION_STRING": string}
        for name, string in opened_by.items()
    }
    return {
        "S3": {},
        "S3 without the bucket": {"AWS_BUCKET_NAME": "no-such-bucket"},
        "S3 where nobody answers": {"AWS_ENDPOINT_URL_S3": NOWHERE},
        "S3 of another vendor": hmac,
        "S3 of another vendor where nobody answers": {**hmac, "AWS_ENDPOINT_URL_S3": NOWHERE},
        **of_azure,
        "a signature without the container": {
            **of_azure["a signature"],
            "AZURE_CONTAINER_NAME": "no-such",
        },
    }


def debug(scene: Scene, chosen: dict[str, dict[str, str]]) -> None:
    """Run the program that says everything, and see that it came to its end."""
    module = ("-m", "tests.canaries.debugged")

    code = scene.kb("run", "--", sys.executable, *module, CANARIES_SITUATIONS=json.dumps(chosen))

    assert code == 0, scene.said()
    assert scene.output().count("done with ") == len(chosen)
    assert "DEBUG:botocore" in scene.output()


def test_no_secret_is_in_what_a_program_says_at_debug_level(scene: Scene, azurite_url: str) -> None:
    every = situations(scene, azurite_url)

    debug(scene, {name: every[name] for name in ("S3", "a dead signature")})

    assert scene.hits() == []


@pytest.mark.proof
def test_no_secret_is_in_what_a_program_says_in_any_situation(
    scene: Scene, azurite_url: str
) -> None:
    debug(scene, situations(scene, azurite_url))

    assert scene.hits() == []


@pytest.mark.proof
@pytest.mark.parametrize(
    "cloud", ["S3", "S3 where nobody answers", "a signature", "a dead signature"]
)
def test_no_secret_is_in_what_the_commands_leave(
    scene: Scene, azurite_url: str, cloud: str
) -> None:
    source = ("--source", SAMPLES)
    scene.variables |= situations(scene, azurite_url)[cloud]
    scene.variables |= {"KB_MONITORED": "1", "KB_DEBUG": "1"}

    moved = scene.kb("migrate", "run", *source, "--json", "--report", "report.html")
    for words in (
        ("migrate", "plan", *source, "--json"),
        ("migrate", "verify", *source, "--check", "digest", "--json"),
        ("migrate", "report", *source, "--json"),
        ("migrate", "status", *source),
        ("checklist", *source, "--sample-files", "5", "--json"),
        ("backup", "--to", "backup"),
        ("ls",),
        ("search", "the"),
        ("ask", "--model", "offline", "--json", "Who?"),
        ("ask", "Who?"),
        ("migrate", "rollback", *source, "--json"),
    ):
        scene.kb(*words)

    assert (moved == 0) == (cloud in ("S3", "a signature"))
    assert scene.hits() == []
