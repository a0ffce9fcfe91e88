"""Azure's private endpoints and their names in a DNS zone: records, which no traffic takes."""

from dataclasses import dataclass

from infra.local_cloud.azure_native.base import ArmHandler
from infra.local_cloud.handlers import CloudError, State
from infra.local_cloud.values import Properties


@dataclass(frozen=True, slots=True)
class PrivateEndpoint(ArmHandler):
    """azure-native:network:PrivateEndpoint."""

    def id_of(self, inputs: Properties) -> str:
        """The endpoint's id."""
        return (
            f"{self.group_id(inputs)}/providers/Microsoft.Network/privateEndpoints/"
            f"{inputs['privateEndpointName']}"
        )

    def create(self, inputs: Properties) -> State:
        """Record it, if what it leads to is there."""
        for connection in inputs["privateLinkServiceConnections"]:
            target = connection["privateLinkServiceId"]
            if self.subscription.plane.get(target) is None:
                raise CloudError(f"ResourceNotFound: {target} was not found")
        # The bare call of super() does not know its class in a dataclass with slots.
        return ArmHandler.create(self, inputs)

    def added(self, resource_id: str, inputs: Properties) -> Properties:
        """Name, type, state."""
        return {
            "name": inputs["privateEndpointName"],
            "provisioningState": "Succeeded",
            "type": "Microsoft.Network/privateEndpoints",
        }


@dataclass(frozen=True, slots=True)
class PrivateDnsZoneGroup(ArmHandler):
    """azure-native:network:PrivateDnsZoneGroup."""

    def id_of(self, inputs: Properties) -> str:
        """The id beneath the endpoint's."""
        return (
            f"{self.group_id(inputs)}/providers/Microsoft.Network/privateEndpoints/"
            f"{inputs['privateEndpointName']}/privateDnsZoneGroups/{inputs['privateDnsZoneGroupName']}"
        )

    def create(self, inputs: Properties) -> State:
        """Record it, if its endpoint is there."""
        endpoint = self.id_of(inputs).partition("/privateDnsZoneGroups/")[0]
        if self.subscription.plane.get(endpoint) is None:
            raise CloudError(f"ResourceNotFound: {endpoint} was not found")
        return ArmHandler.create(self, inputs)

    def added(self, resource_id: str, inputs: Properties) -> Properties:
        """Name and state."""
        return {"name": inputs["privateDnsZoneGroupName"], "provisioningState": "Succeeded"}
