"""Two local stacks on one machine know nothing of each other."""

from dataclasses import replace

import pytest

from infra.local_cloud import servers
from tests.conftest import ended_with_this_process
from tests.infra.local_cloud.conftest import RESOURCES, STACK, Deployment

pytestmark = [
    pytest.mark.engine,
    pytest.mark.emulator,
    pytest.mark.proof,
    pytest.mark.timeout(600),
]

OTHER = "local-two"


def ports(deployment: Deployment) -> set[int | None]:
    return {it.port for it in servers.status(deployment.stack, root=deployment.root).servers}


def documents(deployment: Deployment) -> list[str]:
    container = deployment.blobs().get_container_client("knowledge")
    return [blob.name for blob in container.list_blobs()]


def test_two_stacks_have_ports_state_and_documents_of_their_own(deployment: Deployment) -> None:
    other = replace(deployment, stack=OTHER)
    with ended_with_this_process(OTHER, other.root):
        other.prepare()
        made = other.up()
        for one in (deployment, other):
            one.blobs().get_blob_client("knowledge", f"kb/{one.stack}.md").upload_blob(b"text")
            one.aws("s3").put_object(Bucket="kb-documents", Key=f"kb/{one.stack}.md", Body=b"text")
        apart = ports(deployment).isdisjoint(ports(other))
        outputs = deployment.outputs(), other.outputs()
        gone = other.destroy()
        servers.stop(OTHER, root=other.root)
    listed = deployment.aws("s3").list_objects_v2(Bucket="kb-documents")["Contents"]

    assert apart
    assert made["create"] == RESOURCES + 1
    assert outputs[0]["account_url"] != outputs[1]["account_url"]
    assert gone.code == 0, gone.text
    assert other.plane.ids() == []
    assert documents(deployment) == [f"kb/{STACK}.md"]
    assert [it["Key"] for it in listed] == [f"kb/{STACK}.md"]
    assert deployment.up() == {"same": RESOURCES + 1}


def test_what_is_there_already_can_be_imported(deployment: Deployment) -> None:
    s3 = deployment.aws("s3")
    s3.create_bucket(Bucket="kb-imported")

    imported = deployment.pulumi(
        *("import", "--yes", "--generate-code=false", "--protect=false"),
        *("aws:s3/bucket:Bucket", "imported", "kb-imported"),
    )
    # The program does not have it.
    after = deployment.up()

    assert imported.code == 0, imported.text
    assert after == {"delete": 1, "same": RESOURCES + 1}
    assert [it["Name"] for it in s3.list_buckets()["Buckets"]] == ["kb-documents"]
