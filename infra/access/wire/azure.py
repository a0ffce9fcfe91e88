"""Requests to Azure Blob Storage.

Sources (Microsoft, read 2026-11-26): "Authorize with Microsoft Entra ID", permissions for calling data
operations; of attributes and suboperations "Actions and attributes for Azure role assignment conditions for
Azure Blob Storage".
"""

from collections.abc import Mapping
from typing import Final

from infra.access.evaluate.abac import SUBOPERATION
from infra.access.evaluate.calls import Call
from infra.access.wire.requests import Request

CONTAINERS: Final = "Microsoft.Storage/storageAccounts/blobServices/containers"
BLOBS: Final = f"{CONTAINERS}/blobs"

_ON_CONTAINERS: Final[Mapping[tuple[str, str], str]] = {
    ("GET", "list"): f"{BLOBS}/read",
    ("GET", "blobs"): f"{BLOBS}/filter/action",
    ("GET", ""): f"{CONTAINERS}/read",
    ("HEAD", ""): f"{CONTAINERS}/read",
    ("PUT", ""): f"{CONTAINERS}/write",
    ("PUT", "metadata"): f"{CONTAINERS}/write",
    ("PUT", "acl"): f"{CONTAINERS}/setAcl/action",
    ("DELETE", ""): f"{CONTAINERS}/delete",
}
_ON_BLOBS: Final[Mapping[tuple[str, str], str]] = {
    ("GET", ""): f"{BLOBS}/read",
    ("HEAD", ""): f"{BLOBS}/read",
    ("GET", "blocklist"): f"{BLOBS}/read",
    # Creating alone would also be possible with blobs/add/action; replacing is not.
    ("PUT", ""): f"{BLOBS}/write",
    ("PUT", "block"): f"{BLOBS}/write",
    ("PUT", "blocklist"): f"{BLOBS}/write",
    ("PUT", "lease"): f"{BLOBS}/write",
    ("PUT", "metadata"): f"{BLOBS}/write",
    ("PUT", "properties"): f"{BLOBS}/write",
    ("PUT", "tier"): f"{BLOBS}/write",
    ("PUT", "undelete"): f"{BLOBS}/write",
    ("PUT", "tags"): f"{BLOBS}/tags/write",
    ("DELETE", ""): f"{BLOBS}/delete",
}


def azure_calls(request: Request, *, account: str, account_id: str) -> list[Call]:
    """Return what Blob Storage asks RBAC about a request.

    Args:
        request: to a path that begins with the account, as emulators have it, or without it.
        account: its name.
        account_id: its ARM id.

    Raises:
        UnknownRequest: no row describes it.
    """
    container, _, blob = request.path.removeprefix(f"{account}/").partition("/")
    kind = request.method, request.query.get("comp", "")
    action = (_ON_BLOBS if blob else _ON_CONTAINERS).get(kind)
    if action is None:
        raise request.unknown()
    if blob and request.method == "DELETE" and "versionid" in request.query:
        action = f"{BLOBS}/deleteBlobVersion/action"
    resource = f"{account_id}/blobServices/default/containers/{container}"
    return [
        Call(
            action=action,
            resource=f"{resource}/blobs/{blob}" if blob else resource,
            context=_context(request, container=container, blob=blob),
        )
    ]


def _context(request: Request, *, container: str, blob: str) -> dict[str, str]:
    context = {f"Resource[{CONTAINERS}:name]": container}
    if blob:
        return context | {f"Resource[{BLOBS}:path]": blob}
    if request.query.get("comp") == "list":
        context[SUBOPERATION] = "Blob.List"
        if "prefix" in request.query:
            context[f"Request[{BLOBS}:prefix]"] = request.query["prefix"]
    return context
