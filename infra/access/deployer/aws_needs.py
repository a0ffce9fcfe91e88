"""What the deployer's provider asks of AWS, by type of resource.

What each type takes is what its provider calls: resources of hashicorp/terraform-provider-aws, on which the
provider is built (internal/service, read 2026-11-26), in the words of AWS's "Actions, resources, and
condition keys".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from app.terms.permissions import Work

Place = Literal[
    "bucket",
    "identity",
    "bound identity",
    "new key",
    "key",
    "topic",
    "alarm",
    "budget",
    "networks",
    "new endpoint",
    "endpoint",
]
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
    "aws:s3/bucketLogging:BucketLogging": Need(
        "watch", {"bucket": ("s3:GetBucketLogging", "s3:PutBucketLogging")}
    ),
    "aws:s3/bucketMetric:BucketMetric": Need(
        "watch", {"bucket": ("s3:GetMetricsConfiguration", "s3:PutMetricsConfiguration")}
    ),
    "aws:sns/topic:Topic": Need(
        "watch",
        {
            "topic": (
                "sns:CreateTopic",
                "sns:DeleteTopic",
                "sns:GetTopicAttributes",
                "sns:ListTagsForResource",
                "sns:SetTopicAttributes",
                "sns:TagResource",
                "sns:UntagResource",
            )
        },
    ),
    "aws:sns/topicPolicy:TopicPolicy": Need(
        "watch", {"topic": ("sns:GetTopicAttributes", "sns:SetTopicAttributes")}
    ),
    "aws:sns/topicSubscription:TopicSubscription": Need(
        "watch",
        {
            "topic": (
                "sns:GetSubscriptionAttributes",
                "sns:SetSubscriptionAttributes",
                "sns:Subscribe",
                "sns:Unsubscribe",
            )
        },
    ),
    "aws:cloudwatch/metricAlarm:MetricAlarm": Need(
        "watch",
        {
            "alarm": (
                "cloudwatch:DeleteAlarms",
                "cloudwatch:DescribeAlarms",
                "cloudwatch:ListTagsForResource",
                "cloudwatch:PutMetricAlarm",
                "cloudwatch:TagResource",
                "cloudwatch:UntagResource",
            )
        },
    ),
    "aws:budgets/budget:Budget": Need(
        "watch",
        {
            "budget": (
                "budgets:ListTagsForResource",
                "budgets:ModifyBudget",
                "budgets:TagResource",
                "budgets:UntagResource",
                "budgets:ViewBudget",
            )
        },
    ),
    "aws:ec2/vpcEndpoint:VpcEndpoint": Need(
        "network",
        {
            "networks": ("ec2:DescribePrefixLists", "ec2:DescribeVpcEndpoints"),
            "new endpoint": ("ec2:CreateTags", "ec2:CreateVpcEndpoint"),
            "endpoint": ("ec2:DeleteTags", "ec2:DeleteVpcEndpoints", "ec2:ModifyVpcEndpoint"),
        },
    ),
}
