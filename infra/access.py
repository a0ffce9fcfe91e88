"""What an identity may do (`app.terms.permissions`), compiled to AWS IAM and Azure RBAC."""

from collections.abc import Mapping
from typing import Any, Final

from app.terms.permissions import PERMISSIONS, Verb
from app.terms.variables import Identity
from infra.trust import Trust

_VERBS: Final[tuple[Verb, ...]] = ("list", "read", "write", "delete")

_S3_OBJECT_ACTIONS: Final[Mapping[Verb, tuple[str, ...]]] = {
    "list": (),
    "read": ("s3:GetObject", "s3:GetObjectAttributes"),
    "write": ("s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"),
    # Never s3:DeleteObjectVersion: a deleted document stays as an old version.
    "delete": ("s3:DeleteObject",),
}
_S3_BUCKET_ACTIONS: Final[Mapping[Verb, tuple[str, ...]]] = {
    "list": ("s3:ListBucket",),
    "read": (),
    "write": ("s3:ListBucketMultipartUploads",),
    "delete": (),
}
_KMS_ACTIONS: Final[Mapping[Verb, tuple[str, ...]]] = {
    "list": (),
    "read": ("kms:Decrypt",),
    "write": ("kms:GenerateDataKey",),
    "delete": (),
}

_BLOBS: Final = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"
_BLOB_DATA_ACTIONS: Final[Mapping[Verb, tuple[str, ...]]] = {
    # Listing and reading are one data action; conditions tell them apart by suboperation.
    "list": (f"{_BLOBS}/read",),
    "read": (f"{_BLOBS}/read",),
    "write": (f"{_BLOBS}/write", f"{_BLOBS}/add/action"),
    # Never blobs/deleteBlobVersion/action or …/permanentDelete/action.
    "delete": (f"{_BLOBS}/delete",),
}


def iam_policy(
    identity: Identity, *, bucket_arn: str, prefix: str, key_arn: str | None = None
) -> dict[str, Any]:
    """Return the IAM policy document of an identity: nothing outside the prefix, nothing beyond its verbs.

    A missing document is answered with 404, not 403, because S3 evaluates s3:ListBucket for it with the
    object's name as s3:prefix.

    Args:
        identity: whose.
        bucket_arn: of the store's bucket.
        prefix: '' or one that ends with '/'; has no character that IAM reads as a pattern.
        key_arn: of the KMS key, where the bucket is encrypted with one.
    """
    statements = [
        _allow("Documents", _compile(_S3_OBJECT_ACTIONS, identity), f"{bucket_arn}/{prefix}*"),
        _allow("Listing", _compile(_S3_BUCKET_ACTIONS, identity), bucket_arn)
        | ({"Condition": {"StringLike": {"s3:prefix": f"{prefix}*"}}} if prefix else {}),
    ]
    if key_arn is not None:
        statements.append(_allow("Encryption", _compile(_KMS_ACTIONS, identity), key_arn))
    return {"Version": "2012-10-17", "Statement": statements}


def iam_trust_policy(trust: Trust, *, account_arn: str) -> dict[str, Any]:
    """Return who may assume the role of an identity.

    Without anybody named, it is the account itself: whoever its own policies allow `sts:AssumeRole`.

    Args:
        trust: from the configuration.
        account_arn: any ARN of the account, for its partition and number.
    """
    partition, account = account_arn.split(":")[1], account_arn.split(":")[4]
    root = f"arn:{partition}:iam::{account}"
    statements = []
    if trust.oidc_issuer is not None:
        host = trust.oidc_issuer.removeprefix("https://")
        statements.append(
            {
                "Sid": "Workload",
                "Effect": "Allow",
                "Principal": {"Federated": f"{root}:oidc-provider/{host}"},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {
                    # Whole and exact: a pattern in the subject would let other repositories in.
                    "StringEquals": {
                        f"{host}:aud": "sts.amazonaws.com",
                        f"{host}:sub": trust.oidc_subject,
                    }
                },
            }
        )
    principals = list(trust.aws_principals)
    if not principals and not statements:
        principals = [f"{root}:root"]
    if principals:
        statements.append(
            {
                "Sid": "Principals",
                "Effect": "Allow",
                "Principal": {"AWS": principals},
                "Action": "sts:AssumeRole",
            }
        )
    return {"Version": "2012-10-17", "Statement": statements}


def tls_only_policy(bucket_arn: str) -> dict[str, Any]:
    """Return the bucket policy that refuses whoever comes without TLS 1.2 (S3 guide: s3:TlsVersion)."""

    def deny(sid: str, condition: dict[str, Any]) -> dict[str, Any]:
        return {
            "Sid": sid,
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [bucket_arn, f"{bucket_arn}/*"],
            "Condition": condition,
        }

    return {
        "Version": "2012-10-17",
        "Statement": [
            deny("RefusePlainText", {"Bool": {"aws:SecureTransport": "false"}}),
            deny("RefuseOldTls", {"NumericLessThan": {"s3:TlsVersion": "1.2"}}),
        ],
    }


def rbac_permissions(identity: Identity) -> list[dict[str, list[str]]]:
    """Return the permissions of an identity's role definition.

    Not the built-in Storage Blob Data Contributor: that one may also delete the container, and there is no
    built-in role that writes without deleting.
    """
    return [
        {
            "actions": [],
            "not_actions": [],
            "data_actions": _compile(_BLOB_DATA_ACTIONS, identity),
            "not_data_actions": [],
        }
    ]


def rbac_condition(identity: Identity, *, prefix: str) -> str | None:
    """Return the condition of the role assignment that limits it to the prefix, or None without a prefix.

    Version 2.0 of the condition language, after "Read or list blobs in named containers with a path" in
    Microsoft's examples for Blob Storage. A listing without a prefix is refused.
    """
    if not prefix:
        return None
    listing = f"ActionMatches{{'{_BLOBS}/read'}} AND SubOperationMatches{{'Blob.List'}}"
    reading = f"ActionMatches{{'{_BLOBS}/read'}} AND NOT SubOperationMatches{{'Blob.List'}}"
    others = [
        f"ActionMatches{{'{action}'}}"
        for action in _compile(_BLOB_DATA_ACTIONS, identity)
        if action != f"{_BLOBS}/read"
    ]
    not_documents = " AND ".join(f"!({action})" for action in (reading, *others))
    below = f"StringStartsWith '{prefix}'"
    return (
        f"(({not_documents}) OR (@Resource[{_BLOBS}:path] {below}))"
        f" AND ((!({listing})) OR (@Request[{_BLOBS}:prefix] {below}))"
    )


def _compile(table: Mapping[Verb, tuple[str, ...]], identity: Identity) -> list[str]:
    allowed = PERMISSIONS[identity]
    actions = (action for verb in _VERBS if verb in allowed for action in table[verb])
    return list(dict.fromkeys(actions))


def _allow(sid: str, actions: list[str], resource: str) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resource}
