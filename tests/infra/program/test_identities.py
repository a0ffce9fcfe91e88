from typing import Any

import pytest

from app.terms.permissions import PERMISSIONS
from infra.access import iam_policy, rbac_condition, rbac_permissions
from infra.stores.azure import connection_string
from tests.infra.program.recording import Recording, run_program

ISSUER = "https://token.actions.githubusercontent.com"
SUBJECT = "repo:owner/repository:environment:prod"


def _actions(statements: list[dict[str, Any]]) -> set[str]:
    return {action for statement in statements for action in statement["Action"]}


def test_a_migrator_exists_only_while_the_configuration_lets_it_in() -> None:
    without, with_one = run_program({}), run_program({"migration": "open"})

    assert not [it.name for it in without.resources if "migrator" in it.name]
    assert without.exports["aws_migrator_role_arn"] is None
    assert without.exports["azure_migrator_client_id"] is None
    assert with_one.exports["aws_migrator_role_arn"]
    assert with_one.exports["azure_migrator_client_id"]


def test_the_migrator_can_delete_only_while_a_migration_is_taken_back() -> None:
    recorded = run_program({"migration": "rollback"})

    assert "s3:DeleteObject" in _actions(recorded.named("RolePolicy", "migrator").policy())
    (permissions,) = recorded.named("RoleDefinition", "migrator").inputs["permissions"]
    assert [it for it in permissions["dataActions"] if it.endswith("/delete")]


def test_the_migrator_of_an_open_migration_can_delete_nothing(
    local: Recording, dev: Recording
) -> None:
    for recorded in (local, dev):
        for token in ("RolePolicy", "UserPolicy"):
            for resource in recorded.of(token):
                if resource.name.endswith("-migrator"):
                    assert not [it for it in _actions(resource.policy()) if "Delete" in it]
        (permissions,) = recorded.named("RoleDefinition", "migrator").inputs["permissions"]
        assert not [it for it in permissions["dataActions"] if "delete" in it.lower()]
        assert not permissions.get("actions")


def test_nobody_can_touch_old_versions_or_rules(recorded: Recording) -> None:
    for resource in [*recorded.of("RolePolicy"), *recorded.of("UserPolicy")]:
        actions = _actions(resource.policy())
        assert not [it for it in actions if "*" in it or "Version" in it or "Lifecycle" in it]
    for definition in recorded.of("RoleDefinition"):
        (permissions,) = definition.inputs["permissions"]
        # Built-in Contributor could delete the container itself.
        assert not permissions.get("actions")
        assert not [it for it in permissions["dataActions"] if "ersion" in it or "*" in it]


def test_objects_are_reached_only_below_the_prefix(recorded: Recording) -> None:
    bucket = f"arn:aws:s3:::{recorded.exports['aws_bucket']}"

    for resource in [*recorded.of("RolePolicy"), *recorded.of("UserPolicy")]:
        for statement in resource.policy():
            if statement["Resource"] == bucket:
                assert statement["Condition"] == {"StringLike": {"s3:prefix": "kb/*"}}
            elif statement["Resource"].startswith(bucket):
                assert statement["Resource"] == f"{bucket}/kb/*"
            else:
                assert statement["Sid"] == "Encryption"


def test_a_user_may_do_what_its_role_may(local: Recording) -> None:
    for identity in ("agent", "migrator"):
        assert (
            local.named("UserPolicy", identity).policy()
            == local.named("RolePolicy", identity).policy()
        )


def test_a_role_assignment_is_of_the_container_and_of_the_prefix(recorded: Recording) -> None:
    for assignment in recorded.of("RoleAssignment"):
        inputs = assignment.inputs
        assert "/BlobContainer/" in inputs["scope"]
        assert inputs["principalType"] == "ServicePrincipal"
        assert inputs["conditionVersion"] == "2.0"
        assert "blobs:path] StringStartsWith 'kb/'" in inputs["condition"]
        assert "blobs:prefix] StringStartsWith 'kb/'" in inputs["condition"]


@pytest.mark.parametrize("identity", ["agent", "migrator"])
def test_a_condition_covers_every_data_action_and_closes_every_bracket(identity: Any) -> None:
    condition = rbac_condition(identity, prefix="kb/")

    assert condition
    assert condition.count("(") == condition.count(")")
    assert condition.count("{") == condition.count("}")
    (permissions,) = rbac_permissions(identity)
    assert all(f"ActionMatches{{'{it}'}}" in condition for it in permissions["data_actions"])


def test_without_a_prefix_the_whole_container_is_meant() -> None:
    recorded = run_program({"prefix": ""})

    assert recorded.named("RoleAssignment", "agent").inputs.get("condition") is None
    documents, listing = recorded.named("RolePolicy", "agent").policy()
    assert documents["Resource"] == f"arn:aws:s3:::{recorded.exports['aws_bucket']}/*"
    assert "Condition" not in listing


def test_the_agent_may_do_more_than_the_migrator_only_in_deleting() -> None:
    assert PERMISSIONS["agent"]["open"] - PERMISSIONS["migrator"]["open"] == {"delete"}
    assert PERMISSIONS["agent"]["rollback"] == PERMISSIONS["migrator"]["rollback"]

    def policy(identity: Any) -> set[str]:
        document = iam_policy(identity, bucket_arn="arn:aws:s3:::b", prefix="kb/")
        return _actions(document["Statement"])

    assert policy("agent") - policy("migrator") == {"s3:DeleteObject"}


def test_without_anybody_named_a_role_trusts_its_own_account(dev: Recording) -> None:
    (statement,) = dev.named("Role", "agent").policy("assumeRolePolicy")

    assert statement["Principal"] == {"AWS": ["arn:aws:iam::123456789012:root"]}
    assert statement["Action"] == "sts:AssumeRole"


def test_a_workload_is_trusted_by_its_whole_subject_in_both_clouds() -> None:
    trust = {"oidc_issuer": ISSUER, "oidc_subject": SUBJECT}
    recorded = run_program({"agent_trust": trust})

    (statement,) = recorded.named("Role", "agent").policy("assumeRolePolicy")
    assert statement["Condition"] == {
        "StringEquals": {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": SUBJECT,
        }
    }
    federated = recorded.one("FederatedIdentityCredential").inputs
    assert (federated["issuer"], federated["subject"]) == (ISSUER, SUBJECT)
    assert federated["audiences"] == ["api://AzureADTokenExchange"]


def test_named_principals_replace_the_account() -> None:
    role = "arn:aws:iam::123456789012:role/app"
    recorded = run_program({"agent_trust": {"aws_principals": [role]}})

    (statement,) = recorded.named("Role", "agent").policy("assumeRolePolicy")
    assert statement["Principal"] == {"AWS": [role]}


@pytest.mark.parametrize(
    ("endpoint", "account"),
    [
        ("https://kb1.blob.core.windows.net/", "kb1"),
        ("https://kb1.z6.blob.storage.azure.net/", "kb1"),
        ("http://127.0.0.1:10000/devstoreaccount1/", "devstoreaccount1"),
    ],
)
def test_a_connection_string_signs_for_the_account_that_its_endpoint_names(
    endpoint: str, account: str
) -> None:
    assert connection_string("kb1", endpoint=endpoint, key="a2V5") == (
        f"BlobEndpoint={endpoint};AccountName={account};AccountKey=a2V5"
    )
