"""A gateway endpoint in moto, through its handler."""

from functools import cache
from pathlib import Path

import pytest

from infra.local_cloud.aws.base import Account
from infra.local_cloud.aws.clients import make_client
from infra.local_cloud.aws.ec2 import VpcEndpoint
from infra.local_cloud.aws.schemas import VPC_ENDPOINT
from infra.local_cloud.control_plane import ControlPlane
from infra.local_cloud.handlers import Naming

pytestmark = pytest.mark.emulator


def test_an_endpoint_is_made_read_changed_and_deleted(moto_url: str, tmp_path: Path) -> None:
    ec2 = make_client("ec2", url=moto_url, region="us-east-1")
    account = Account("123456789012", "us-east-1", {}, ControlPlane(tmp_path / "plane.json"))
    handler = VpcEndpoint(VPC_ENDPOINT, account, cache(lambda: ec2))
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    tables = sorted(
        ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"] for _ in range(2)
    )
    asked = {
        "vpcId": vpc,
        "serviceName": "com.amazonaws.us-east-1.s3",
        "vpcEndpointType": "Gateway",
        "routeTableIds": tables[:1],
        "tags": {"a": "b"},
    }
    inputs = handler.prepare(asked, {}, Naming("kb", "1234567", "x"))
    made = handler.create(inputs)
    read = handler.read(made.id, inputs, made.outputs)
    handler.update(made.id, {**inputs, "routeTableIds": tables}, made.outputs)
    drifted = handler.read(made.id, inputs, made.outputs)
    handler.delete(made.id, made.outputs)

    assert read is not None
    assert read.inputs == inputs
    assert drifted is not None
    assert drifted.inputs["routeTableIds"] == tables
    assert handler.read(made.id, inputs, made.outputs) is None
    handler.delete(made.id, made.outputs)
