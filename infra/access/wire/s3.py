"""Requests to S3, addressed by path.

Sources (AWS, read 2026-11-26): "Required permissions for Amazon S3 API operations"; of conditions "Add
preconditions to S3 operations" and "Enforce conditional deletes" (who compares an ETag may read it); of keys
"Uploading and copying objects using multipart upload", its permissions.
"""

from collections.abc import Mapping
from typing import Final

from infra.access.evaluate.calls import Call
from infra.access.wire.requests import Request

_SUBRESOURCES: Final = (
    "uploads",
    "uploadId",
    "partNumber",
    "tagging",
    "acl",
    "attributes",
    "versions",
    "delete",
    "lifecycle",
    "policy",
    "versioning",
    "encryption",
    "restore",
)
_PARAMETERS: Final = frozenset(
    {
        "list-type",
        "prefix",
        "delimiter",
        "max-keys",
        "encoding-type",
        "start-after",
        "continuation-token",
        "fetch-owner",
        "versionId",
        "x-id",
    }
)
"""What says more about a request and does not make it another one."""

_ON_BUCKETS: Final[Mapping[tuple[str, str], str]] = {
    ("GET", ""): "s3:ListBucket",
    ("HEAD", ""): "s3:ListBucket",
    ("PUT", ""): "s3:CreateBucket",
    ("DELETE", ""): "s3:DeleteBucket",
    ("GET", "uploads"): "s3:ListBucketMultipartUploads",
    ("GET", "versions"): "s3:ListBucketVersions",
    ("GET", "lifecycle"): "s3:GetLifecycleConfiguration",
    ("PUT", "lifecycle"): "s3:PutLifecycleConfiguration",
    ("DELETE", "lifecycle"): "s3:PutLifecycleConfiguration",
    ("GET", "policy"): "s3:GetBucketPolicy",
    ("PUT", "policy"): "s3:PutBucketPolicy",
    ("DELETE", "policy"): "s3:DeleteBucketPolicy",
    ("GET", "versioning"): "s3:GetBucketVersioning",
    ("PUT", "versioning"): "s3:PutBucketVersioning",
    ("GET", "encryption"): "s3:GetEncryptionConfiguration",
    ("PUT", "encryption"): "s3:PutEncryptionConfiguration",
}

_ON_OBJECTS: Final[Mapping[tuple[str, str], str]] = {
    ("GET", ""): "s3:GetObject",
    ("HEAD", ""): "s3:GetObject",
    ("PUT", ""): "s3:PutObject",
    ("DELETE", ""): "s3:DeleteObject",
    ("GET", "attributes"): "s3:GetObjectAttributes",
    ("POST", "uploads"): "s3:PutObject",
    ("PUT", "partNumber"): "s3:PutObject",
    ("POST", "uploadId"): "s3:PutObject",
    ("GET", "uploadId"): "s3:ListMultipartUploadParts",
    ("DELETE", "uploadId"): "s3:AbortMultipartUpload",
    ("PUT", "tagging"): "s3:PutObjectTagging",
    ("PUT", "acl"): "s3:PutObjectAcl",
    ("POST", "restore"): "s3:RestoreObject",
}

_OF_VERSIONS: Final[Mapping[str, str]] = {
    "s3:GetObject": "s3:GetObjectVersion",
    "s3:DeleteObject": "s3:DeleteObjectVersion",
}

_KMS: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("GET", ""): ("kms:Decrypt",),
    ("HEAD", ""): ("kms:Decrypt",),
    ("PUT", ""): ("kms:GenerateDataKey",),
    ("POST", "uploads"): ("kms:GenerateDataKey", "kms:Decrypt"),
    ("PUT", "partNumber"): ("kms:GenerateDataKey", "kms:Decrypt"),
    ("POST", "uploadId"): ("kms:Decrypt",),
}
"""Of an object that is encrypted with a key; a HEAD of one asks for the key, too."""


def s3_calls(request: Request) -> list[Call]:
    """Return what S3 asks IAM about a request.

    Raises:
        UnknownRequest: no row describes it.
    """
    bucket, _, key = request.path.partition("/")
    kind = request.method, _subresource(request)
    action = (_ON_OBJECTS if key else _ON_BUCKETS).get(kind)
    if action is None:
        raise request.unknown()
    resource = f"arn:aws:s3:::{bucket}/{key}" if key else f"arn:aws:s3:::{bucket}"
    if "versionId" in request.query:
        action = _OF_VERSIONS.get(action, action)
    calls = [Call(action=action, resource=resource, context=_context(request))]
    if key and request.method in ("PUT", "POST", "DELETE") and "if-match" in request.headers:
        calls.append(Call(action="s3:GetObject", resource=resource))
    source = request.headers.get("x-amz-copy-source")
    if source is not None:
        copied = source.lstrip("/").partition("?")[0]
        calls.append(Call(action="s3:GetObject", resource=f"arn:aws:s3:::{copied}"))
    return calls


def kms_calls(request: Request, *, key_arn: str) -> list[Call]:
    """Return what S3 asks KMS about a request to a bucket that is encrypted with a key."""
    if "/" not in request.path:
        return []
    actions = _KMS.get((request.method, _subresource(request)), ())
    # "AWS KMS condition keys", kms:ViaService.
    through = {"kms:ViaService": f"s3.{key_arn.split(':')[3]}.amazonaws.com"}
    return [Call(action=action, resource=key_arn, context=through) for action in actions]


def _subresource(request: Request) -> str:
    if not request.query.keys() <= _PARAMETERS.union(_SUBRESOURCES):
        raise request.unknown()
    named = [it for it in _SUBRESOURCES if it in request.query]
    # An upload of one part names the upload, too.
    return "partNumber" if "partNumber" in named else named[0] if named else ""


def _context(request: Request) -> dict[str, str]:
    found = {"s3:prefix": request.query.get("prefix")} if "/" not in request.path else {}
    return {name: value for name, value in found.items() if value is not None}
