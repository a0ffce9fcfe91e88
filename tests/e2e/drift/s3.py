"""Drift of a bucket on AWS."""

from typing import Any

from tests.e2e.drift.clouds import Clouds, Undo
from tests.e2e.drift.table import Table

S3 = Table()

OF_A_BUCKET = (
    "BucketVersioning",
    "BucketServerSideEncryptionConfiguration",
    "BucketPublicAccessBlock",
    "BucketOwnershipControls",
    "BucketPolicy",
    "BucketLifecycleConfiguration",
)
BREAKS = {"BucketLifecycleConfiguration": "cost"}


@S3.enter(
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


@S3.enter(
    "a lifecycle rule removed",
    ("BucketLifecycleConfiguration", "rules[unfinishedUploads]", "removed", "cost"),
)
def _(clouds: Clouds) -> Undo:
    return _put_rules(
        clouds, [rule for rule in _rules(clouds) if rule["ID"] != "unfinishedUploads"]
    )


@S3.enter(
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


@S3.enter(
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


@S3.enter("all lifecycle rules deleted", ("BucketLifecycleConfiguration", "", "deleted", "cost"))
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


@S3.enter(
    "the public access block loosened",
    ("BucketPublicAccessBlock", "blockPublicPolicy", "removed", "safety"),
)
def _(clouds: Clouds) -> Undo:
    return _put_access_block(clouds, BlockPublicPolicy=False)


@S3.enter("the public access block deleted", ("BucketPublicAccessBlock", "", "deleted", "safety"))
def _(clouds: Clouds) -> Undo:
    undo = _put_access_block(clouds)
    clouds.s3.delete_public_access_block(Bucket=clouds.bucket)
    return undo


def _policy(clouds: Clouds) -> str:
    return str(clouds.s3.get_bucket_policy(Bucket=clouds.bucket)["Policy"])


@S3.enter("the bucket policy deleted", ("BucketPolicy", "", "deleted", "safety"))
def _(clouds: Clouds) -> Undo:
    before = _policy(clouds)
    clouds.s3.delete_bucket_policy(Bucket=clouds.bucket)
    return lambda: clouds.s3.put_bucket_policy(Bucket=clouds.bucket, Policy=before)


@S3.enter(
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


@S3.enter(
    "encryption deleted", ("BucketServerSideEncryptionConfiguration", "", "deleted", "safety")
)
def _(clouds: Clouds) -> Undo:
    undo = _put_encryption(clouds, {"SSEAlgorithm": "AES256"})
    clouds.s3.delete_bucket_encryption(Bucket=clouds.bucket)
    return undo


@S3.enter(
    "ownership controls changed",
    ("BucketOwnershipControls", "rule.objectOwnership", "changed", "safety"),
)
def _(clouds: Clouds) -> Undo:
    return _put_ownership(clouds, "ObjectWriter")


@S3.enter("ownership controls deleted", ("BucketOwnershipControls", "", "deleted", "safety"))
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


@S3.enter("a tag changed", ("Bucket", "tags.environment", "changed", "cost"))
def _(clouds: Clouds) -> Undo:
    before = clouds.s3.get_bucket_tagging(Bucket=clouds.bucket)["TagSet"]
    after = [one | ({"Value": "prod"} if one["Key"] == "environment" else {}) for one in before]
    clouds.s3.put_bucket_tagging(Bucket=clouds.bucket, Tagging={"TagSet": after})
    return lambda: clouds.s3.put_bucket_tagging(Bucket=clouds.bucket, Tagging={"TagSet": before})


@S3.enter(
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
