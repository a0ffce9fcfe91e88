"""What the engine's events of a refresh come to: findings, and nothing where nothing has drifted."""

from collections.abc import Callable
from typing import Any, cast

import pytest

from infra import deploy
from infra.drift.findings import Finding
from infra.drift.look import look
from infra.stacks import Stack

ROLE = "aws:iam/role:Role"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
STACK = cast("Stack", None)  # the engine is not asked here


def state(token: str, name: str, **properties: Any) -> dict[str, Any]:
    return {
        "type": token,
        "urn": f"urn:pulumi:dev::kb::{token}::{name}",
        "id": f"id-of-{name}",
        "parent": "",
        "provider": "",
        "custom": not token.startswith("kb:"),
        **properties,
    }


def step(
    token: str,
    name: str,
    before: dict[str, Any],
    after: dict[str, Any] | None,
    *diffs: str,
) -> dict[str, Any]:
    """What the engine says of a resource: inputs and outputs before, and as they were found."""
    old = state(token, name, **before)
    return {
        "op": "refresh",
        "urn": old["urn"],
        "type": token,
        "provider": "",
        "old": old,
        "new": None if after is None else state(token, name, **after),
        "diffs": list(diffs),
    }


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Finding, ...]]:
    def run(*steps: dict[str, Any]) -> tuple[Finding, ...]:
        def refresh(_: Stack, *, on_event: deploy.OnEvent) -> deploy.Result:
            for number, one in enumerate(steps):
                on_event({"sequence": number, "timestamp": 0, "resOutputsEvent": {"metadata": one}})
            return deploy.Result({}, 0.0)

        monkeypatch.setattr(deploy, "look", refresh)
        return look(STACK).findings

    return run


Looked = Callable[..., tuple[Finding, ...]]


def test_what_is_gone_is_one_finding_however_much_was_declared(looked_at: Looked) -> None:
    (finding,) = looked_at(step(ROLE, "agent", {"inputs": {"path": "/", "name": "a"}}, None))

    assert (finding.kind, finding.property, finding.resource.name) == ("deleted", "", "agent")


def test_outputs_that_a_service_sets_itself_are_no_drift(looked_at: Looked) -> None:
    before = {"inputs": {"name": "a"}, "outputs": {"name": "a", "etag": "1"}}
    after = {"inputs": {"name": "a"}, "outputs": {"name": "a", "etag": "2"}}

    assert looked_at(step("aws:s3/bucket:Bucket", "kb", before, after)) == ()


def test_a_change_that_only_outputs_show_is_found_where_the_provider_names_it(
    looked_at: Looked,
) -> None:
    before = {"inputs": {"name": "a"}, "outputs": {"minimumTlsVersion": "TLS1_2"}}
    after = {"inputs": {"name": "a"}, "outputs": {"minimumTlsVersion": "TLS1_0"}}
    token = "azure-native:storage:StorageAccount"

    (finding,) = looked_at(step(token, "kb", before, after, "minimumTlsVersion"))

    assert (finding.property, finding.declared, finding.found) == (
        "minimumTlsVersion",
        "TLS1_2",
        "TLS1_0",
    )


def test_a_component_is_no_resource_of_a_cloud(looked_at: Looked) -> None:
    assert looked_at(step("kb:stores:AwsStore", "kb", {"inputs": {}}, None)) == ()


def test_a_policy_that_the_program_attaches_is_no_drift_and_another_is(looked_at: Looked) -> None:
    role = {"inputs": {"path": "/"}, "outputs": {"name": "agent"}}
    found = {
        "inputs": {"path": "/"},
        "outputs": {"name": "agent", "managedPolicyArns": ["arn:ours", "arn:theirs"]},
    }
    ours = {"inputs": {"role": "agent", "policyArn": "arn:ours"}}

    (finding,) = looked_at(step(ROLE, "agent", role, found), step(ATTACHMENT, "agent", ours, ours))

    assert (finding.kind, finding.found) == ("extra", "arn:theirs")
    assert finding.explanation.repair == "hand"


def test_a_refresh_that_took_the_policy_into_the_state_does_not_hide_it(looked_at: Looked) -> None:
    known = {"inputs": {}, "outputs": {"name": "agent", "managedPolicyArns": ["arn:theirs"]}}

    (finding,) = looked_at(step(ROLE, "agent", known, known))

    assert finding.found == "arn:theirs"


def test_a_secret_is_masked(looked_at: Looked) -> None:
    before = {"inputs": {"password": {**SECRET, "plaintext": '"hunter2"'}}}
    after = {"inputs": {"password": "[secret]", "other": {**SECRET, "plaintext": '"hunter3"'}}}

    findings = looked_at(step(ROLE, "agent", before, after))

    assert [one.found for one in findings] == ["[secret]"]
    assert "hunter" not in str([one.as_json() for one in findings])
