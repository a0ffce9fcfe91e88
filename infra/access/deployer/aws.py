"""The deployer's policy on AWS.

What each type takes is what its provider calls: resources of hashicorp/terraform-provider-aws, on which the
provider is built (internal/service, read 2026-11-26), in the words of AWS's "Actions, resources, and
condition keys".
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from app.terms.permissions import DEPLOYER, Work

Place = Literal["bucket", "identity", "bound identity", "new key", "key"]
"""Where an action is allowed; a `bound identity` has the permissions boundary, before and after."""


@dataclass(frozen=True, slots=True)
class Need:
    """What making, looking at, changing and removing a resource takes."""

    work: Work
    actions: Mapping[Place, tuple[str, ...]]


_READ_BUCKET: Final = (
    "s3:ListBucket",
    "s3:GetAccelerateConfiguration",
    "s3:GetBucketAcl",
    "s3:GetBucketCORS",
    "s3:GetBucketLocation",
    "s3:GetBucketLogging",
    "s3:GetBucketObjectLockConfiguration",
    "s3:GetBucketPolicy",
    "s3:GetBucketRequestPayment",
    "s3:GetBucketTagging",
    "s3:GetBucketVersioning",
    "s3:GetBucketWebsite",
    "s3:GetEncryptionConfiguration",
    "s3:GetLifecycleConfiguration",
    "s3:GetReplicationConfiguration",
)
_READ_ROLE: Final = (
    "iam:GetRole",
    "iam:GetRolePolicy",
    "iam:ListRolePolicies",
    "iam:ListAttachedRolePolicies",
    "iam:ListInstanceProfilesForRole",
)

AWS_NEEDS: Final[Mapping[str, Need]] = {
    "aws:s3/bucket:Bucket": Need(
        "stores",
        {"bucket": ("s3:CreateBucket", "s3:DeleteBucket", "s3:PutBucketTagging", *_READ_BUCKET)},
    ),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": Need(
        "stores",
        {"bucket": ("s3:GetBucketOwnershipControls", "s3:PutBucketOwnershipControls")},
    ),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": Need(
        "stores",
        {"bucket": ("s3:GetBucketPublicAccessBlock", "s3:PutBucketPublicAccessBlock")},
    ),
    "aws:s3/bucketPolicy:BucketPolicy": Need(
        "stores",
        {"bucket": ("s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy")},
    ),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": Need(
        "stores",
        {"bucket": ("s3:GetEncryptionConfiguration", "s3:PutEncryptionConfiguration")},
    ),
    "aws:s3/bucketVersioning:BucketVersioning": Need(
        "stores", {"bucket": ("s3:GetBucketVersioning", "s3:PutBucketVersioning")}
    ),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": Need(
        "stores", {"bucket": ("s3:GetLifecycleConfiguration", "s3:PutLifecycleConfiguration")}
    ),
    "aws:iam/role:Role": Need(
        "identities",
        {
            "identity": (
                *_READ_ROLE,
                "iam:DeleteRole",
                "iam:TagRole",
                "iam:UntagRole",
                "iam:UpdateAssumeRolePolicy",
                "iam:UpdateRole",
                "iam:UpdateRoleDescription",
            ),
            "bound identity": ("iam:CreateRole", "iam:PutRolePermissionsBoundary"),
        },
    ),
    "aws:iam/rolePolicy:RolePolicy": Need(
        "identities",
        {
            "identity": ("iam:GetRolePolicy",),
            "bound identity": ("iam:PutRolePolicy", "iam:DeleteRolePolicy"),
        },
    ),
    "aws:iam/user:User": Need(
        "identities",
        {
            "identity": ("iam:GetUser", "iam:DeleteUser", "iam:TagUser", "iam:UntagUser"),
            "bound identity": ("iam:CreateUser", "iam:PutUserPermissionsBoundary"),
        },
    ),
    "aws:iam/userPolicy:UserPolicy": Need(
        "identities",
        {
            "identity": ("iam:GetUserPolicy",),
            "bound identity": ("iam:PutUserPolicy", "iam:DeleteUserPolicy"),
        },
    ),
    "aws:iam/accessKey:AccessKey": Need(
        "identities",
        {"identity": ("iam:CreateAccessKey", "iam:DeleteAccessKey", "iam:ListAccessKeys")},
    ),
    "aws:kms/key:Key": Need(
        "keys",
        {
            "new key": ("kms:CreateKey", "kms:TagResource"),
            "key": (
                "kms:DescribeKey",
                "kms:EnableKeyRotation",
                "kms:GetKeyPolicy",
                "kms:GetKeyRotationStatus",
                "kms:ListResourceTags",
                "kms:ScheduleKeyDeletion",
                "kms:UntagResource",
                "kms:UpdateKeyDescription",
            ),
        },
    ),
}


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
    places: Mapping[Place, tuple[str, Any, dict[str, Any]]] = {
        "bucket": ("Buckets", f"arn:aws:s3:::{bucket or named}", {}),
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
