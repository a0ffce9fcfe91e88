"""What the plugin makes, sees, changes and deletes, on fake-gcs-server, without an engine."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from infra.local_cloud.control_plane import ControlPlane
from infra.local_cloud.gcp import schemas, watch_schemas
from infra.local_cloud.gcp.cloud import GCP as CLOUD
from infra.local_cloud.gcp.cloud import config_failures
from infra.local_cloud.handlers import AlreadyExists, CloudError, Handler, Naming, Session, State
from infra.local_cloud.servers import Endpoints
from tests.infra.local_cloud.gcp.examples import GCP

pytestmark = pytest.mark.emulator

# What belongs to something comes after it.
ORDER = (
    *(schemas.BUCKET, schemas.ROLE, schemas.ACCOUNT, schemas.POOL, schemas.POOL_PROVIDER),
    *(schemas.BUCKET_MEMBER, schemas.ACCOUNT_MEMBER),
    *(watch_schemas.CHANNEL, watch_schemas.ALERT_POLICY, watch_schemas.BUDGET),
)
UPDATES: dict[str, dict[str, Any]] = {
    schemas.BUCKET: {"versioning": {"enabled": False}, "labels": {"a": "b"}},
    schemas.ROLE: {"permissions": ["storage.objects.get"]},
    schemas.ACCOUNT: {"displayName": "Another"},
    schemas.POOL: {"disabled": True},
    schemas.POOL_PROVIDER: {"attributeCondition": "false"},
    watch_schemas.CHANNEL: {"enabled": False},
    watch_schemas.ALERT_POLICY: {"notificationChannels": []},
    watch_schemas.BUDGET: {"thresholdRules": []},
}
"""What can be changed in place; a binding is made anew."""

Handlers = dict[str, Handler]


@pytest.fixture
def plane(tmp_path: Path) -> ControlPlane:
    return ControlPlane(tmp_path / "control_plane.json")


@pytest.fixture
def handlers(gcs_url: str, plane: ControlPlane) -> Iterator[Handlers]:
    session = Session("local-test", Endpoints("", "", gcs_url), plane, {"project": "example-1"})
    handlers = dict(CLOUD.open(session).handlers)
    yield handlers
    handlers[schemas.BUCKET].delete("kb-documents", {"forceDestroy": True})


@pytest.fixture
def made(handlers: Handlers) -> dict[str, State]:
    """One of each type."""
    return {token: handlers[token].create(GCP[token]) for token in ORDER}


@pytest.fixture
def bucket_url(gcs_url: str) -> str:
    return f"{gcs_url}/storage/v1/b/kb-documents"


def test_every_type_is_served_and_made_here(handlers: Handlers) -> None:
    assert handlers.keys() == set(ORDER) == schemas.SCHEMAS.keys()


@pytest.mark.parametrize("token", ORDER)
def test_what_was_made_is_seen_as_it_was_asked_for(
    token: str, handlers: Handlers, made: dict[str, State]
) -> None:
    state = made[token]

    live = handlers[token].read(state.id, GCP[token], state.outputs)

    assert live is not None
    assert live.inputs == GCP[token]
    assert live.outputs == state.outputs
    assert state.outputs.items() >= GCP[token].items()


@pytest.mark.parametrize("token", UPDATES)
def test_an_update_is_seen(token: str, handlers: Handlers, made: dict[str, State]) -> None:
    wanted = {**GCP[token], **UPDATES[token]}

    handlers[token].update(made[token].id, wanted, made[token].outputs)
    live = handlers[token].read(made[token].id, wanted, made[token].outputs)

    assert live is not None
    assert live.inputs == wanted


@pytest.mark.parametrize("token", UPDATES)
def test_what_somebody_changed_is_seen(
    token: str, handlers: Handlers, made: dict[str, State], plane: ControlPlane
) -> None:
    changes = {name: it for name, it in UPDATES[token].items() if name != "versioning"}
    plane.change(made[token].id, **changes)

    live = handlers[token].read(made[token].id, GCP[token], made[token].outputs)

    assert live is not None
    assert live.inputs == {**GCP[token], **changes}


@pytest.mark.parametrize("token", ORDER)
def test_what_was_deleted_is_gone_and_can_be_deleted_again(
    token: str, handlers: Handlers, made: dict[str, State]
) -> None:
    for _ in range(2):
        handlers[token].delete(made[token].id, made[token].outputs)

    assert handlers[token].read(made[token].id, GCP[token], made[token].outputs) is None


def test_deleting_all_leaves_nothing(
    handlers: Handlers, made: dict[str, State], plane: ControlPlane, bucket_url: str
) -> None:
    for token in reversed(ORDER):
        handlers[token].delete(made[token].id, made[token].outputs)

    assert plane.ids() == []
    assert requests.get(bucket_url, timeout=30).status_code == 404


def test_a_bucket_takes_its_policy_with_it_and_an_account_its_own(
    handlers: Handlers, made: dict[str, State], plane: ControlPlane
) -> None:
    handlers[schemas.BUCKET].delete("kb-documents", {"forceDestroy": True})
    handlers[schemas.ACCOUNT].delete(made[schemas.ACCOUNT].id, {})

    assert plane.get(made[schemas.BUCKET_MEMBER].id) is None
    assert plane.get(made[schemas.ACCOUNT_MEMBER].id) is None


@pytest.mark.parametrize(
    "token", [it for it in ORDER if it not in (schemas.BUCKET_MEMBER, schemas.ACCOUNT_MEMBER)]
)
def test_what_is_there_already_is_nobody_elses(
    token: str, handlers: Handlers, made: dict[str, State]
) -> None:
    with pytest.raises(AlreadyExists):
        handlers[token].create(GCP[token])


@pytest.mark.parametrize("missing", ["role", "account", "bucket"])
def test_a_binding_needs_whom_it_names(
    missing: str, handlers: Handlers, made: dict[str, State]
) -> None:
    token = {"role": schemas.ROLE, "account": schemas.ACCOUNT, "bucket": schemas.BUCKET}[missing]
    handlers[token].delete(made[token].id, {"forceDestroy": True})

    with pytest.raises(CloudError, match="notFound"):
        handlers[schemas.BUCKET_MEMBER].create(GCP[schemas.BUCKET_MEMBER])


def test_a_provider_needs_its_pool_and_a_trust_its_account(handlers: Handlers) -> None:
    for token in (schemas.POOL_PROVIDER, schemas.ACCOUNT_MEMBER):
        with pytest.raises(CloudError, match="notFound"):
            handlers[token].create(GCP[token])


def test_a_condition_needs_uniform_access(handlers: Handlers) -> None:
    bucket = {**GCP[schemas.BUCKET], "uniformBucketLevelAccess": False}
    handlers[schemas.BUCKET].create(bucket)
    for token in (schemas.ROLE, schemas.ACCOUNT):
        handlers[token].create(GCP[token])

    with pytest.raises(CloudError, match="uniformBucketLevelAccess"):
        handlers[schemas.BUCKET_MEMBER].create(GCP[schemas.BUCKET_MEMBER])


def test_the_bucket_keeps_versions_and_their_end_is_drift(
    handlers: Handlers, made: dict[str, State], bucket_url: str
) -> None:
    before = requests.get(bucket_url, timeout=30).json()["versioning"]
    requests.patch(bucket_url, json={"versioning": {"enabled": False}}, timeout=30)

    live = handlers[schemas.BUCKET].read(
        "kb-documents", GCP[schemas.BUCKET], made[schemas.BUCKET].outputs
    )

    assert before == {"enabled": True}
    assert live is not None
    assert live.inputs == {**GCP[schemas.BUCKET], "versioning": {"enabled": False}}


def test_a_change_of_labels_leaves_versions_on(
    handlers: Handlers, made: dict[str, State], bucket_url: str
) -> None:
    wanted = {**GCP[schemas.BUCKET], "labels": {}}
    handlers[schemas.BUCKET].update("kb-documents", wanted, made[schemas.BUCKET].outputs)

    assert requests.get(bucket_url, timeout=30).json()["versioning"] == {"enabled": True}


def test_a_full_bucket_is_deleted_only_with_force_and_then_with_its_versions(
    handlers: Handlers, made: dict[str, State], gcs_url: str, bucket_url: str
) -> None:
    upload = f"{gcs_url}/upload/storage/v1/b/kb-documents/o?uploadType=media&name=kb%2F가 a.md"
    for text in ("one", "two"):
        requests.post(upload, data=text.encode(), timeout=30).raise_for_status()
    requests.delete(f"{bucket_url}/o/kb%2F가%20a.md", timeout=30).raise_for_status()
    bucket = handlers[schemas.BUCKET]

    with pytest.raises(CloudError, match="bucketNotEmpty"):
        bucket.delete("kb-documents", {**made[schemas.BUCKET].outputs, "forceDestroy": False})
    still = requests.get(f"{bucket_url}/o?versions=true", timeout=30).json()["items"]
    bucket.delete("kb-documents", made[schemas.BUCKET].outputs)

    assert len(still) == 2
    assert requests.get(bucket_url, timeout=30).status_code == 404


def test_a_bucket_that_was_made_beside_the_engine_can_be_read_and_granted(
    handlers: Handlers, gcs_url: str
) -> None:
    bucket: dict[str, Any] = {"name": "kb-documents", "versioning": {"enabled": True}}
    requests.post(f"{gcs_url}/storage/v1/b", json=bucket, timeout=30).raise_for_status()
    for token in (schemas.ROLE, schemas.ACCOUNT):
        handlers[token].create(GCP[token])

    live = handlers[schemas.BUCKET].read("kb-documents", {}, {})
    granted = handlers[schemas.BUCKET_MEMBER].create(GCP[schemas.BUCKET_MEMBER])

    assert live is not None
    assert live.outputs.items() >= {"project": "example-1", **bucket}.items()
    assert live.outputs["location"]
    assert granted.id.startswith("b/kb-documents/")


def test_the_ids_are_those_of_the_real_provider(made: dict[str, State]) -> None:
    email = "kb-agent@example-1.iam.gserviceaccount.com"
    pool = "locations/global/workloadIdentityPools/kb-agent"

    assert made[schemas.BUCKET].id == "kb-documents"
    assert made[schemas.ACCOUNT].id == f"projects/example-1/serviceAccounts/{email}"
    assert made[schemas.ACCOUNT].outputs["member"] == f"serviceAccount:{email}"
    assert made[schemas.ROLE].id == "projects/example-1/roles/kb_agent"
    assert made[schemas.POOL].id == f"projects/example-1/{pool}"
    # Policies name the project by its number.
    assert made[schemas.POOL].outputs["name"] == f"projects/123456789012/{pool}"


def test_a_bucket_without_a_name_gets_one_and_keeps_it(handlers: Handlers) -> None:
    naming = Naming("kb-dev", "1a2b3c4", "")
    bucket = handlers[schemas.BUCKET]

    assert bucket.prepare({}, {}, naming) == {"name": "kb-dev-1a2b3c4"}
    assert bucket.prepare({}, {"name": "kb-old"}, naming) == {"name": "kb-old"}
    assert bucket.prepare({"name": "own"}, {"name": "kb-old"}, naming) == {"name": "own"}


@pytest.mark.parametrize(
    ("config", "refused"),
    [
        ({"storageCustomEndpoint": "https://x.example"}, "storageCustomEndpoint"),
        ({"defaultLabels": {"a": "b"}}, "defaultLabels"),
        ({"projekt": "x"}, "projekt"),
        ({"project": "example-1", "region": "europe-west3", "credentials": "x"}, None),
    ],
)
def test_configuration_for_another_place_is_refused(
    config: dict[str, Any], refused: str | None
) -> None:
    assert [name for name, _ in config_failures(config)] == ([refused] if refused else [])
