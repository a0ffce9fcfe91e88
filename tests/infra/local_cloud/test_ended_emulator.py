"""An emulator that ends in the middle of an update: the engine is told what happened and what to do."""

from pathlib import Path
from typing import Any, NoReturn

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2 as wire

from infra.local_cloud import servers
from infra.local_cloud.aws.cloud import AWS
from infra.local_cloud.emulators import MOTO
from infra.local_cloud.provider import LocalProvider
from infra.local_cloud.stacks import STATE_VARIABLE
from infra.local_cloud.values import to_struct
from tests.conftest import ended_with_this_process

pytestmark = [pytest.mark.emulator, pytest.mark.timeout(300)]

STACK = "local-test"
BUCKET = f"urn:pulumi:{STACK}::kb::aws:s3/bucket:Bucket::documents"


class Aborted(Exception):
    """What the engine would show."""


class Context:
    """The engine's side of a request."""

    def abort(self, code: grpc.StatusCode, details: str) -> NoReturn:
        raise Aborted(details)


def test_an_emulator_that_ends_in_mid_up_is_named_with_the_way_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(STATE_VARIABLE, str(tmp_path))
    provider: Any = LocalProvider(AWS)
    properties = to_struct({"bucket": "kb-documents"})
    with ended_with_this_process(STACK, tmp_path):
        servers.start(STACK, names=(MOTO,))
        urn = f"urn:pulumi:{STACK}::kb::pulumi:providers:aws::default"
        provider.Configure(wire.ConfigureRequest(urn=urn, args=to_struct({})), Context())
        made = provider.Create(wire.CreateRequest(urn=BUCKET, properties=properties), Context())
        servers.stop(STACK)
        with pytest.raises(Aborted) as refused:
            provider.Delete(
                wire.DeleteRequest(urn=BUCKET, id=made.id, properties=properties), Context()
            )

    assert str(refused.value) == (
        "The emulator has ended meanwhile. moto of stack 'local-test' does not run. "
        "Run: kb local start -s local-test, then kb up -s local-test"
    )
