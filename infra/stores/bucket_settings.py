"""What a bucket of ours is set to, in the words of pulumi-aws.

Pure, so that a plan can compare it with what is there.
"""

from typing import Any

from infra.access import tls_only_policy
from infra.network import s3_network_statement
from infra.settings import Settings
from infra.tiering import s3_lifecycle_rules

Arguments = dict[str, Any]


def ownership_controls() -> Arguments:
    """Return the arguments of `BucketOwnershipControls`."""
    return {"rule": {"object_ownership": "BucketOwnerEnforced"}}


def public_access_block() -> Arguments:
    """Return the arguments of `BucketPublicAccessBlock`."""
    return {
        "block_public_acls": True,
        "block_public_policy": True,
        "ignore_public_acls": True,
        "restrict_public_buckets": True,
    }


def bucket_policy(
    settings: Settings, *, bucket_arn: str, made_endpoint: str | None = None
) -> Arguments:
    """Return the policy document of the bucket.

    Args:
        settings: of the environment.
        bucket_arn: of the bucket.
        made_endpoint: id of the VPC endpoint that the environment makes; None: it makes none.
    """
    document = tls_only_policy(bucket_arn)
    if not settings.network.restricts_aws:
        return document
    statement = s3_network_statement(
        settings.network, bucket_arn=bucket_arn, made_endpoint=made_endpoint
    )
    return {**document, "Statement": [*document["Statement"], statement]}


def default_encryption(key_arn: Any) -> Arguments:
    """Return the arguments of `BucketServerSideEncryptionConfiguration`.

    Args:
        key_arn: of the KMS key, known or not yet; None: keys that S3 manages.
    """
    by_default: Arguments = {"sse_algorithm": "AES256"}
    if key_arn is not None:
        by_default = {"sse_algorithm": "aws:kms", "kms_master_key_id": key_arn}
    return {
        "rules": [
            {
                "apply_server_side_encryption_by_default": by_default,
                "bucket_key_enabled": key_arn is not None,
                # A document encrypted with a customer's own key could not be read by the others.
                "blocked_encryption_types": ["SSE-C"],
            }
        ]
    }


def versioning() -> Arguments:
    """Return the arguments of `BucketVersioning`."""
    return {"versioning_configuration": {"status": "Enabled"}}


def lifecycle(settings: Settings) -> Arguments:
    """Return the arguments of `BucketLifecycleConfiguration`."""
    return {
        "rules": s3_lifecycle_rules(settings.tiering, prefix=settings.prefix),
        "transition_default_minimum_object_size": "all_storage_classes_128K",
    }
