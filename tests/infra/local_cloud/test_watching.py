"""What watches is made, seen, changed and deleted in the control plane, and drift there is seen."""

from pathlib import Path
from typing import Any

import pytest

from infra.local_cloud.aws import watch_schemas as aws_types
from infra.local_cloud.aws.base import Account
from infra.local_cloud.aws.watching import watch_handlers as aws_handlers
from infra.local_cloud.azure_native import watch_schemas as azure_types
from infra.local_cloud.azure_native.base import Subscription
from infra.local_cloud.azure_native.watching import watch_handlers as azure_handlers
from infra.local_cloud.control_plane import ControlPlane
from infra.local_cloud.handlers import AlreadyExists, Handler
from tests.infra.local_cloud.watch_examples import AWS, AZURE, GROUP

CHANGES: dict[str, dict[str, Any]] = {
    aws_types.BUCKET_LOGGING: {"targetPrefix": "other/"},
    aws_types.BUCKET_METRIC: {"filter": {"prefix": "other/"}},
    aws_types.TOPIC: {"tags": {"a": "c"}},
    aws_types.TOPIC_POLICY: {"policy": "{}"},
    aws_types.SUBSCRIPTION: {"protocol": "sms"},
    aws_types.METRIC_ALARM: {"threshold": 9},
    aws_types.BUDGET: {"limitAmount": "9"},
    azure_types.DIAGNOSTICS: {"logs": []},
    azure_types.ACTION_GROUP: {"enabled": False},
    azure_types.METRIC_ALERT: {"severity": 4},
    azure_types.QUERY_RULE: {"severity": 4},
    azure_types.WORKSPACE: {"retentionInDays": 30},
    azure_types.BUDGET: {"amount": 9},
}


@pytest.fixture
def plane(tmp_path: Path) -> ControlPlane:
    plane = ControlPlane(tmp_path / "control_plane.json")
    plane.set(GROUP, {"type": "group", "inputs": {}, "outputs": {}})
    return plane


def handler_of(token: str, plane: ControlPlane) -> Handler:
    azure = {it.token: it for it in azure_handlers(Subscription("s", "koreacentral", plane))}
    return {**aws_handlers(Account("123456789012", "us-east-1", {}, plane)), **azure}[token]


def test_every_type_that_watches_has_a_change_here() -> None:
    assert CHANGES.keys() == AWS.keys() | AZURE.keys()


@pytest.mark.parametrize("token", CHANGES)
def test_a_resource_is_made_once_changed_and_gone(token: str, plane: ControlPlane) -> None:
    inputs, handler = (AWS | AZURE)[token], handler_of(token, plane)
    made = handler.create(inputs)
    read = handler.read(made.id, inputs, made.outputs)

    assert read is not None
    assert (read.inputs, read.outputs) == (inputs, made.outputs)
    with pytest.raises(AlreadyExists):
        handler.create(inputs)
    changed = handler.update(made.id, inputs | CHANGES[token], made.outputs)
    assert CHANGES[token].items() <= changed.items()
    handler.delete(made.id, changed)
    assert handler.read(made.id, inputs, changed) is None
    handler.delete(made.id, changed)


@pytest.mark.parametrize("token", CHANGES)
def test_what_somebody_changed_in_the_control_plane_is_seen(
    token: str, plane: ControlPlane
) -> None:
    inputs, handler = (AWS | AZURE)[token], handler_of(token, plane)
    made = handler.create(inputs)
    (recorded,) = (it for it in plane.ids() if it != GROUP)
    plane.change(recorded, **CHANGES[token])

    live = handler.read(made.id, inputs, made.outputs)
    assert live is not None
    assert live.inputs == inputs | CHANGES[token]
