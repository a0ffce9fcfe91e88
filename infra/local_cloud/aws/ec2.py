"""EC2's gateway endpoints: real in moto, but that no traffic takes them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from infra.local_cloud.aws import payloads, schemas
from infra.local_cloud.aws.base import Account, AwsHandler
from infra.local_cloud.handlers import Handler, Live, State
from infra.local_cloud.values import Properties


@dataclass(frozen=True, slots=True)
class VpcEndpoint(AwsHandler):
    """aws:ec2/vpcEndpoint:VpcEndpoint."""

    ec2: Callable[[], Any]
    """Its model takes a second to load, which only a stack with an endpoint pays."""

    @property
    def remade_in_place(self) -> bool:
        """EC2 chooses the id."""
        return False

    def create(self, inputs: Properties) -> State:
        """Make the endpoint."""
        request = payloads.request(self.token, inputs)
        tags = _tag_list(self.tags(inputs))
        if tags:
            request["TagSpecifications"] = [{"ResourceType": "vpc-endpoint", "Tags": tags}]
        made = self.ec2().create_vpc_endpoint(**request)["VpcEndpoint"]
        return State(made["VpcEndpointId"], self._outputs(inputs, made))

    def read(self, resource_id: str, inputs: Properties, outputs: Properties) -> Live | None:
        """The endpoint as EC2 has it."""
        found = self._describe(resource_id)
        if found is None:
            return None
        live = self.live_inputs(
            inputs,
            {
                "vpcId": found["VpcId"],
                "serviceName": found["ServiceName"],
                "vpcEndpointType": found["VpcEndpointType"],
                "routeTableIds": sorted(found.get("RouteTableIds", [])),
            },
        )
        # No member of the request: tags go into a specification for each kind of resource.
        left = self.live_tags(inputs, found.get("Tags", [])) or []
        tags = {tag["Key"]: tag["Value"] for tag in left}
        if tags != (inputs.get("tags") or {}):
            live["tags"] = tags
        if sorted(inputs.get("routeTableIds", [])) == live.get("routeTableIds"):
            live["routeTableIds"] = inputs["routeTableIds"]  # their order means nothing
        return Live(live, self._outputs(live, found))

    def update(self, resource_id: str, inputs: Properties, outputs: Properties) -> Properties:
        """The route tables and the tags."""
        found = self._describe(resource_id) or {}
        there, asked = set(found.get("RouteTableIds", [])), set(inputs.get("routeTableIds", []))
        self.ec2().modify_vpc_endpoint(
            VpcEndpointId=resource_id,
            AddRouteTableIds=sorted(asked - there),
            RemoveRouteTableIds=sorted(there - asked),
        )
        tags = self.tags(inputs)
        stale = [tag for tag in found.get("Tags", []) if tag["Key"] not in tags]
        if stale:
            self.ec2().delete_tags(
                Resources=[resource_id], Tags=[{"Key": tag["Key"]} for tag in stale]
            )
        if tags:
            self.ec2().create_tags(Resources=[resource_id], Tags=_tag_list(tags))
        return self._outputs(inputs, found)

    def delete(self, resource_id: str, outputs: Properties) -> None:
        """Delete the endpoint."""
        found = self._describe(resource_id)
        if found is None:
            return
        # moto forgets the routes of tables that came later, and then does not find them to delete.
        tables = found.get("RouteTableIds", [])
        answer = self.ec2().describe_route_tables(RouteTableIds=tables) if tables else {}
        routed = {
            table["RouteTableId"]
            for table in answer.get("RouteTables", [])
            if any(route.get("GatewayId") == resource_id for route in table["Routes"])
        }
        self.ec2().modify_vpc_endpoint(
            VpcEndpointId=resource_id, RemoveRouteTableIds=sorted(set(tables) - routed)
        )
        self.ec2().delete_vpc_endpoints(VpcEndpointIds=[resource_id])

    def _describe(self, resource_id: str) -> dict[str, Any] | None:
        try:
            answer = self.ec2().describe_vpc_endpoints(VpcEndpointIds=[resource_id])
        except ClientError as error:
            if error.response["Error"]["Code"].startswith("InvalidVpcEndpointId"):
                return None
            raise
        there = [it for it in answer["VpcEndpoints"] if it["State"] not in ("deleted", "deleting")]
        return there[0] if there else None

    def _outputs(self, inputs: Properties, found: dict[str, Any]) -> Properties:
        return {**inputs, "state": found.get("State"), "tagsAll": self.tags(inputs)}


def ec2_handlers(ec2: Callable[[], Any], account: Account) -> dict[str, Handler]:
    """The handlers of EC2, by type."""
    return {schemas.VPC_ENDPOINT: VpcEndpoint(schemas.VPC_ENDPOINT, account, ec2)}


def _tag_list(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]
