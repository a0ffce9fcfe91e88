"""Requests to Google Cloud Storage through its JSON API.

Sources (Google, read 2026-11-26): "IAM permissions for JSON methods"; of attributes "Attribute reference for
IAM Conditions", API attributes, and "Resource attributes for IAM Conditions"; of sessions "Resumable
uploads": whoever has the URI of one needs no more.
"""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote, urlsplit

from infra.access.evaluate.calls import Call
from infra.access.wire.requests import Request

LIST_PREFIX: Final = "storage.googleapis.com/objectListPrefix"

_PATH: Final = re.compile(
    r"/(?P<kind>upload/|download/|resumable/upload/)?storage/v1/b"
    r"(?:/(?P<bucket>[^/]+)(?:/(?P<on>o|iam)(?:/(?P<object>[^/]+))?)?)?"
)
_ON_OBJECTS: Final[Mapping[str, tuple[str, ...]]] = {
    "GET": ("storage.objects.get",),
    "DELETE": ("storage.objects.delete",),
    "PATCH": ("storage.objects.update",),
}
_ON_BUCKETS: Final[Mapping[tuple[str, str | None], str]] = {
    ("GET", "o"): "storage.objects.list",
    ("GET", None): "storage.buckets.get",
    ("PATCH", None): "storage.buckets.update",
    ("DELETE", None): "storage.buckets.delete",
    ("GET", "iam"): "storage.buckets.getIamPolicy",
    ("PUT", "iam"): "storage.buckets.setIamPolicy",
}


def google_calls(request: Request, *, upload_name: str = "") -> list[Call]:
    """Return what Cloud Storage asks IAM about a request.

    Args:
        request: of the JSON API.
        upload_name: which object an upload is of, where only its body or its session says it.

    Raises:
        UnknownRequest: no row describes it.
    """
    found = _PATH.fullmatch(urlsplit(request.target).path)
    if found is None:
        raise request.unknown()
    bucket = f"projects/_/buckets/{unquote(found['bucket'] or '')}"
    if (found["kind"] or "").endswith("upload/"):
        return _upload(request, bucket, request.query.get("name", upload_name))
    if found["object"] is not None:
        actions = _ON_OBJECTS.get(request.method)
        if actions is None:
            raise request.unknown()
        return [_of_object(action, bucket, unquote(found["object"])) for action in actions]
    if not found["bucket"]:
        raise request.unknown()
    action = _ON_BUCKETS.get((request.method, found["on"]))
    if action is None:
        raise request.unknown()
    context = {"resource.type": "storage.googleapis.com/Bucket"}
    if action == "storage.objects.list" and "prefix" in request.query:
        context[LIST_PREFIX] = request.query["prefix"]
    return [Call(action=action, resource=bucket, context=context)]


def _upload(request: Request, bucket: str, name: str) -> list[Call]:
    """Return what an upload asks for: also to delete what it replaces, unless it may replace nothing."""
    if "upload_id" in request.query:
        return []
    actions = ["storage.objects.create"]
    if request.query.get("ifGenerationMatch") != "0":
        actions.append("storage.objects.delete")
    return [_of_object(action, bucket, name) for action in actions]


def _of_object(action: str, bucket: str, name: str) -> Call:
    return Call(
        action=action,
        resource=f"{bucket}/objects/{name}",
        context={"resource.type": "storage.googleapis.com/Object"},
    )
