"""What neither the agent nor the migration may do, in each cloud's words. Add a row."""

from collections.abc import Mapping
from typing import Final

from infra.access.evaluate import Call
from infra.access.evaluate.abac import SUBOPERATION
from infra.access.wire.azure import BLOBS, CONTAINERS
from infra.access.wire.google import LIST_PREFIX
from tests.infra.access.policies import CONTAINER_ID, ROLE
from tests.infra.access.recording import ACCOUNT_ID, BUCKET, KEY_ARN

_ARN: Final = f"arn:aws:s3:::{BUCKET}"
_BUCKET: Final = f"projects/_/buckets/{BUCKET}"
_THROUGH_S3: Final = {"kms:ViaService": "s3.eu-central-1.amazonaws.com"}


def _s3(action: str, key: str = "", **context: str) -> Call:
    named = {name.replace("_", ":"): text for name, text in context.items()}
    resource = f"{_ARN}/{key}" if key else _ARN
    return Call(action=f"s3:{action}", resource=resource, context=named)


def _blob(action: str, path: str) -> Call:
    context = {f"Resource[{BLOBS}:path]": path, f"Resource[{CONTAINERS}:name]": BUCKET}
    return Call(
        action=f"{BLOBS}/{action}", resource=f"{CONTAINER_ID}/blobs/{path}", context=context
    )


def _listing(prefix: str | None) -> Call:
    asked = {} if prefix is None else {f"Request[{BLOBS}:prefix]": prefix}
    context = {SUBOPERATION: "Blob.List", **asked}
    return Call(action=f"{BLOBS}/read", resource=CONTAINER_ID, context=context)


def _arm(action: str, resource: str = ACCOUNT_ID) -> Call:
    return Call(action=action, resource=resource)


def _google(permission: str, name: str = "", prefix: str | None = None) -> Call:
    asked = {} if prefix is None else {LIST_PREFIX: prefix}
    resource = f"{_BUCKET}/objects/{name}" if name else _BUCKET
    return Call(action=permission, resource=resource, context=asked)


REFUSED: Final[Mapping[str, Mapping[str, Call]]] = {
    "aws": {
        "read outside": _s3("GetObject", "other/a.md"),
        "read a neighbour": _s3("GetObject", "kb2/a.md"),
        "read the folder's own name": _s3("GetObject", "kb"),
        "write outside": _s3("PutObject", "other/a.md"),
        "delete outside": _s3("DeleteObject", "other/a.md"),
        "list everything": _s3("ListBucket"),
        "list the top": _s3("ListBucket", s3_prefix=""),
        "list a neighbour": _s3("ListBucket", s3_prefix="kb2/"),
        "list by half a name": _s3("ListBucket", s3_prefix="kb"),
        "list uploads": _s3("ListBucketMultipartUploads"),
        "list old versions": _s3("ListBucketVersions", s3_prefix="kb/"),
        "read an old version": _s3("GetObjectVersion", "kb/a.md"),
        "delete an old version": _s3("DeleteObjectVersion", "kb/a.md"),
        "publish a document": _s3("PutObjectAcl", "kb/a.md"),
        "tag a document": _s3("PutObjectTagging", "kb/a.md"),
        "wake an archived document": _s3("RestoreObject", "kb/a.md"),
        "keep a document for ever": _s3("PutObjectRetention", "kb/a.md"),
        "change rules": _s3("PutLifecycleConfiguration"),
        "read rules": _s3("GetLifecycleConfiguration"),
        "change the policy": _s3("PutBucketPolicy"),
        "drop the policy": _s3("DeleteBucketPolicy"),
        "open the bucket": _s3("PutBucketPublicAccessBlock"),
        "stop versions": _s3("PutBucketVersioning"),
        "change encryption": _s3("PutEncryptionConfiguration"),
        "copy all elsewhere": _s3("PutReplicationConfiguration"),
        "delete the bucket": _s3("DeleteBucket"),
        "make a bucket": Call(action="s3:CreateBucket", resource="arn:aws:s3:::another"),
        "read another bucket": Call(action="s3:GetObject", resource="arn:aws:s3:::another/kb/a"),
        "make a user": Call(action="iam:CreateUser", resource="arn:aws:iam::123456789012:user/x"),
        "get more rights": Call(action="iam:PutRolePolicy", resource=ROLE.arn),
        "lose the boundary": Call(action="iam:DeleteRolePermissionsBoundary", resource=ROLE.arn),
        "act as another": Call(
            action="sts:AssumeRole", resource="arn:aws:iam::123456789012:role/another"
        ),
        "end the key": Call(action="kms:ScheduleKeyDeletion", resource=KEY_ARN),
        "hand out the key": Call(action="kms:CreateGrant", resource=KEY_ARN),
        "use another key": Call(
            action="kms:Decrypt",
            resource=KEY_ARN.replace("11111111", "99999999"),
            context=_THROUGH_S3,
        ),
        "use the key without S3": Call(action="kms:Decrypt", resource=KEY_ARN),
        "read without TLS": _s3("GetObject", "kb/a.md", aws_SecureTransport="false"),
        "read with TLS 1.1": _s3("GetObject", "kb/a.md", s3_TlsVersion="1.1"),
    },
    "azure": {
        "read outside": _blob("read", "other/a.md"),
        "read a neighbour": _blob("read", "kb2/a.md"),
        "write outside": _blob("write", "other/a.md"),
        "delete outside": _blob("delete", "other/a.md"),
        "list everything": _listing(None),
        "list the top": _listing(""),
        "list a neighbour": _listing("kb2/"),
        "list by half a name": _listing("kb"),
        "delete an old version": _blob("deleteBlobVersion/action", "kb/a.md"),
        "delete for ever": _blob("permanentDelete/action", "kb/a.md"),
        "keep for ever": _blob("immutableStorage/runAsSuperUser/action", "kb/a.md"),
        "tag a document": _blob("tags/write", "kb/a.md"),
        "find by tags": _blob("filter/action", "kb/a.md"),
        "move a document": _blob("move/action", "kb/a.md"),
        "own a document": _blob("manageOwnership/action", "kb/a.md"),
        "read another container": Call(
            action=f"{BLOBS}/read",
            resource=f"{ACCOUNT_ID}/blobServices/default/containers/{BUCKET}2/blobs/kb/a.md",
            context={f"Resource[{BLOBS}:path]": "kb/a.md"},
        ),
        "look at the container": _arm(f"{CONTAINERS}/read", CONTAINER_ID),
        "open the container": _arm(f"{CONTAINERS}/write", CONTAINER_ID),
        "delete the container": _arm(f"{CONTAINERS}/delete", CONTAINER_ID),
        "read the keys": _arm("Microsoft.Storage/storageAccounts/listKeys/action"),
        "sign for others": _arm(
            "Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action"
        ),
        "change rules": _arm("Microsoft.Storage/storageAccounts/managementPolicies/write"),
        "stop versions": _arm("Microsoft.Storage/storageAccounts/blobServices/write"),
        "change the account": _arm("Microsoft.Storage/storageAccounts/write"),
        "delete the account": _arm("Microsoft.Storage/storageAccounts/delete"),
        "get more rights": _arm("Microsoft.Authorization/roleAssignments/write", CONTAINER_ID),
        "change a role": _arm("Microsoft.Authorization/roleDefinitions/write", CONTAINER_ID),
        "trust another workload": _arm(
            "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write"
        ),
    },
    "gcp": {
        "read outside": _google("storage.objects.get", "other/a.md"),
        "read a neighbour": _google("storage.objects.get", "kb2/a.md"),
        "write outside": _google("storage.objects.create", "other/a.md"),
        "delete outside": _google("storage.objects.delete", "other/a.md"),
        "list everything": _google("storage.objects.list"),
        "list the top": _google("storage.objects.list", prefix=""),
        "list a neighbour": _google("storage.objects.list", prefix="kb2/"),
        "list by half a name": _google("storage.objects.list", prefix="kb"),
        "read another bucket": Call(
            action="storage.objects.get", resource=f"{_BUCKET}2/objects/kb/a.md"
        ),
        "change metadata": _google("storage.objects.update", "kb/a.md"),
        "bring back what was deleted": _google("storage.objects.restore", "kb/a.md"),
        "keep for ever": _google("storage.objects.setRetention", "kb/a.md"),
        "publish a document": _google("storage.objects.setIamPolicy", "kb/a.md"),
        "list uploads": _google("storage.multipartUploads.list"),
        "look at the bucket": _google("storage.buckets.get"),
        "change rules": _google("storage.buckets.update"),
        "delete the bucket": _google("storage.buckets.delete"),
        "read the policy": _google("storage.buckets.getIamPolicy"),
        "change the policy": _google("storage.buckets.setIamPolicy"),
        "make a key": Call(
            action="iam.serviceAccountKeys.create", resource="projects/kb/serviceAccounts/agent"
        ),
        "act as another": Call(
            action="iam.serviceAccounts.getAccessToken",
            resource="projects/kb/serviceAccounts/agent",
        ),
        "change a role": Call(action="iam.roles.update", resource="projects/kb/roles/agent"),
    },
}
