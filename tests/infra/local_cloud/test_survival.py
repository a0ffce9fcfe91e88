"""Kills, lost memory and other ports: what the local cloud does after them."""

import subprocess
import time
from collections.abc import Callable
from contextlib import suppress

import psutil
import pytest

from infra.local_cloud import servers
from tests.infra.local_cloud.conftest import RESOURCES, STACK, Deployment

pytestmark = [pytest.mark.engine, pytest.mark.emulator, pytest.mark.timeout(600)]


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it did not happen within a minute"
        time.sleep(0.05)


def test_a_provider_ends_when_its_engine_is_killed_and_the_next_up_completes(
    emulated: Deployment,
) -> None:
    emulated.change()
    engine = subprocess.Popen(
        emulated.command("up", "--yes", "--skip-preview"),
        cwd=emulated.folder,
        env=emulated.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    parent = psutil.Process(engine.pid)
    # In the middle: something has been made, and the bucket's parts have not all been.
    wait_until(lambda: emulated.aws("s3").list_buckets()["Buckets"] or engine.poll() is not None)
    family = parent.children(recursive=True)
    command_of = {child: " ".join(_command(child)) for child in family}
    engine.kill()
    engine.wait()

    providers = [child for child in family if "infra.local_cloud.plugin" in command_of[child]]
    _, alive = psutil.wait_procs(providers, timeout=60)
    # The language host and the program are the engine's own; what became of them is not the claim here.
    for child in set(family) - set(providers):
        with suppress(psutil.NoSuchProcess):
            child.kill()
    assert len(providers) == 2
    assert alive == []
    emulated.recover()
    emulated.up()
    assert emulated.refresh() == {"same": RESOURCES + 1}


def test_a_bucket_that_a_killed_engine_left_behind_is_taken_over(emulated: Deployment) -> None:
    emulated.change()
    emulated.recover()
    assert emulated.destroy().code == 0
    urn = f"urn:pulumi:{STACK}::small::aws:s3/bucket:Bucket::documents"
    emulated.plane.claim("aws:bucket:kb-documents", urn)
    emulated.aws("s3").create_bucket(Bucket="kb-documents")

    emulated.up()
    assert emulated.up() == {"same": RESOURCES + 1}


def test_after_a_restart_on_other_ports_a_plain_up_rebuilds_aws_and_keeps_the_documents(
    deployment: Deployment,
) -> None:
    blobs = deployment.blobs()
    blobs.get_blob_client("knowledge", "kb/a.md").upload_blob(b"text", overwrite=True)
    servers.stop(STACK, root=deployment.root)
    started = servers.start(STACK, root=deployment.root, new_ports=True)
    assert started.lost_memory == ("moto",)
    rebuilt = deployment.up()
    s3, outputs = deployment.aws("s3"), deployment.outputs()
    blob = deployment.blobs().get_blob_client("knowledge", "kb/a.md")

    assert rebuilt["same"] == 7  # the stack and all of Azure but the account, whose endpoint moved
    assert outputs["account_url"] == f"{started.endpoints.azure_blob_url}/"
    assert outputs["endpoint"] == started.endpoints.aws_url
    assert s3.get_bucket_versioning(Bucket="kb-documents")["Status"] == "Enabled"
    keys = deployment.aws("iam").list_access_keys(
        UserName=deployment.aws("iam").list_users()["Users"][0]["UserName"]
    )
    assert [key["AccessKeyId"] for key in keys["AccessKeyMetadata"]] == [outputs["access_key_id"]]
    assert blob.download_blob().readall() == b"text"
    assert deployment.up() == {"same": RESOURCES + 1}


def test_after_the_control_plane_was_lost_a_plain_up_rebuilds_and_keeps_the_documents(
    deployment: Deployment,
) -> None:
    blob = deployment.blobs().get_blob_client("knowledge", "kb/a.md")
    blob.upload_blob(b"text", overwrite=True)
    (deployment.root / STACK / "control_plane.json").unlink()
    deployment.up()

    assert blob.download_blob().readall() == b"text"
    assert deployment.plane.get(deployment.outputs()["account_id"]) is not None
    assert deployment.up() == {"same": RESOURCES + 1}


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []
