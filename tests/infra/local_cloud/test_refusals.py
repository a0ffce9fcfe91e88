"""What the local cloud refuses, and that nothing is half done then."""

import json
from typing import Any

import pytest

from infra.local_cloud import servers
from tests.infra.local_cloud.conftest import STACK, Deployment

pytestmark = [pytest.mark.engine, pytest.mark.emulator, pytest.mark.timeout(600)]


def rules(**changes: Any) -> list[dict[str, Any]]:
    transition = {"days": 30, "storage_class": "STANDARD_IA"} | changes
    return [{"id": "a", "status": "Enabled", "filter": {}, "transitions": [transition]}]


def policy(**condition: Any) -> dict[str, Any]:
    actions = {"base_blob": {"tier_to_cool": condition}}
    definition = {"filters": {"blob_types": ["blockBlob"]}, "actions": actions}
    return {"rules": [{"name": "a", "type": "Lifecycle", "definition": definition}]}


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        (
            {"lifecycle": {"rules": rules(storage_class="FROZEN")}},
            "rules[0].transitions[0].storageClass",
        ),
        ({"lifecycle": {"rules": rules(day=30)}}, "rules[0].transitions[0].day"),
        (
            {"policy": {"policy": policy(days_after_modification_greater_than=-1)}},
            "policy.rules[0].definition.actions.baseBlob.tierToCool.daysAfterModificationGreaterThan",
        ),
        # What Azure would take and a rule of ours does not.
        ({"account": {"allow_blob_public_access": True}}, "allowBlobPublicAccess"),
    ],
)
def test_a_wrong_payload_is_refused_at_preview_by_its_property(
    changes: dict[str, Any], path: str, emulated: Deployment
) -> None:
    emulated.change(**changes)
    refused = emulated.pulumi("preview")

    assert refused.code != 0
    assert path in refused.text
    assert "Traceback" not in refused.text
    assert emulated.aws("s3").list_buckets()["Buckets"] == []


def test_a_type_that_is_not_served_is_refused_by_name(emulated: Deployment) -> None:
    emulated.change(queue={})
    refused = emulated.pulumi("preview")

    assert refused.code != 0
    assert "The local cloud does not serve aws:sqs/queue:Queue" in refused.text
    assert "Traceback" not in refused.text


@pytest.mark.parametrize("configured", ["aws:allowedAccountIds", "aws:endpoints"])
def test_configuration_for_another_place_is_refused(configured: str, emulated: Deployment) -> None:
    emulated.change()
    value = {"aws:allowedAccountIds": ["1"], "aws:endpoints": [{"s3": "https://s3.example"}]}
    emulated.pulumi("config", "set", configured, json.dumps(value[configured]))
    refused = emulated.pulumi("preview")
    emulated.pulumi("config", "rm", configured)

    assert refused.code != 0
    assert configured.partition(":")[2] in refused.text
    assert "local" in refused.text


def test_a_stack_that_is_not_local_is_refused_before_anything_is_done(emulated: Deployment) -> None:
    emulated.pulumi("stack", "init", stack="dev")
    refused = emulated.pulumi("up", "--yes", stack="dev")

    assert refused.code != 0
    assert "Stack 'dev' is not local" in refused.text
    assert emulated.aws("s3").list_buckets()["Buckets"] == []
    assert not (emulated.root / "dev").exists()


def test_a_bucket_of_somebody_else_is_never_taken_over(emulated: Deployment) -> None:
    emulated.change()
    s3 = emulated.aws("s3")
    s3.create_bucket(Bucket="kb-documents")
    for _ in range(2):  # the second time no less than the first
        refused = emulated.pulumi("up", "--yes", "--skip-preview")
        assert refused.code != 0
        assert "BucketAlreadyOwnedByYou" in refused.text
    emulated.destroy()
    assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == ["kb-documents"]
    s3.delete_bucket(Bucket="kb-documents")


def test_without_emulators_the_refusal_says_how_to_start_them(emulated: Deployment) -> None:
    emulated.change()
    servers.stop(STACK, root=emulated.root)
    refused = emulated.pulumi("preview")
    servers.start(STACK, root=emulated.root)

    assert refused.code != 0
    assert f"Run: kb local start -s {STACK}" in refused.text
