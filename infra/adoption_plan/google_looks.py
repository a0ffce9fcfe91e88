"""Looking at a bucket of Google Cloud: through Cloud Storage's JSON API, or in the local cloud."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import requests
from google.auth.exceptions import GoogleAuthError

from app.terms.answers import Refusal
from infra.adoption_plan.google_bucket import GoogleLook

ENDPOINT: Final = "https://storage.googleapis.com"
_SCOPES: Final = ("https://www.googleapis.com/auth/devstorage.read_only",)
_SECONDS_MAX: Final = 30

_STATES: Final = {True: "LIVE", False: "ARCHIVED"}
"""What pulumi-gcp makes of the condition `isLive`."""


def cloud_storage(
    session: requests.Session | None = None, *, endpoint: str = ENDPOINT
) -> GoogleLook:
    """Return a look through Cloud Storage.

    Args:
        session: what asks, with credentials; None: application default credentials.
        endpoint: of Cloud Storage.
    """

    def look(name: str) -> Mapping[str, Any] | None:
        try:
            calls = session or _authorized()
            answer = calls.get(f"{endpoint}/storage/v1/b/{name}", timeout=_SECONDS_MAX)
        except (GoogleAuthError, requests.RequestException) as error:
            raise Refusal(f"Google cannot be asked about the bucket {name!r}: {error}") from None
        if answer.status_code == HTTPStatus.NOT_FOUND:
            return None
        if not answer.ok:
            raise Refusal(f"Google refuses to show the bucket {name!r}: {_reason(answer)}.")
        return _flat(answer.json())

    return look


def local_bucket(stack: str) -> GoogleLook:
    """Return a look into the local cloud: fake-gcs-server, and the control plane for what is recorded."""
    from infra.local_cloud import servers
    from infra.local_cloud.control_plane import control_plane_of
    from infra.local_cloud.gcp.base import PROJECT, Project
    from infra.local_cloud.gcp.schemas import BUCKET
    from infra.local_cloud.gcp.storage import Bucket, Buckets, new_session

    buckets = Buckets(servers.endpoints(stack).gcs_url, new_session())
    handler = Bucket(BUCKET, Project(PROJECT, control_plane_of(stack)), buckets)

    def look(name: str) -> Mapping[str, Any] | None:
        live = handler.read(name, {}, {})
        return None if live is None else live.inputs

    return look


def _authorized() -> requests.Session:
    import google.auth
    from google.auth.transport.requests import AuthorizedSession

    # google-auth's own names carry no types.
    credentials: Any = google.auth.default(scopes=_SCOPES)[0]
    make: Any = AuthorizedSession
    session: requests.Session = make(credentials)
    return session


def _reason(answer: requests.Response) -> str:
    try:
        said = answer.json()["error"]["message"]
    except (ValueError, KeyError, TypeError):
        said = answer.status_code
    return str(said).rstrip(".")


def _flat(bucket: Mapping[str, Any]) -> dict[str, Any]:
    """A bucket as pulumi-gcp has it."""
    access = bucket.get("iamConfiguration") or {}
    seconds = (bucket.get("softDeletePolicy") or {}).get("retentionDurationSeconds")
    return {
        "uniformBucketLevelAccess": bool(
            (access.get("uniformBucketLevelAccess") or {}).get("enabled")
        ),
        "publicAccessPrevention": access.get("publicAccessPrevention"),
        "versioning": bucket.get("versioning"),
        # 64 bits are text in Google's JSON.
        "softDeletePolicy": {"retentionDurationSeconds": None if seconds is None else int(seconds)},
        "lifecycleRules": [_rule(it) for it in (bucket.get("lifecycle") or {}).get("rule") or []],
    }


def _rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    condition = dict(rule.get("condition") or {})
    state = _STATES.get(condition.pop("isLive", None))
    prefixes, suffixes = condition.pop("matchesPrefix", None), condition.pop("matchesSuffix", None)
    classes = condition.pop("matchesStorageClass", None)
    return {
        "action": rule.get("action"),
        "condition": {
            **condition,
            "withState": state,
            "matchesPrefixes": prefixes,
            "matchesSuffixes": suffixes,
            "matchesStorageClasses": classes,
        },
    }
