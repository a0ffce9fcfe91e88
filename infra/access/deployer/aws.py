"""The deployer's policy on AWS."""

from collections.abc import Collection, Mapping
from typing import Any

from app.terms.permissions import DEPLOYER, Work
from infra.access.deployer.aws_needs import AWS_NEEDS, Place


def iam_deployer_policy(
    *,
    account_id: str,
    environment: str,
    boundary_arn: str,
    works: Collection[Work] = DEPLOYER,
    bucket: str | None = None,
) -> dict[str, Any]:
    """Return the policy of who deploys an environment: its own resources, identities only with the boundary.

    Args:
        account_id: twelve digits.
        environment: whose name is in the names of its resources.
        boundary_arn: of the policy that every identity must carry (`aws_permissions_boundary`).
        works: what it works on: without `keys` where the environment has none of its own.
        bucket: its name, where the configuration says it.
    """
    iam = f"arn:aws:iam::{account_id}"
    named = f"kb-{environment}-*"
    tagged = {"StringEquals": {"aws:ResourceTag/environment": environment}}
    buckets = [f"arn:aws:s3:::{it}" for it in (bucket, named) if it]
    places: Mapping[Place, tuple[str, Any, dict[str, Any]]] = {
        "bucket": ("Buckets", buckets, {}),
        "identity": ("Identities", [f"{iam}:role/{named}", f"{iam}:user/{named}"], {}),
        "bound identity": (
            "BoundIdentities",
            [f"{iam}:role/{named}", f"{iam}:user/{named}"],
            {"StringEquals": {"iam:PermissionsBoundary": boundary_arn}},
        ),
        "new key": (
            "NewKeys",
            "*",
            {
                "StringEquals": {"aws:RequestTag/environment": environment},
                # A new key has no tag yet; nobody else's key may be taken by tagging it.
                "StringEqualsIfExists": {"aws:ResourceTag/environment": environment},
            },
        ),
        "key": ("Keys", f"arn:aws:kms:*:{account_id}:key/*", tagged),
        "topic": ("Topics", f"arn:aws:sns:*:{account_id}:{named}", {}),
        "alarm": ("Alarms", f"arn:aws:cloudwatch:*:{account_id}:alarm:{named}", {}),
        "budget": ("Budgets", f"arn:aws:budgets::{account_id}:budget/{named}", {}),
        "networks": ("Networks", "*", {}),
        "new endpoint": (
            "NewEndpoints",
            f"arn:aws:ec2:*:{account_id}:*",
            # Of network and route table that are asked, too, there is no tag in the request.
            {
                "StringEqualsIfExists": {
                    "aws:RequestTag/environment": environment,
                    "aws:ResourceTag/environment": environment,
                }
            },
        ),
        "endpoint": ("Endpoints", f"arn:aws:ec2:*:{account_id}:vpc-endpoint/*", tagged),
    }
    statements = [
        {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resource}
        | ({"Condition": condition} if condition else {})
        for place, (sid, resource, condition) in places.items()
        if (actions := _actions(place, works))
    ]
    return {"Version": "2012-10-17", "Statement": [*statements, *_denials(boundary_arn)]}


def _actions(place: Place, works: Collection[Work]) -> list[str]:
    found = (
        action
        for need in AWS_NEEDS.values()
        if need.work in works
        for action in need.actions.get(place, ())
    )
    return sorted(set(found))


def _denials(boundary_arn: str) -> list[dict[str, Any]]:
    """Whatever else the deployer is given: identities keep their boundary, and the boundary its words."""
    return [
        {
            "Sid": "BoundariesStay",
            "Effect": "Deny",
            "Action": ["iam:DeleteRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary"],
            "Resource": "*",
        },
        {
            "Sid": "TheBoundaryStays",
            "Effect": "Deny",
            "Action": [
                "iam:CreatePolicyVersion",
                "iam:DeletePolicy",
                "iam:DeletePolicyVersion",
                "iam:SetDefaultPolicyVersion",
            ],
            "Resource": boundary_arn,
        },
    ]
