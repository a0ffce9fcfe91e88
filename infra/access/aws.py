"""What an identity may do (`app.terms.permissions`), compiled to AWS IAM."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from app.terms.permissions import Migration, Verb
from app.terms.variables import Identity
from infra.access.verbs import actions_of
from infra.trust import Trust

_S3_OBJECT_ACTIONS: Final[Mapping[Verb, tuple[str, ...]]] = {
    "list": (),
    "read": ("s3:GetObject",),
    # What a killed upload left is listed by nobody: a lifecycle rule ends it.
    "write": ("s3:PutObject", "s3:AbortMultipartUpload"),
    # Never s3:DeleteObjectVersion: a deleted document stays as an old version.
    "delete": ("s3:DeleteObject",),
}
_S3_BUCKET_ACTIONS: Final[Mapping[Verb, tuple[str, ...]]] = {
    "list": ("s3:ListBucket",),
    "read": (),
    "write": (),
    "delete": (),
}
_KMS_ACTIONS: Final[Mapping[Verb, tuple[str, ...]]] = {
    "list": (),
    "read": ("kms:Decrypt",),
    # An upload in parts also decrypts: parts are put together.
    "write": ("kms:GenerateDataKey", "kms:Decrypt"),
    "delete": (),
}
# "AWS KMS condition keys", kms:ViaService: what S3 asks of a key for somebody carries S3's own name.
_THROUGH_S3: Final = {"Condition": {"StringLike": {"kms:ViaService": "s3.*"}}}


def iam_policy(
    identity: Identity,
    *,
    bucket_arn: str,
    prefix: str,
    key_arn: str | None = None,
    migration: Migration = "open",
) -> dict[str, Any]:
    """Return the IAM policy document of an identity: nothing outside the prefix, nothing beyond its verbs.

    A missing document is answered with 404, not 403, because S3 evaluates s3:ListBucket for it with the
    object's name as s3:prefix.

    Args:
        identity: whose.
        bucket_arn: of the store's bucket.
        prefix: '' or one that ends with '/'; has no character that IAM reads as a pattern.
        key_arn: of the KMS key, where the bucket is encrypted with one.
        migration: how far a migration is let in.
    """
    actions = partial(actions_of, identity, migration=migration)
    statements = [
        _allow("Documents", actions(_S3_OBJECT_ACTIONS), f"{bucket_arn}/{prefix}*"),
        _allow("Listing", actions(_S3_BUCKET_ACTIONS), bucket_arn)
        | ({"Condition": {"StringLike": {"s3:prefix": f"{prefix}*"}}} if prefix else {}),
    ]
    if key_arn is not None:
        statements.append(_allow("Encryption", actions(_KMS_ACTIONS), key_arn) | _THROUGH_S3)
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


def _allow(sid: str, actions: list[str], resource: str) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resource}


def iam_boundary(account_id: str) -> dict[str, Any]:
    """Return a permissions boundary for the identities of every environment in an account.

    It allows nothing by itself; whatever their policies are changed to, they can do no more than this.

    Args:
        account_id: twelve digits, whose keys may be used.
    """
    everything = {
        action
        for table in (_S3_OBJECT_ACTIONS, _S3_BUCKET_ACTIONS, _KMS_ACTIONS)
        for actions in table.values()
        for action in actions
    }
    documents = sorted(action for action in everything if action.startswith("s3:"))
    keys = sorted(action for action in everything if action.startswith("kms:"))
    return {
        "Version": "2012-10-17",
        "Statement": [
            _allow("Documents", documents, "arn:aws:s3:::*"),
            _allow("Encryption", keys, f"arn:aws:kms:*:{account_id}:key/*") | _THROUGH_S3,
        ],
    }
