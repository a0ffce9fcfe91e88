"""What an identity may do (`app.terms.permissions`), compiled to roles and conditions of Google Cloud IAM."""

from collections.abc import Mapping
from typing import Final

from app.terms.permissions import Migration, Verb
from app.terms.variables import Identity
from infra.access.verbs import actions_of

# "IAM permissions for JSON methods" (cloud.google.com/storage/docs/access-control/iam-json, read 2026-11-26).
_GCS_PERMISSIONS: Final[Mapping[Verb, tuple[str, ...]]] = {
    "list": ("storage.objects.list",),
    "read": ("storage.objects.get",),
    # An upload over an object that exists needs storage.objects.delete, too: replacing and deleting are one
    # permission here. Never storage.multipartUploads.*: our uploads are those of the JSON API.
    "write": ("storage.objects.create", "storage.objects.delete"),
    "delete": ("storage.objects.delete",),
}


def gcs_permissions(identity: Identity, *, migration: Migration = "open") -> list[str]:
    """Return the permissions of an identity's custom role.

    Whoever writes may also delete, and delete old versions by their generation: Google Cloud has one
    permission for all three. What is deleted so is kept by the bucket's soft delete only.
    No predefined role: roles/storage.objectUser may also change metadata, contexts and multipart uploads.
    """
    return actions_of(identity, _GCS_PERMISSIONS, migration=migration)


def gcs_condition(identity: Identity, *, bucket: str, prefix: str) -> dict[str, str] | None:
    """Return the condition of the role's binding that limits it to the prefix, or None without a prefix.

    A listing is asked of the bucket, and says what it wants in an attribute of its own ("Attribute reference
    for IAM Conditions", API attributes); every other call has none and falls back to ''. A listing without
    a prefix is refused.

    Args:
        identity: whose, for people who read the binding.
        bucket: the name.
        prefix: '' or one that ends with '/'; has no quotation mark.
    """
    if not prefix:
        return None
    documents = f'resource.name.startsWith("projects/_/buckets/{bucket}/objects/{prefix}")'
    listing = (
        f'api.getAttribute("storage.googleapis.com/objectListPrefix", "").startsWith("{prefix}")'
    )
    return {
        "title": f"{identity}-documents",
        "description": f"Only what lies below {prefix}",
        "expression": f"{documents} || {listing}",
    }
