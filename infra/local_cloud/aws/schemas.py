"""The resource types of pulumi-aws 7 that the local cloud serves, and the AWS operation behind each."""

from collections.abc import Mapping
from typing import Final

from infra.local_cloud.aws.schema import Schema, unserved
from infra.local_cloud.aws.watch_schemas import WATCH_SCHEMAS

_USE_OWN: Final = "is not served by the local cloud (deprecated in pulumi-aws 7): use the resource "


def _on_bucket(
    operation: str,
    members: Mapping[str, str],
    *,
    required: tuple[str, ...] = (),
    own: Mapping[str, type] | None = None,
) -> Schema:
    return Schema(
        service="s3",
        operation=operation,
        members={"bucket": "Bucket", **members},
        required=("bucket", *required),
        own={"region": str, **(own or {})},
        replaces=("bucket", "region", "expectedBucketOwner"),
    )


BUCKET: Final = "aws:s3/bucket:Bucket"
VERSIONING: Final = "aws:s3/bucketVersioning:BucketVersioning"
ENCRYPTION: Final = (
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
)
PUBLIC_ACCESS: Final = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
OWNERSHIP: Final = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
BUCKET_POLICY: Final = "aws:s3/bucketPolicy:BucketPolicy"
LIFECYCLE: Final = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
ROLE: Final = "aws:iam/role:Role"
ROLE_POLICY: Final = "aws:iam/rolePolicy:RolePolicy"
USER: Final = "aws:iam/user:User"
USER_POLICY: Final = "aws:iam/userPolicy:UserPolicy"
ACCESS_KEY: Final = "aws:iam/accessKey:AccessKey"
KEY: Final = "aws:kms/key:Key"
VPC_ENDPOINT: Final = "aws:ec2/vpcEndpoint:VpcEndpoint"

SCHEMAS: Final[Mapping[str, Schema]] = {
    BUCKET: Schema(
        service="s3",
        operation="CreateBucket",
        members={
            "bucket": "Bucket",
            "bucketNamespace": "BucketNamespace",
            "objectLockEnabled": "ObjectLockEnabledForBucket",
            "tags": "CreateBucketConfiguration.Tags",
        },
        own={"bucketPrefix": str, "forceDestroy": bool, "region": str},
        refused={
            "acl": _USE_OWN + "aws.s3.BucketAcl",
            "accelerationStatus": _USE_OWN + "aws.s3.BucketAccelerateConfiguration",
            "corsRules": _USE_OWN + "aws.s3.BucketCorsConfiguration",
            "grants": _USE_OWN + "aws.s3.BucketAcl",
            "lifecycleRules": _USE_OWN + "aws.s3.BucketLifecycleConfiguration",
            "logging": _USE_OWN + "aws.s3.BucketLogging",
            "objectLockConfiguration": _USE_OWN + "aws.s3.BucketObjectLockConfiguration",
            "policy": _USE_OWN + "aws.s3.BucketPolicy",
            "replicationConfiguration": _USE_OWN + "aws.s3.BucketReplicationConfig",
            "requestPayer": _USE_OWN + "aws.s3.BucketRequestPaymentConfiguration",
            "serverSideEncryptionConfiguration": _USE_OWN
            + "aws.s3.BucketServerSideEncryptionConfiguration",
            "versioning": _USE_OWN + "aws.s3.BucketVersioning",
            "website": _USE_OWN + "aws.s3.BucketWebsiteConfiguration",
        },
        replaces=("bucket", "bucketPrefix", "bucketNamespace", "objectLockEnabled", "region"),
    ),
    VERSIONING: _on_bucket(
        "PutBucketVersioning",
        {
            "versioningConfiguration": "VersioningConfiguration",
            "mfa": "MFA",
            "expectedBucketOwner": "ExpectedBucketOwner",
        },
        required=("versioningConfiguration",),
    ),
    ENCRYPTION: _on_bucket(
        "PutBucketEncryption",
        {
            "rules": "ServerSideEncryptionConfiguration.Rules",
            "expectedBucketOwner": "ExpectedBucketOwner",
        },
        required=("rules",),
    ),
    PUBLIC_ACCESS: _on_bucket(
        "PutPublicAccessBlock",
        {
            "blockPublicAcls": "PublicAccessBlockConfiguration.BlockPublicAcls",
            "blockPublicPolicy": "PublicAccessBlockConfiguration.BlockPublicPolicy",
            "ignorePublicAcls": "PublicAccessBlockConfiguration.IgnorePublicAcls",
            "restrictPublicBuckets": "PublicAccessBlockConfiguration.RestrictPublicBuckets",
        },
        own={"skipDestroy": bool},
    ),
    OWNERSHIP: _on_bucket(
        "PutBucketOwnershipControls", {"rule": "OwnershipControls.Rules"}, required=("rule",)
    ),
    BUCKET_POLICY: _on_bucket("PutBucketPolicy", {"policy": "Policy"}, required=("policy",)),
    LIFECYCLE: _on_bucket(
        "PutBucketLifecycleConfiguration",
        {
            "rules": "LifecycleConfiguration.Rules",
            "transitionDefaultMinimumObjectSize": "TransitionDefaultMinimumObjectSize",
            "expectedBucketOwner": "ExpectedBucketOwner",
        },
        required=("rules",),
        own={"timeouts": dict},
    ),
    ROLE: Schema(
        service="iam",
        operation="CreateRole",
        members={
            "name": "RoleName",
            "assumeRolePolicy": "AssumeRolePolicyDocument",
            "description": "Description",
            "maxSessionDuration": "MaxSessionDuration",
            "path": "Path",
            "permissionsBoundary": "PermissionsBoundary",
            "tags": "Tags",
        },
        required=("assumeRolePolicy",),
        own={"namePrefix": str, "forceDetachPolicies": bool},
        refused={
            "inlinePolicies": _USE_OWN + "aws.iam.RolePolicy",
            "managedPolicyArns": _USE_OWN + "aws.iam.RolePolicyAttachment",
        },
        replaces=("name", "namePrefix", "path"),
    ),
    ROLE_POLICY: Schema(
        service="iam",
        operation="PutRolePolicy",
        members={"name": "PolicyName", "role": "RoleName", "policy": "PolicyDocument"},
        required=("role", "policy"),
        own={"namePrefix": str},
        replaces=("name", "namePrefix", "role"),
    ),
    USER: Schema(
        service="iam",
        operation="CreateUser",
        members={
            "name": "UserName",
            "path": "Path",
            "permissionsBoundary": "PermissionsBoundary",
            "tags": "Tags",
        },
        own={"forceDestroy": bool},
        # pulumi-aws renames in place; here the name is the id, which an update cannot change.
        replaces=("name",),
    ),
    USER_POLICY: Schema(
        service="iam",
        operation="PutUserPolicy",
        members={"name": "PolicyName", "user": "UserName", "policy": "PolicyDocument"},
        required=("user", "policy"),
        own={"namePrefix": str},
        replaces=("name", "namePrefix", "user"),
    ),
    VPC_ENDPOINT: Schema(
        service="ec2",
        operation="CreateVpcEndpoint",
        members={
            "vpcId": "VpcId",
            "serviceName": "ServiceName",
            "vpcEndpointType": "VpcEndpointType",
            "routeTableIds": "RouteTableIds",
        },
        required=("vpcId", "serviceName"),
        own={"region": str, "tags": dict},
        refused=dict.fromkeys(
            ("subnetIds", "securityGroupIds", "privateDnsEnabled", "policy"),
            "is not served by the local cloud: it has gateway endpoints only",
        )
        | unserved("autoAccept", "dnsOptions", "ipAddressType", "resourceConfigurationArn")
        | unserved("serviceNetworkArn", "serviceRegion", "subnetConfigurations"),
        replaces=("vpcId", "serviceName", "vpcEndpointType", "region"),
    ),
    ACCESS_KEY: Schema(
        service="iam",
        operation="CreateAccessKey",
        members={"user": "UserName"},
        required=("user",),
        own={"status": str},
        refused={"pgpKey": "is not served by the local cloud: its secrets are emulated"},
        replaces=("user",),
    ),
    KEY: Schema(
        service="kms",
        operation="CreateKey",
        members={
            "bypassPolicyLockoutSafetyCheck": "BypassPolicyLockoutSafetyCheck",
            "customerMasterKeySpec": "KeySpec",
            "description": "Description",
            "keyUsage": "KeyUsage",
            "multiRegion": "MultiRegion",
            "policy": "Policy",
            "tags": "Tags",
        },
        own={
            "deletionWindowInDays": int,
            "enableKeyRotation": bool,
            "isEnabled": bool,
            "region": str,
            "rotationPeriodInDays": int,
        },
        refused={
            "customKeyStoreId": "is not served by the local cloud: it has no hardware of one's own",
            "xksKeyId": "is not served by the local cloud: it has no key store outside AWS",
        },
        replaces=("customerMasterKeySpec", "keyUsage", "multiRegion", "region"),
    ),
    **WATCH_SCHEMAS,
}
