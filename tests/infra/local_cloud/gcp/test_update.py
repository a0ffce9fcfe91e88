"""The real engine brings a program of Google Cloud up, on fake-gcs-server alone."""

import json
from typing import Any

import pytest
import requests

from infra.local_cloud import servers
from infra.local_cloud.emulators import FAKE_GCS
from tests.infra.local_cloud.conftest import STACK, Deployment

pytestmark = [pytest.mark.engine, pytest.mark.emulator, pytest.mark.timeout(600)]

RESOURCES = 7
UPDATES: dict[str, dict[str, Any]] = {
    "bucket": {"labels": {"a": "b"}, "lifecycle_rules": []},
    "role": {"permissions": ["storage.objects.list"]},
    "account": {"display_name": "Agent"},
    "pool": {"disabled": True},
    "provider": {"attribute_condition": "false"},
}
REPLACEMENTS: dict[str, dict[str, Any]] = {
    "bucket": {"location": "US"},
    "role": {"role_id": "another"},
    "account": {"account_id": "kb-another"},
    "pool": {"workload_identity_pool_id": "kb-another"},
    "provider": {"workload_identity_pool_provider_id": "another"},
    "member": {"condition": {"title": "others", "expression": "true"}},
    "trust": {"role": "roles/iam.serviceAccountTokenCreator"},
}
TOKENS = {
    "bucket": "Bucket",
    "role": "IAMCustomRole",
    "account": "Account",
    "pool": "WorkloadIdentityPool",
    "provider": "WorkloadIdentityPoolProvider",
    "member": "BucketIAMMember",
    "trust": "IAMMember",
}


@pytest.fixture(scope="module")
def brought_up(emulated: Deployment) -> Deployment:
    """The program, up and as its source says; every test leaves it so."""
    emulated.change()
    emulated.up()
    return emulated


def test_whatever_somebody_changed_is_found_by_refresh_and_repaired(
    brought_up: Deployment,
) -> None:
    deployment = brought_up
    url = servers.endpoints(STACK, root=deployment.root, names=(FAKE_GCS,)).gcs_url
    bucket = f"{url}/storage/v1/b/kb-documents"
    requests.patch(bucket, json={"versioning": {"enabled": False}}, timeout=30).raise_for_status()
    deployment.plane.change("kb-documents", lifecycleRules=None)
    deployment.plane.change("projects/kb-local/roles/agent", permissions=["storage.objects.delete"])
    (member,) = deployment.plane.ids("b/kb-documents/")
    deployment.plane.delete(member)

    found = deployment.refresh()
    repaired = deployment.up()

    assert (found["update"], found["delete"]) == (2, 1)
    assert repaired == {"same": RESOURCES + 1 - 3, "update": 2, "create": 1}
    assert requests.get(bucket, timeout=30).json()["versioning"] == {"enabled": True}
    assert (deployment.plane.get("kb-documents") or {})["inputs"]["lifecycleRules"]


@pytest.mark.parametrize(
    ("changes", "operation"),
    [
        pytest.param(UPDATES, "update", marks=pytest.mark.proof, id="updates"),
        pytest.param(REPLACEMENTS, "replace", id="names, places and bindings"),
    ],
)
def test_a_change_updates_or_replaces_as_in_a_real_project(
    changes: dict[str, dict[str, Any]], operation: str, brought_up: Deployment
) -> None:
    brought_up.change(**changes)
    preview = brought_up.pulumi("preview", "--json")
    brought_up.change()
    assert preview.code == 0, preview.text
    steps = {
        step["urn"].split("::")[2].rpartition(":")[2]: step["op"]
        for step in json.loads(preview.out)["steps"]
        if not step["op"].startswith(("create-", "delete-"))
    }

    assert {name: steps[TOKENS[name]] for name in changes} == dict.fromkeys(changes, operation)


@pytest.mark.proof
def test_a_wrong_rule_is_refused_at_preview_by_its_property(emulated: Deployment) -> None:
    rule = {"action": {"type": "Delete"}, "condition": {"with_state": "DEAD"}}
    emulated.change(bucket={"lifecycle_rules": [rule]})

    refused = emulated.pulumi("preview")
    emulated.change()

    assert refused.code != 0
    assert "lifecycleRules[0].condition.withState" in refused.text
    assert "Traceback" not in refused.text


@pytest.mark.proof
def test_after_a_restart_a_plain_up_makes_the_bucket_again(deployment: Deployment) -> None:
    servers.stop(STACK, root=deployment.root)
    started = servers.start(STACK, root=deployment.root, names=(FAKE_GCS,), new_ports=True)
    url = f"{started.endpoints.gcs_url}/storage/v1/b/kb-documents"
    gone = requests.get(url, timeout=30).status_code

    deployment.up()

    assert started.lost_memory == (FAKE_GCS,)
    assert gone == 404
    assert requests.get(url, timeout=30).json()["versioning"] == {"enabled": True}
    assert deployment.up() == {"same": RESOURCES + 1}
    assert deployment.destroy().code == 0
    assert deployment.plane.ids() == []
