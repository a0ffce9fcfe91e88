"""The deployer may make what the program makes, is granted nothing else, and reaches no document."""

from typing import Any

import pytest

from app.terms.permissions import DEPLOYER
from infra.access import gcs_permissions, rbac_permissions
from infra.access.deployer import (
    AWS_NEEDS,
    AZURE_NEEDS,
    GOOGLE_NEEDS,
    google_deployer_permissions,
    iam_deployer_policy,
    rbac_deployer_permissions,
)
from infra.access.evaluate import (
    Assignment,
    Binding,
    Call,
    Caller,
    judge_google,
    judge_iam,
    judge_rbac,
)
from tests.infra.access.policies import CONTAINER_ID
from tests.infra.access.recording import recorded
from tests.infra.program.recording import run_program

ACCOUNT = "123456789012"
_NETWORKS = "/subscriptions/1/resourceGroups/net/providers/Microsoft.Network"
SUBNET = f"{_NETWORKS}/virtualNetworks/hub/subnets/stores"
ZONE = f"{_NETWORKS}/privateDnsZones/privatelink.blob.core.windows.net"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/knowledge-base-boundary"
DEPLOYS = Caller(arn=f"arn:aws:iam::{ACCOUNT}:role/deployer", account=ACCOUNT)
PLACES = {
    "bucket": "arn:aws:s3:::kb-prod-1a2b3c4",
    "identity": f"arn:aws:iam::{ACCOUNT}:role/kb-prod-agent-1a2b3c4",
    "bound identity": f"arn:aws:iam::{ACCOUNT}:role/kb-prod-agent-1a2b3c4",
    "new key": f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/new",
    "key": f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/1",
    "topic": f"arn:aws:sns:eu-central-1:{ACCOUNT}:kb-prod-1a2b3c4",
    "alarm": f"arn:aws:cloudwatch:eu-central-1:{ACCOUNT}:alarm:kb-prod-errors-1a2b3c4",
    "budget": f"arn:aws:budgets::{ACCOUNT}:budget/kb-prod-1a2b3c4",
    "networks": "*",
    "new endpoint": f"arn:aws:ec2:eu-central-1:{ACCOUNT}:vpc-endpoint/vpce-1",
    "endpoint": f"arn:aws:ec2:eu-central-1:{ACCOUNT}:vpc-endpoint/vpce-1",
}
CONTEXTS = {
    "bound identity": {"iam:PermissionsBoundary": BOUNDARY},
    "new key": {"aws:RequestTag/environment": "prod"},
    "key": {"aws:ResourceTag/environment": "prod"},
    "new endpoint": {"aws:RequestTag/environment": "prod"},
    "endpoint": {"aws:ResourceTag/environment": "prod"},
}
NEEDED = [
    pytest.param(
        Call(
            action=action,
            resource=PLACES[place].replace(":role/", ":user/")
            if "User" in token
            else PLACES[place],
            context=CONTEXTS.get(place, {}),
        ),
        id=f"{token.rpartition(':')[2]} {action}",
    )
    for token, need in AWS_NEEDS.items()
    for place, actions in need.actions.items()
    for action in actions
]


def _policy(without: str | None = None) -> dict[str, Any]:
    policy = iam_deployer_policy(account_id=ACCOUNT, environment="prod", boundary_arn=BOUNDARY)
    for statement in policy["Statement"]:
        if statement["Effect"] == "Allow":
            statement["Action"] = [it for it in statement["Action"] if it != without]
    return policy


def _may(call: Call, without: str | None = None) -> bool:
    return bool(judge_iam(call, caller=DEPLOYS, identity=[_policy(without)]))


def _types() -> set[str]:
    """Every type that the program makes with all that can be configured."""
    everything = {
        "clouds": ["aws", "azure", "gcp"],
        "migration": "open",
        "aws_encryption": "kms",
        "aws_access_keys": True,
        "azure_shared_key": True,
        "agent_trust": {"oidc_issuer": "https://a.example", "oidc_subject": "a"},
        "watch": {"emails": ["operations@example.com"]},
        "gcp_billing_account": "0A1B2C-3D4E5F-6A7B8C",
    }
    networks = {
        "clouds": ["aws", "azure"],
        "network": {
            "aws_deployers": [f"arn:aws:iam::{ACCOUNT}:user/deployer"],
            "aws_private_endpoint": {"vpc_id": "vpc-0a1", "route_table_ids": ["rtb-0a1"]},
            "azure_private_endpoint": {"subnet_id": SUBNET, "dns_zone_id": ZONE},
        },
    }
    runs = [run_program(everything), run_program(networks)]
    return {resource.token for run in runs for resource in run.resources}


def test_every_type_that_the_program_makes_has_a_row_and_no_other() -> None:
    # One test, not one for each cloud: the program runs for it.
    assert _types() == {*AWS_NEEDS, *AZURE_NEEDS, *GOOGLE_NEEDS}


@pytest.mark.parametrize("call", NEEDED)
def test_the_deployer_may_make_each_type_of_aws(call: Call) -> None:
    assert _may(call)
    assert not _may(call, without=call.action)


@pytest.mark.parametrize("works", [DEPLOYER, DEPLOYER - {"keys"}], ids=["all", "no keys"])
def test_every_granted_action_is_for_a_type(works: Any) -> None:
    policy = iam_deployer_policy(
        account_id=ACCOUNT, environment="prod", boundary_arn=BOUNDARY, works=works
    )
    granted = {
        action
        for statement in policy["Statement"]
        if statement["Effect"] == "Allow"
        for action in statement["Action"]
    }

    assert granted == {
        action
        for need in AWS_NEEDS.values()
        if need.work in works
        for actions in need.actions.values()
        for action in actions
    }


_ROLE = PLACES["identity"]
OUT_OF_REACH = {
    "an identity without the boundary": Call(action="iam:CreateRole", resource=_ROLE),
    "an identity with another boundary": Call(
        action="iam:CreateRole",
        resource=_ROLE,
        context={"iam:PermissionsBoundary": f"arn:aws:iam::{ACCOUNT}:policy/wide"},
    ),
    "more rights for an unbound role": Call(action="iam:PutRolePolicy", resource=_ROLE),
    "no boundary any more": Call(action="iam:DeleteRolePermissionsBoundary", resource=_ROLE),
    "other words in the boundary": Call(action="iam:CreatePolicyVersion", resource=BOUNDARY),
    "a managed policy": Call(action="iam:AttachRolePolicy", resource=_ROLE),
    "another's role": Call(
        action="iam:UpdateAssumeRolePolicy", resource=f"arn:aws:iam::{ACCOUNT}:role/admin"
    ),
    "its own role": Call(
        action="iam:PutRolePolicy",
        resource=DEPLOYS.arn,
        context={"iam:PermissionsBoundary": BOUNDARY},
    ),
    "another environment's role": Call(
        action="iam:DeleteRole", resource=f"arn:aws:iam::{ACCOUNT}:role/kb-dev-agent-1"
    ),
    "a role to act as": Call(action="sts:AssumeRole", resource=_ROLE),
    "a role to hand on": Call(action="iam:PassRole", resource=_ROLE),
    "another bucket": Call(action="s3:PutBucketPolicy", resource="arn:aws:s3:::payroll"),
    "another environment's bucket": Call(
        action="s3:DeleteBucket", resource="arn:aws:s3:::kb-dev-1"
    ),
    "another's key": Call(
        action="kms:ScheduleKeyDeletion",
        resource=PLACES["key"],
        context={"aws:ResourceTag/environment": "payroll"},
    ),
    "another's key, tagged as its own": Call(
        action="kms:TagResource",
        resource=PLACES["key"],
        context={
            "aws:RequestTag/environment": "prod",
            "aws:ResourceTag/environment": "payroll",
        },
    ),
    "another's endpoint, tagged as its own": Call(
        action="ec2:CreateTags",
        resource=PLACES["endpoint"],
        context={
            "aws:RequestTag/environment": "prod",
            "aws:ResourceTag/environment": "payroll",
        },
    ),
    "another's endpoint": Call(action="ec2:DeleteVpcEndpoints", resource=PLACES["endpoint"]),
    "another environment's alarm": Call(
        action="cloudwatch:DeleteAlarms", resource=PLACES["alarm"].replace("prod", "dev")
    ),
    "another's budget": Call(
        action="budgets:ModifyBudget", resource=f"arn:aws:budgets::{ACCOUNT}:budget/payroll"
    ),
    "to decrypt": Call(action="kms:Decrypt", resource=PLACES["key"], context=CONTEXTS["key"]),
    "another policy of a key": Call(
        action="kms:PutKeyPolicy", resource=PLACES["key"], context=CONTEXTS["key"]
    ),
}


@pytest.mark.parametrize("call", OUT_OF_REACH.values(), ids=OUT_OF_REACH.keys())
def test_what_is_not_its_own_is_out_of_the_deployers_reach(call: Call) -> None:
    assert not _may(call)


def test_the_deployer_does_nothing_that_an_agent_does_but_see_names() -> None:
    asked = [call for part in recorded("aws").values() for call in part]
    bucket = PLACES["bucket"]
    own = [
        Call(action=call.action, resource=call.resource.replace("arn:aws:s3:::kb-recorded", bucket))
        for call in asked
    ]

    assert {call.action for call in own if _may(call)} == {"s3:ListBucket"}


def test_the_deployer_of_azure_touches_no_blob() -> None:
    role = Assignment(scope=CONTAINER_ID, permissions=rbac_deployer_permissions(shared_key=True))
    asked = [call for part in recorded("azure").values() for call in part]

    assert not [call for call in asked if judge_rbac(call, [role])]
    (permission,) = rbac_deployer_permissions()
    assert not [it for it in permission["actions"] if "*" in it or "listKeys" in it]
    (agents,) = rbac_permissions("agent")
    assert not set(agents["data_actions"]) & set(permission["actions"])


def test_the_deployer_of_google_touches_no_object() -> None:
    granted = google_deployer_permissions()
    role = Binding(resource="projects", permissions=granted)
    asked = [call for part in recorded("gcp").values() for call in part]

    assert not [call for call in asked if judge_google(call, [role])]
    assert not set(granted) & set(gcs_permissions("agent"))


@pytest.mark.parametrize("token", AZURE_NEEDS)
def test_each_action_of_azure_is_for_one_type(token: str) -> None:
    need = AZURE_NEEDS[token]
    others = {it for name, one in AZURE_NEEDS.items() if name != token for it in one.actions}

    assert not set(need.actions) & others
    assert set(need.actions) <= set(rbac_deployer_permissions()[0]["actions"])


@pytest.mark.parametrize("token", GOOGLE_NEEDS)
def test_each_permission_of_google_is_for_one_type(token: str) -> None:
    need = GOOGLE_NEEDS[token]
    others = {it for name, one in GOOGLE_NEEDS.items() if name != token for it in one.permissions}

    assert not set(need.permissions) & others
    assert set(need.permissions) <= set(google_deployer_permissions(where=need.where))
