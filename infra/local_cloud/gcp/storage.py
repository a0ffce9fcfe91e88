"""Buckets, of which fake-gcs-server keeps the objects and whether versions are kept, and their bindings."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

import requests

from infra.local_cloud.gcp.base import PROJECT_NUMBER, GcpHandler
from infra.local_cloud.handlers import AlreadyExists, CloudError, Live, State
from infra.local_cloud.values import Properties

_SECONDS_MAX: Final = 30


@dataclass(frozen=True, slots=True)
class Buckets:
    """fake-gcs-server's buckets.

    Args:
        url: where it answers.
        calls: what asks it; nothing of this machine's proxies or credentials goes with it.
    """

    url: str
    calls: requests.Session

    def get(self, name: str) -> dict[str, Any] | None:
        """The bucket as it is, None when there is none."""
        return self._ask("GET", f"/b/{quote(name)}", gone=None)

    def create(self, name: str, *, versioning: bool) -> None:
        """Make a bucket.

        Raises:
            AlreadyExists: there is one.
        """
        if self.get(name) is not None:
            raise AlreadyExists(f"conflict: there is a bucket {name!r} already")
        self._ask("POST", "/b", {"name": name, "versioning": {"enabled": versioning}})

    def keep_versions(self, name: str, *, versioning: bool) -> None:
        """Say whether replaced and deleted objects stay as versions."""
        self._ask("PATCH", f"/b/{quote(name)}", {"versioning": {"enabled": versioning}})

    def objects(self, name: str) -> list[dict[str, Any]]:
        """Every object of a bucket, old versions too; none when it is gone."""
        found: list[dict[str, Any]] = []
        token = ""
        while True:
            query = f"versions=true&pageToken={quote(token, safe='')}"
            page = self._ask("GET", f"/b/{quote(name)}/o?{query}", gone={}) or {}
            found += page.get("items") or []
            token = page.get("nextPageToken") or ""
            if not token:
                return found

    def delete(self, name: str, *, with_objects: bool) -> None:
        """Delete a bucket; one that is gone already is fine.

        Raises:
            CloudError: there are objects in it, and nobody said that they may go.
        """
        for kept in self.objects(name):
            if not with_objects:
                raise CloudError(
                    f"bucketNotEmpty: bucket {name!r} holds objects; forceDestroy deletes them, too"
                )
            where = f"/b/{quote(name)}/o/{quote(kept['name'], safe='')}"
            self._ask("DELETE", f"{where}?generation={kept['generation']}", gone=None)
        self._ask("DELETE", f"/b/{quote(name)}", gone=None)

    def _ask(
        self, method: str, path: str, body: Any = None, *, gone: dict[str, Any] | None = None
    ) -> dict[str, Any] | None:
        answer = self.calls.request(
            method, f"{self.url}/storage/v1{path}", json=body, timeout=_SECONDS_MAX
        )
        if answer.status_code == HTTPStatus.NOT_FOUND and method != "PATCH":
            return gone
        if not answer.ok:
            raise CloudError(f"{method} {path} answered {answer.status_code}: {answer.text[:200]}")
        found: dict[str, Any] = answer.json() if answer.content.strip() else {}
        return found


@dataclass(frozen=True, slots=True)
class Bucket(GcpHandler):
    """gcp:storage/bucket:Bucket."""

    buckets: Buckets

    def id_of(self, inputs: Properties) -> str:
        """The bucket's name."""
        return str(inputs["name"])

    def claim(self, inputs: Properties) -> str | None:
        """A bucket's name, which is everybody's only once."""
        return f"gcp:bucket:{inputs['name']}"

    def added(self, resource_id: str, inputs: Properties) -> Properties:
        """Its addresses, and what it is without being asked."""
        labels = inputs.get("labels") or {}
        return {
            "effectiveLabels": labels,
            "forceDestroy": bool(inputs.get("forceDestroy")),
            "projectNumber": int(PROJECT_NUMBER),
            "pulumiLabels": labels,
            "selfLink": f"https://www.googleapis.com/storage/v1/b/{resource_id}",
            "storageClass": inputs.get("storageClass", "STANDARD"),
            "url": f"gs://{resource_id}",
        }

    def create(self, inputs: Properties) -> State:
        """Make the bucket, then record it."""
        name = self.id_of(inputs)
        self.buckets.create(name, versioning=_keeps_versions(inputs))
        return State(name, self.record(name, inputs))

    def read(self, resource_id: str, inputs: Properties, outputs: Properties) -> Live | None:
        """The bucket as fake-gcs-server has it: it alone says whether it is there."""
        real = self.buckets.get(resource_id)
        if real is None:
            return None
        record = self.project.plane.get(resource_id)
        found = {"location": real["location"], **inputs, "name": resource_id}
        live = dict(record["inputs"] if record else found)
        versioning = bool((real.get("versioning") or {}).get("enabled"))
        if versioning != _keeps_versions(live):
            live["versioning"] = {"enabled": versioning}
        return Live(live, {**outputs, **self.outputs(resource_id, live)})

    def update(self, resource_id: str, inputs: Properties, outputs: Properties) -> Properties:
        """Versions in fake-gcs-server, everything else in the record."""
        self.buckets.keep_versions(resource_id, versioning=_keeps_versions(inputs))
        return self.record(resource_id, inputs)

    def delete(self, resource_id: str, outputs: Properties) -> None:
        """Delete the bucket; its objects too when forceDestroy says so, else a full one is refused."""
        self.buckets.delete(resource_id, with_objects=bool(outputs.get("forceDestroy")))
        self.project.plane.delete(resource_id)
        self.project.plane.delete(f"b/{resource_id}")


@dataclass(frozen=True, slots=True)
class BucketMember(GcpHandler):
    """gcp:storage/bucketIAMMember:BucketIAMMember: recorded, and enforced by nobody."""

    buckets: Buckets

    def id_of(self, inputs: Properties) -> str:
        """The id beneath the bucket's policy."""
        condition = inputs.get("condition")
        parts = ["b", inputs["bucket"].removeprefix("b/"), inputs["role"], inputs["member"]]
        return "/".join(parts + ([condition["title"]] if condition else []))

    def claim(self, inputs: Properties) -> str | None:
        """Granting what somebody has is no error."""
        return None

    def create(self, inputs: Properties) -> State:
        """Record it, whether it was there or not."""
        self._require_whom_it_names(inputs)
        resource_id = self.id_of(inputs)
        return State(resource_id, self.record(resource_id, inputs))

    def _require_whom_it_names(self, inputs: Properties) -> None:
        """The bucket, a role and a service account of one's own; uniform access for a condition."""
        name = inputs["bucket"].removeprefix("b/")
        if self.buckets.get(name) is None:
            raise CloudError(f"notFound: the bucket {name!r} does not exist")
        if inputs["role"].startswith("projects/"):
            self.require(inputs["role"])
        require_member(self, inputs["member"])
        # Nobody knows it of a bucket that was made beside the engine.
        bucket = (self.project.plane.get(name) or {}).get("inputs")
        # IAM Conditions overview: bindings of buckets with access control lists take none.
        if inputs.get("condition") and bucket and not bucket.get("uniformBucketLevelAccess"):
            raise CloudError(
                f"invalid: a condition needs uniformBucketLevelAccess of the bucket {name!r}"
            )

    def added(self, resource_id: str, inputs: Properties) -> Properties:
        """The policy's version."""
        return {"etag": "BwAAAAAAAAA="}


def require_member(handler: GcpHandler, member: str) -> None:
    """Refuse a service account of this project that is not there, as setIamPolicy does.

    Raises:
        CloudError: and says which.
    """
    kind, _, email = member.partition(":")
    if kind == "serviceAccount":
        project = email.partition("@")[2].partition(".")[0]
        handler.require(f"projects/{project}/serviceAccounts/{email}")


def _keeps_versions(inputs: Properties) -> bool:
    return bool((inputs.get("versioning") or {}).get("enabled"))


def new_session() -> requests.Session:
    """Return what asks the emulator and takes nothing from this machine's settings."""
    session = requests.Session()
    session.trust_env = False
    return session
