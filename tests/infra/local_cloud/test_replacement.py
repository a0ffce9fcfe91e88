"""A change replaces a resource here exactly where it does in a real account."""

import json
from typing import Any

import pytest

from tests.infra.local_cloud.conftest import Deployment

pytestmark = [pytest.mark.engine, pytest.mark.emulator, pytest.mark.timeout(600)]


UPDATES: dict[str, dict[str, Any]] = {
    "bucket": {"tags": {"c": "d"}},
    "role": {"max_session_duration": 3600},
    "access_key": {"status": "Inactive"},
    "group": {"tags": {"c": "d"}},
    "account": {"minimum_tls_version": "TLS1_3"},
    "container": {"metadata": {"c": "d"}},
    "assignment": {"description": "x"},
}
REPLACEMENTS: list[dict[str, dict[str, Any]]] = [
    {
        "bucket": {"bucket": "kb-others"},
        "role": {"path": "/kb/"},
        "group": {"location": "koreacentral"},
    },
    {
        "bucket": {"object_lock_enabled": True},
        "account": {"is_hns_enabled": True},
        "identity": {"resource_name_": "others"},
        "assignment": {"principal_type": "User"},
    },
    {"account": {"account_name": "kbothers"}, "container": {"container_name": "others"}},
]
TOKENS = {
    "bucket": "Bucket",
    "role": "Role",
    "access_key": "AccessKey",
    "group": "ResourceGroup",
    "account": "StorageAccount",
    "container": "BlobContainer",
    "identity": "UserAssignedIdentity",
    "assignment": "RoleAssignment",
}


@pytest.mark.parametrize(
    ("changes", "operation"),
    [(UPDATES, "update"), *((changes, "replace") for changes in REPLACEMENTS)],
    ids=["updates", "names and places", "what is fixed at creation", "names in Azure"],
)
def test_a_change_updates_or_replaces_as_in_a_real_account(
    changes: dict[str, dict[str, Any]], operation: str, deployment: Deployment
) -> None:
    deployment.change(**changes)
    preview = deployment.pulumi("preview", "--json")
    assert preview.code == 0, preview.text
    steps = {
        step["urn"].split("::")[2].rpartition(":")[2]: step["op"]
        for step in json.loads(preview.out)["steps"]
        if not step["op"].startswith(("create-", "delete-"))
    }

    assert {name: steps[TOKENS[name]] for name in changes} == dict.fromkeys(changes, operation)


def test_a_preview_with_its_difference_can_be_read(deployment: Deployment) -> None:
    deployment.change(
        bucket={"tags": {"a": "b", "team": "kb"}},
        role={"max_session_duration": 3600},
        container={"container_name": "others"},
    )

    lines = [line.strip() for line in deployment.pulumi("preview", "--diff").out.splitlines()]

    assert "~ aws:s3/bucket:Bucket: (update)" in lines
    assert '+ team: "kb"' in lines
    assert "~ maxSessionDuration: 7200 => 3600" in lines
    assert any("containerName" in line and '"knowledge" => "others"' in line for line in lines), (
        lines
    )
    assert any(line.endswith("azure-native:storage:BlobContainer: (replace)") for line in lines)
    assert not any("__defaults" in line or "warning" in line.lower() for line in lines)


def test_a_replaced_bucket_has_all_its_parts(deployment: Deployment) -> None:
    deployment.change(bucket={"bucket": "kb-others"}, container={"container_name": "others"})
    deployment.up()
    s3 = deployment.aws("s3")

    assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == ["kb-others"]
    assert s3.get_bucket_versioning(Bucket="kb-others")["Status"] == "Enabled"
    assert s3.get_bucket_lifecycle_configuration(Bucket="kb-others")["Rules"]
    assert [container.name for container in deployment.blobs().list_containers()] == ["others"]
