"""The lives of AWS's types."""

from typing import Any

from infra.local_cloud.aws import schemas
from tests.infra.local_cloud.lives.life import Life, Properties, World, given
from tests.infra.local_cloud.payload_examples import (
    AWS,
    BOUNDARY,
    BUCKET_POLICY,
    IDENTITY_POLICY,
    KEY_POLICY,
    TRUST,
    document,
)

BUCKET = "kb-documents"
OTHER = "kb-others"
"""A bucket, a user and a role that are nobody's of ours."""

DENIED = document(Action=["s3:ListBucket"], Resource="*")


def prepare(world: World) -> None:
    """Make what belongs to no type of ours."""
    ec2, iam = world.aws("ec2"), world.aws("iam")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    tables = [ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"] for _ in range(2)]
    world.beside |= {"vpc": vpc, "table": tables[0], "other table": tables[1]}
    world.aws("s3").create_bucket(Bucket=OTHER)
    iam.create_user(UserName=OTHER)
    iam.create_role(RoleName=OTHER, AssumeRolePolicyDocument=TRUST)
    name = BOUNDARY.rpartition("/")[2]
    iam.create_policy(PolicyName=name, PolicyDocument=IDENTITY_POLICY)


def clean(world: World) -> None:
    """Delete what `prepare` made."""
    ec2, iam = world.aws("ec2"), world.aws("iam")
    world.aws("s3").delete_bucket(Bucket=OTHER)
    iam.delete_user(UserName=OTHER)
    iam.delete_role(RoleName=OTHER)
    iam.delete_policy(PolicyArn=BOUNDARY)
    for table in ("table", "other table"):
        ec2.delete_route_table(RouteTableId=world.beside[table])
    ec2.delete_vpc(VpcId=world.beside["vpc"])


def _encryption(world: World) -> Properties:
    default = {
        "sseAlgorithm": "aws:kms",
        "kmsMasterKeyId": world.states[schemas.KEY].outputs["arn"],
    }
    rule = {"applyServerSideEncryptionByDefault": default, "bucketKeyEnabled": True}
    return {"bucket": BUCKET, "rules": [rule]}


def _endpoint(world: World) -> Properties:
    return {
        "vpcId": world.beside["vpc"],
        "serviceName": "com.amazonaws.us-east-1.s3",
        "vpcEndpointType": "Gateway",
        "routeTableIds": [world.beside["table"]],
        "tags": {"a": "b"},
    }


def _rule(days: int) -> dict[str, Any]:
    return {
        "id": "tier",
        "status": "Enabled",
        "filter": {"prefix": "kb/"},
        "transitions": [{"days": days, "storageClass": "STANDARD_IA"}],
        "expiration": {"days": 3650},
    }


def _s3(operation: str, **arguments: Any) -> Any:
    return lambda world, bucket: getattr(world.aws("s3"), operation)(Bucket=bucket, **arguments)


def _iam(operation: str, **arguments: Any) -> Any:
    return lambda world, _: getattr(world.aws("iam"), operation)(**arguments)


AES = {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}
EXPIRY = {"ID": "x", "Status": "Enabled", "Filter": {}, "Expiration": {"Days": 1}}

LIVES: dict[str, Life] = {
    schemas.KEY: Life(
        inputs=given(
            {
                "description": "Encrypts the documents",
                "enableKeyRotation": True,
                "rotationPeriodInDays": 180,
                "deletionWindowInDays": 7,
                "policy": KEY_POLICY,
                "tags": {"a": "b"},
            }
        ),
        update={
            "description": "x",
            "isEnabled": False,
            "enableKeyRotation": False,
            "tags": {"c": "d"},
        }
        | {
            "rotationPeriodInDays": None,
            "policy": document(Action="*", Principal="*", Resource="*"),
        },
        replacement={"keyUsage": "GENERATE_VERIFY_MAC", "customerMasterKeySpec": "HMAC_256"}
        | {"enableKeyRotation": False, "rotationPeriodInDays": None},
        drift=lambda world, key: world.aws("kms").disable_key_rotation(KeyId=key),
        drifted="enableKeyRotation",
        # moto drops the period; the wait is only told to the operation that deletes.
        untold=frozenset({"rotationPeriodInDays", "deletionWindowInDays"}),
    ),
    schemas.BUCKET: Life(
        inputs=given({"bucket": BUCKET, "forceDestroy": True, "tags": {"a": "b"}}),
        update={"tags": {"c": "d"}},
        replacement={"bucket": "kb-renamed", "objectLockEnabled": True},
        drift=_s3("put_bucket_tagging", Tagging={"TagSet": [{"Key": "x", "Value": "y"}]}),
        drifted="tags",
        untold=frozenset({"forceDestroy"}),
    ),
    schemas.VERSIONING: Life(
        inputs=given({"bucket": BUCKET, "versioningConfiguration": {"status": "Enabled"}}),
        update={"versioningConfiguration": {"status": "Suspended"}},
        replacement={"bucket": OTHER},
        drift=_s3("put_bucket_versioning", VersioningConfiguration={"Status": "Suspended"}),
        drifted="versioningConfiguration",
        remains={"versioningConfiguration": {"status": "Suspended"}},
    ),
    schemas.ENCRYPTION: Life(
        inputs=_encryption,
        update={"rules": [AES]},
        replacement={"bucket": OTHER},
        drift=_s3(
            "put_bucket_encryption",
            ServerSideEncryptionConfiguration={
                "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
            },
        ),
        drifted="rules",
    ),
    schemas.PUBLIC_ACCESS: Life(
        inputs=given(AWS[schemas.PUBLIC_ACCESS]),
        update={"blockPublicAcls": False},
        replacement={"bucket": OTHER},
        drift=_s3(
            "put_public_access_block",
            PublicAccessBlockConfiguration={
                "BlockPublicAcls": False,
                "IgnorePublicAcls": True,
                "BlockPublicPolicy": True,
                "RestrictPublicBuckets": True,
            },
        ),
        drifted="blockPublicAcls",
    ),
    schemas.OWNERSHIP: Life(
        inputs=given(AWS[schemas.OWNERSHIP]),
        update={"rule": {"objectOwnership": "BucketOwnerPreferred"}},
        replacement={"bucket": OTHER},
        drift=_s3(
            "put_bucket_ownership_controls",
            OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]},
        ),
        drifted="rule",
    ),
    schemas.BUCKET_POLICY: Life(
        inputs=given({"bucket": BUCKET, "policy": BUCKET_POLICY}),
        update={"policy": document(Action="s3:GetObject", Principal="*", Resource="*")},
        replacement={"bucket": OTHER},
        drift=_s3("put_bucket_policy", Policy=KEY_POLICY),
        drifted="policy",
    ),
    schemas.LIFECYCLE: Life(
        inputs=given({"bucket": BUCKET, "rules": [_rule(30)]}),
        update={"rules": [_rule(60)]},
        replacement={"bucket": OTHER},
        drift=_s3("put_bucket_lifecycle_configuration", LifecycleConfiguration={"Rules": [EXPIRY]}),
        drifted="rules",
    ),
    schemas.ROLE: Life(
        inputs=given(AWS[schemas.ROLE], maxSessionDuration=7200),
        update={"maxSessionDuration": 3600, "description": "x", "permissionsBoundary": None}
        | {"tags": {"c": "d"}},
        replacement={"path": "/others/"},
        drift=_iam("update_role", RoleName="agent", Description="changed", MaxSessionDuration=7200),
        drifted="description",
        children=(schemas.ROLE_POLICY,),
    ),
    schemas.ROLE_POLICY: Life(
        inputs=given(AWS[schemas.ROLE_POLICY]),
        update={"policy": DENIED},
        replacement={"role": OTHER},
        drift=_iam("put_role_policy", RoleName="agent", PolicyName="agent", PolicyDocument=DENIED),
        drifted="policy",
    ),
    schemas.USER: Life(
        inputs=given(AWS[schemas.USER], tags={"a": "b"}),
        update={"path": "/others/", "permissionsBoundary": None, "tags": {"c": "d"}},
        replacement={"name": "renamed"},
        drift=_iam("tag_user", UserName="agent", Tags=[{"Key": "x", "Value": "y"}]),
        drifted="tags",
        untold=frozenset({"permissionsBoundary"}),
        children=(schemas.USER_POLICY, schemas.ACCESS_KEY),
    ),
    schemas.USER_POLICY: Life(
        inputs=given(AWS[schemas.USER_POLICY]),
        update={"policy": DENIED},
        replacement={"user": OTHER},
        drift=_iam("put_user_policy", UserName="agent", PolicyName="agent", PolicyDocument=DENIED),
        drifted="policy",
    ),
    schemas.ACCESS_KEY: Life(
        inputs=given({"user": "agent"}),
        update={"status": "Inactive"},
        replacement={"user": OTHER},
        drift=lambda world, key: world.aws("iam").update_access_key(
            UserName="agent", AccessKeyId=key, Status="Inactive"
        ),
        drifted="status",
    ),
    schemas.VPC_ENDPOINT: Life(
        inputs=_endpoint,
        update={"routeTableIds": [], "tags": {"c": "d"}},
        replacement={"serviceName": "com.amazonaws.us-east-1.dynamodb"},
        drift=lambda world, endpoint: world.aws("ec2").modify_vpc_endpoint(
            VpcEndpointId=endpoint, AddRouteTableIds=[world.beside["other table"]]
        ),
        drifted="routeTableIds",
    ),
}
