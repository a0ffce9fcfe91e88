"""What the agent and a migration really ask of each cloud, written down.

To write it anew: python -m tests.infra.access
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from app.store.backends.azure import AzureStore
from app.store.backends.gcs import GCSStore
from app.store.backends.s3 import S3Store
from infra.access.evaluate import Call
from infra.access.wire import Request, azure_calls, google_calls, kms_calls, s3_calls
from infra.local_cloud import credentials
from tests.contract.relay import Fate, Relay, relayed
from tests.contract.relay import Request as Relayed
from tests.infra.access import work
from tests.infra.access.work import Desk

FOLDER: Final = Path(__file__).parent / "recorded"
BUCKET: Final = "kb-recorded"
PREFIX: Final = "kb/"
ACCOUNT_ID: Final = (
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/group"
    "/providers/Microsoft.Storage/storageAccounts/recorded"
)
KEY_ARN: Final = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"

WORK: Final[dict[str, tuple[Callable[[Desk], None], ...]]] = {
    "agent": (work.be_the_agent,),
    "migrator": (work.migrate,),
    "rollback": (work.roll_back,),
    "checklist": (work.check,),
}
"""Who is recorded, and what they do: each after the other, in a bucket of its own for the agent."""


@dataclass(frozen=True, slots=True)
class Cloud:
    """One cloud as the recorder needs it."""

    name: str
    fixture: str
    make: Callable[[str, str], None]
    url: Callable[[str, str], str]
    variables: Callable[[str], dict[str, str]]
    calls: Callable[[Relayed], list[Call]]


def _make_bucket(bucket: str, at: str) -> None:
    store = S3Store(
        bucket,
        endpoint_url=at,
        region_name="us-east-1",
        aws_access_key_id="any",
        aws_secret_access_key="any",
    )
    store.create_bucket()


def _make_container(container: str, at: str) -> None:
    connection_string = credentials.azurite_connection_string(at)
    AzureStore(container, connection_string=connection_string).create_container()


def _make_google_bucket(bucket: str, at: str) -> None:
    GCSStore(bucket, endpoint_url=at).create_bucket()


def _aws_calls(request: Relayed) -> list[Call]:
    asked = Request(request.method, request.target, request.headers)
    return [*s3_calls(asked), *kms_calls(asked, key_arn=KEY_ARN)]


def _azure_calls(request: Relayed) -> list[Call]:
    asked = Request(request.method, request.target, request.headers)
    return azure_calls(asked, account=credentials.AZURITE_ACCOUNT, account_id=ACCOUNT_ID)


def _google_calls(request: Relayed) -> list[Call]:
    # An upload's object is named in the first part of its body.
    named = re.search(rb'"name": *("(?:[^"\\]|\\.)*")', request.beginning)
    asked = Request(request.method, request.target, request.headers)
    return google_calls(asked, upload_name=json.loads(named[1]) if named else "")


CLOUDS: Final = (
    Cloud(
        "aws",
        "moto_url",
        _make_bucket,
        lambda bucket, at: f"s3://{bucket}/kb?endpoint_url={at}&region=us-east-1",
        lambda at: {"AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any"},
        _aws_calls,
    ),
    Cloud(
        "azure",
        "azurite_url",
        _make_container,
        lambda container, at: (
            f"azure://{credentials.AZURITE_ACCOUNT}/{container}/kb?endpoint_url={at}"
        ),
        lambda at: {"AZURE_STORAGE_CONNECTION_STRING": credentials.azurite_connection_string(at)},
        _azure_calls,
    ),
    Cloud(
        "gcp",
        "gcs_url",
        _make_google_bucket,
        lambda bucket, at: f"gs://{bucket}/kb?endpoint_url={at}",
        lambda at: {},
        _google_calls,
    ),
)


def record(
    cloud: Cloud, at: str, folder: Path, *, who: tuple[str, ...]
) -> dict[str, list[dict[str, Any]]]:
    """Do the work of each of `who`, and return what it asked for.

    Args:
        cloud: where.
        at: the emulator.
        folder: of this recording alone.
        who: keys of `WORK`, in its order.
    """
    found = {}
    with _desks(cloud, at, folder) as desk_of:
        for name in who:
            desk, relay = desk_of(name)
            relay.requests.clear()
            for task in WORK[name]:
                task(desk)
            found[name] = _asked(cloud, relay, desk)
    return found


@contextmanager
def _desks(cloud: Cloud, at: str, folder: Path) -> Iterator[Callable[[str], tuple[Desk, Relay]]]:
    with relayed(at) as relay:
        relay.fate = _fate

        def desk_of(name: str) -> tuple[Desk, Relay]:
            # The migration's three work in one place, the agent in its own.
            own = folder / ("agent" if name == "agent" else "migration")
            bucket = f"{BUCKET}-{folder.name.lower().replace('_', '-')}-{own.name}"[:63]
            if not own.exists():
                own.mkdir(parents=True)
                cloud.make(bucket, at)
            others = Desk(cloud.url(bucket, at), cloud.variables(at), own)
            url, variables = cloud.url(bucket, relay.url), cloud.variables(relay.url)
            return Desk(url, variables, own, others), relay

        yield desk_of


def _fate(request: Relayed) -> Fate:
    refused = work.UNLUCKY in request.target and "partNumber=2" in request.target
    return "deny" if refused else "pass"


def _asked(cloud: Cloud, relay: Relay, desk: Desk) -> list[dict[str, Any]]:
    """Return each different thing that was asked, in an order that is always the same."""
    bucket = re.search(rf"{BUCKET}-[^/?]+", desk.url)
    assert bucket
    asked = {
        json.dumps(_written(call, bucket[0]), sort_keys=True)
        for request in relay.requests
        for call in cloud.calls(request)
    }
    return [json.loads(it) for it in sorted(asked)]


def _written(call: Call, bucket: str) -> dict[str, Any]:
    context = {name: _area(text.replace(bucket, BUCKET)) for name, text in call.context.items()}
    resource = _area(call.resource.replace(bucket, BUCKET))
    return {"action": call.action, "resource": resource, "context": context}


def _area(text: str) -> str:
    """Return a name with `*` for the document in it: of our own records (`.kb/…`) the area stays."""
    return re.sub(rf"(^|/){PREFIX}(\.kb/[a-z]+/|)([^*].*)", rf"\1{PREFIX}\2*", text)


def written(found: dict[str, list[dict[str, Any]]]) -> str:
    """Return a recording as the text of its file: one call a line."""
    parts = [
        f' "{who}": [\n' + ",\n".join(f"  {json.dumps(it)}" for it in asked) + "\n ]"
        for who, asked in found.items()
    ]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def recorded(cloud: str) -> dict[str, list[Call]]:
    """Return what the committed file says, by who asked."""
    read = json.loads((FOLDER / f"{cloud}.json").read_text())
    return {
        who: [
            Call(action=it["action"], resource=it["resource"], context=it["context"])
            for it in asked
        ]
        for who, asked in read.items()
    }
