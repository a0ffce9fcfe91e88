"""What an identity may do (`app.terms.permissions`), compiled to Azure RBAC."""

from collections.abc import Mapping
from typing import Final

from app.terms.permissions import Migration, Verb
from app.terms.variables import Identity
from infra.access.verbs import actions_of

_BLOBS: Final = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"
_BLOB_DATA_ACTIONS: Final[Mapping[Verb, tuple[str, ...]]] = {
    # Listing and reading are one data action; conditions tell them apart by suboperation.
    "list": (f"{_BLOBS}/read",),
    "read": (f"{_BLOBS}/read",),
    # Not blobs/add/action: it would let one create, and blobs/write creates and replaces.
    "write": (f"{_BLOBS}/write",),
    # Never blobs/deleteBlobVersion/action or …/permanentDelete/action.
    "delete": (f"{_BLOBS}/delete",),
}


def rbac_permissions(
    identity: Identity, *, migration: Migration = "open"
) -> list[dict[str, list[str]]]:
    """Return the permissions of an identity's role definition.

    Not the built-in Storage Blob Data Contributor: that one may also delete the container, and there is no
    built-in role that writes without deleting.
    """
    return [
        {
            "actions": [],
            "not_actions": [],
            "data_actions": actions_of(identity, _BLOB_DATA_ACTIONS, migration=migration),
            "not_data_actions": [],
        }
    ]


def rbac_condition(identity: Identity, *, prefix: str, migration: Migration = "open") -> str | None:
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
        for action in actions_of(identity, _BLOB_DATA_ACTIONS, migration=migration)
        if action != f"{_BLOBS}/read"
    ]
    not_documents = " AND ".join(f"!({action})" for action in (reading, *others))
    below = f"StringStartsWith '{prefix}'"
    return (
        f"(({not_documents}) OR (@Resource[{_BLOBS}:path] {below}))"
        f" AND ((!({listing})) OR (@Request[{_BLOBS}:prefix] {below}))"
    )
