"""A change replaces a resource here exactly where it does in a real account."""

import json
from typing import Any

import pytest

from tests.infra.local_cloud.conftest import Deployment

pytestmark = [pytest.mark.engine, pytest.mark.emulator, pytest.mark.timeout(600)]


@pytest.mark.parametrize(
    ("resource", "token", "changes", "operation"),
    [
        ("bucket", "Bucket", {"tags": {"c": "d"}}, "update"),
        ("bucket", "Bucket", {"bucket": "kb-others"}, "replace"),
        ("bucket", "Bucket", {"object_lock_enabled": True}, "replace"),
        ("role", "Role", {"max_session_duration": 3600}, "update"),
        ("role", "Role", {"path": "/kb/"}, "replace"),
        ("access_key", "AccessKey", {"status": "Inactive"}, "update"),
        ("group", "ResourceGroup", {"tags": {"c": "d"}}, "update"),
        ("group", "ResourceGroup", {"location": "koreacentral"}, "replace"),
        ("account", "StorageAccount", {"minimum_tls_version": "TLS1_3"}, "update"),
        ("account", "StorageAccount", {"is_hns_enabled": True}, "replace"),
        ("account", "StorageAccount", {"account_name": "kbothers"}, "replace"),
        ("container", "BlobContainer", {"metadata": {"c": "d"}}, "update"),
        ("container", "BlobContainer", {"container_name": "others"}, "replace"),
        ("identity", "UserAssignedIdentity", {"resource_name_": "others"}, "replace"),
        ("assignment", "RoleAssignment", {"description": "x"}, "update"),
        ("assignment", "RoleAssignment", {"principal_type": "User"}, "replace"),
    ],
)
def test_a_change_updates_or_replaces_as_in_a_real_account(
    resource: str, token: str, changes: dict[str, Any], operation: str, deployment: Deployment
) -> None:
    deployment.change(**{resource: changes})
    preview = deployment.pulumi("preview", "--json")
    assert preview.code == 0, preview.text
    steps = {
        step["urn"].split("::")[2].rpartition(":")[2]: step["op"]
        for step in json.loads(preview.out)["steps"]
        if not step["op"].startswith(("create-", "delete-"))
    }

    assert steps[token] == operation


def test_a_replaced_bucket_has_all_its_parts(deployment: Deployment) -> None:
    deployment.change(bucket={"bucket": "kb-others"}, container={"container_name": "others"})
    deployment.up()
    s3 = deployment.aws("s3")

    assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == ["kb-others"]
    assert s3.get_bucket_versioning(Bucket="kb-others")["Status"] == "Enabled"
    assert s3.get_bucket_lifecycle_configuration(Bucket="kb-others")["Rules"]
    assert [container.name for container in deployment.blobs().list_containers()] == ["others"]
