"""Drift on AWS."""

import json
from typing import Any

from tests.e2e.drift.clouds import Clouds, Undo
from tests.e2e.drift.table import Table

AWS = Table()

DOCUMENTS = "policy.Statement[Documents]"
OF_A_BUCKET = (
    "BucketVersioning",
    "BucketServerSideEncryptionConfiguration",
    "BucketPublicAccessBlock",
    "BucketOwnershipControls",
    "BucketPolicy",
    "BucketLifecycleConfiguration",
)
BREAKS = {"BucketLifecycleConfiguration": "cost"}


@AWS.enter(
    "versioning suspended",
    ("BucketVersioning", "versioningConfiguration.status", "changed", "safety"),
)
def _(clouds: Clouds) -> Undo:
    def put(status: str) -> object:
        return clouds.s3.put_bucket_versioning(
            Bucket=clouds.bucket, VersioningConfiguration={"Status": status}
        )

    put("Suspended")
    return lambda: put("Enabled")


def _rules(clouds: Clouds) -> Any:
    return clouds.s3.get_bucket_lifecycle_configuration(Bucket=clouds.bucket)["Rules"]


def _put_rules(clouds: Clouds, rules: Any) -> Undo:
    before = _rules(clouds)

    def put(rules: Any) -> object:
        return clouds.s3.put_bucket_lifecycle_configuration(
            Bucket=clouds.bucket, LifecycleConfiguration={"Rules": rules}
        )

    put(rules)
    return lambda: put(before)


@AWS.enter(
    "a lifecycle rule removed",
    ("BucketLifecycleConfiguration", "rules[unfinishedUploads]", "removed", "cost"),
)
def _(clouds: Clouds) -> Undo:
    return _put_rules(
        clouds, [rule for rule in _rules(clouds) if rule["ID"] != "unfinishedUploads"]
    )


@AWS.enter(
    "a lifecycle rule changed",
    (
        "BucketLifecycleConfiguration",
        "rules[oldVersions].noncurrentVersionExpiration.noncurrentDays",
        "changed",
        "safety",
    ),
)
def _(clouds: Clouds) -> Undo:
    rules = _rules(clouds)
    for rule in rules:
        if rule["ID"] == "oldVersions":
            rule["NoncurrentVersionExpiration"]["NoncurrentDays"] = 1
    return _put_rules(clouds, rules)


@AWS.enter(
    "a lifecycle rule added",
    ("BucketLifecycleConfiguration", "rules[cleanup]", "extra", "safety"),
)
def _(clouds: Clouds) -> Undo:
    cleanup = {
        "ID": "cleanup",
        "Status": "Enabled",
        "Filter": {"Prefix": "kb/"},
        "Expiration": {"Days": 1},
    }
    return _put_rules(clouds, [*_rules(clouds), cleanup])


@AWS.enter("all lifecycle rules deleted", ("BucketLifecycleConfiguration", "", "deleted", "cost"))
def _(clouds: Clouds) -> Undo:
    undo = _put_rules(clouds, _rules(clouds))
    clouds.s3.delete_bucket_lifecycle(Bucket=clouds.bucket)
    return undo


def _put_access_block(clouds: Clouds, **flags: bool) -> Undo:
    before = clouds.s3.get_public_access_block(Bucket=clouds.bucket)[
        "PublicAccessBlockConfiguration"
    ]

    def put(configuration: Any) -> object:
        return clouds.s3.put_public_access_block(
            Bucket=clouds.bucket, PublicAccessBlockConfiguration=configuration
        )

    put({**before, **flags})
    return lambda: put(before)


@AWS.enter(
    "the public access block loosened",
    ("BucketPublicAccessBlock", "blockPublicPolicy", "removed", "safety"),
)
def _(clouds: Clouds) -> Undo:
    return _put_access_block(clouds, BlockPublicPolicy=False)


@AWS.enter("the public access block deleted", ("BucketPublicAccessBlock", "", "deleted", "safety"))
def _(clouds: Clouds) -> Undo:
    undo = _put_access_block(clouds)
    clouds.s3.delete_public_access_block(Bucket=clouds.bucket)
    return undo


def _policy(clouds: Clouds) -> str:
    return str(clouds.s3.get_bucket_policy(Bucket=clouds.bucket)["Policy"])


@AWS.enter("the bucket policy deleted", ("BucketPolicy", "", "deleted", "safety"))
def _(clouds: Clouds) -> Undo:
    before = _policy(clouds)
    clouds.s3.delete_bucket_policy(Bucket=clouds.bucket)
    return lambda: clouds.s3.put_bucket_policy(Bucket=clouds.bucket, Policy=before)


@AWS.enter(
    "encryption with another key",
    (
        "BucketServerSideEncryptionConfiguration",
        "rules[0].applyServerSideEncryptionByDefault.kmsMasterKeyId",
        "extra",
        "agent",
    ),
    (
        "BucketServerSideEncryptionConfiguration",
        "rules[0].applyServerSideEncryptionByDefault.sseAlgorithm",
        "changed",
        "safety",
    ),
    # moto drops what it does not know when somebody else puts the configuration.
    (
        "BucketServerSideEncryptionConfiguration",
        "rules[0].blockedEncryptionTypes",
        "removed",
        "agent",
    ),
)
def _(clouds: Clouds) -> Undo:
    return _put_encryption(clouds, {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/theirs"})


def _put_encryption(clouds: Clouds, by_default: Any) -> Undo:
    before = clouds.s3.get_bucket_encryption(Bucket=clouds.bucket)[
        "ServerSideEncryptionConfiguration"
    ]

    def put(configuration: Any) -> object:
        return clouds.s3.put_bucket_encryption(
            Bucket=clouds.bucket, ServerSideEncryptionConfiguration=configuration
        )

    (rule,) = before["Rules"]
    put({"Rules": [{**rule, "ApplyServerSideEncryptionByDefault": by_default}]})
    return lambda: put(before)


@AWS.enter(
    "encryption deleted", ("BucketServerSideEncryptionConfiguration", "", "deleted", "safety")
)
def _(clouds: Clouds) -> Undo:
    undo = _put_encryption(clouds, {"SSEAlgorithm": "AES256"})
    clouds.s3.delete_bucket_encryption(Bucket=clouds.bucket)
    return undo


@AWS.enter(
    "ownership controls changed",
    ("BucketOwnershipControls", "rule.objectOwnership", "changed", "safety"),
)
def _(clouds: Clouds) -> Undo:
    return _put_ownership(clouds, "ObjectWriter")


@AWS.enter("ownership controls deleted", ("BucketOwnershipControls", "", "deleted", "safety"))
def _(clouds: Clouds) -> Undo:
    undo = _put_ownership(clouds, "BucketOwnerEnforced")
    clouds.s3.delete_bucket_ownership_controls(Bucket=clouds.bucket)
    return undo


def _put_ownership(clouds: Clouds, ownership: str) -> Undo:
    def put(ownership: str) -> object:
        return clouds.s3.put_bucket_ownership_controls(
            Bucket=clouds.bucket,
            OwnershipControls={"Rules": [{"ObjectOwnership": ownership}]},
        )

    put(ownership)
    return lambda: put("BucketOwnerEnforced")


@AWS.enter("a tag changed", ("Bucket", "tags.environment", "changed", "cost"))
def _(clouds: Clouds) -> Undo:
    before = clouds.s3.get_bucket_tagging(Bucket=clouds.bucket)["TagSet"]
    after = [one | ({"Value": "prod"} if one["Key"] == "environment" else {}) for one in before]
    clouds.s3.put_bucket_tagging(Bucket=clouds.bucket, Tagging={"TagSet": after})
    return lambda: clouds.s3.put_bucket_tagging(Bucket=clouds.bucket, Tagging={"TagSet": before})


@AWS.enter(
    "a bucket deleted",
    ("Bucket", "", "deleted", "agent"),
    *((part, "", "deleted", BREAKS.get(part, "safety")) for part in OF_A_BUCKET),
)
def _(clouds: Clouds) -> None:
    for version in clouds.s3.list_object_versions(Bucket=clouds.bucket).get("Versions", []):
        clouds.s3.delete_object(
            Bucket=clouds.bucket, Key=version["Key"], VersionId=version["VersionId"]
        )
    clouds.s3.delete_bucket(Bucket=clouds.bucket)


@AWS.enter("a role policy widened", ("RolePolicy", f"{DOCUMENTS}.Action", "extra", "safety"))
def _(clouds: Clouds) -> Undo:
    return clouds.edit_role_policy(
        lambda policy: policy["Statement"][0]["Action"].append("s3:DeleteObjectVersion")
    )


@AWS.enter("a role policy narrowed", ("RolePolicy", f"{DOCUMENTS}.Action", "removed", "agent"))
def _(clouds: Clouds) -> Undo:
    return clouds.edit_role_policy(
        lambda policy: policy["Statement"][0]["Action"].remove("s3:PutObject")
    )


@AWS.enter("a statement for everything", ("RolePolicy", "policy.Statement[All]", "extra", "safety"))
def _(clouds: Clouds) -> Undo:
    everything = {"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"}
    return clouds.edit_role_policy(lambda policy: policy["Statement"].append(everything))


@AWS.enter(
    "the condition of a listing dropped",
    ("RolePolicy", "policy.Statement[Listing].Condition", "removed", "safety"),
)
def _(clouds: Clouds) -> Undo:
    return clouds.edit_role_policy(lambda policy: policy["Statement"][1].pop("Condition"))


@AWS.enter("a role policy deleted", ("RolePolicy", "", "deleted", "agent"))
def _(clouds: Clouds) -> Undo:
    undo = clouds.edit_role_policy(lambda _: None)
    (name,) = clouds.iam.list_role_policies(RoleName=clouds.role)["PolicyNames"]
    clouds.iam.delete_role_policy(RoleName=clouds.role, PolicyName=name)
    return undo


@AWS.enter(
    "somebody else trusted",
    ("Role", "assumeRolePolicy.Statement[Principals].Principal.AWS", "extra", "safety"),
)
def _(clouds: Clouds) -> Undo:
    before = clouds.iam.get_role(RoleName=clouds.role)["Role"]["AssumeRolePolicyDocument"]
    after = json.loads(json.dumps(before))
    principal = after["Statement"][0]["Principal"]
    trusted = principal["AWS"] if isinstance(principal["AWS"], list) else [principal["AWS"]]
    principal["AWS"] = [*trusted, "arn:aws:iam::210987654321:root"]

    def put(document: Any) -> object:
        return clouds.iam.update_assume_role_policy(
            RoleName=clouds.role, PolicyDocument=json.dumps(document)
        )

    put(after)
    return lambda: put(before)


@AWS.enter("a policy attached to a role", ("Role", "managedPolicyArns", "extra", "safety"))
def _(clouds: Clouds) -> Undo:
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    made = clouds.iam.create_policy(
        PolicyName="theirs",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [everything]}),
    )["Policy"]
    place = {"RoleName": clouds.role, "PolicyArn": made["Arn"]}
    clouds.iam.attach_role_policy(**place)

    def undo() -> None:
        clouds.iam.detach_role_policy(**place)
        clouds.iam.delete_policy(PolicyArn=made["Arn"])

    return undo


@AWS.enter("a role's sessions shortened", ("Role", "maxSessionDuration", "changed", "agent"))
def _(clouds: Clouds) -> Undo:
    before = clouds.iam.get_role(RoleName=clouds.role)["Role"]["MaxSessionDuration"]
    clouds.iam.update_role(RoleName=clouds.role, MaxSessionDuration=7200)
    return lambda: clouds.iam.update_role(RoleName=clouds.role, MaxSessionDuration=before)


@AWS.enter("a role described anew", ("Role", "description", "extra", "unexplained"))
def _(clouds: Clouds) -> Undo:
    clouds.iam.update_role(RoleName=clouds.role, Description="mine", MaxSessionDuration=3600)
    return lambda: clouds.iam.update_role(
        RoleName=clouds.role, Description="", MaxSessionDuration=3600
    )


@AWS.enter("a key turned off", ("AccessKey", "status", "extra", "agent"))
def _(clouds: Clouds) -> Undo:
    place = {"UserName": clouds.user, "AccessKeyId": clouds.outputs["aws_agent_access_key_id"]}
    clouds.iam.update_access_key(**place, Status="Inactive")
    return lambda: clouds.iam.update_access_key(**place, Status="Active")


@AWS.enter("a key deleted", ("AccessKey", "", "deleted", "agent"))
def _(clouds: Clouds) -> None:
    (key,) = clouds.iam.list_access_keys(UserName=clouds.user)["AccessKeyMetadata"]
    clouds.iam.delete_access_key(UserName=clouds.user, AccessKeyId=key["AccessKeyId"])


@AWS.enter(
    "a user deleted",
    ("User", "", "deleted", "agent"),
    ("UserPolicy", "", "deleted", "agent"),
    ("AccessKey", "", "deleted", "agent"),
)
def _(clouds: Clouds) -> None:
    user = clouds.user
    for key in clouds.iam.list_access_keys(UserName=user)["AccessKeyMetadata"]:
        clouds.iam.delete_access_key(UserName=user, AccessKeyId=key["AccessKeyId"])
    for name in clouds.iam.list_user_policies(UserName=user)["PolicyNames"]:
        clouds.iam.delete_user_policy(UserName=user, PolicyName=name)
    clouds.iam.delete_user(UserName=user)
