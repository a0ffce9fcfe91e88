"""Azure's identities, role definitions and role assignments, kept by the control plane."""

import uuid
from dataclasses import dataclass
from typing import Final

from infra.local_cloud.azure_native.base import TENANT, ArmHandler, scope_id
from infra.local_cloud.handlers import CloudError, State
from infra.local_cloud.values import Properties


@dataclass(frozen=True, slots=True)
class Identity(ArmHandler):
    """azure-native:managedidentity:UserAssignedIdentity: the same ids for the same name, always."""

    def id_of(self, inputs: Properties) -> str:
        """The identity's id."""
        return (
            f"{self.group_id(inputs)}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/"
            f"{inputs['resourceName']}"
        )

    def added(self, resource_id: str, inputs: Properties) -> Properties:
        """Its principal and client."""
        return {
            "clientId": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{resource_id.lower()}#client")),
            "name": inputs["resourceName"],
            "principalId": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{resource_id.lower()}#principal")),
            "tenantId": TENANT,
            "type": "Microsoft.ManagedIdentity/userAssignedIdentities",
        }


FEDERATIONS_MAX: Final = 20
"""Of one identity (2026-11-26):
https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations
"""


@dataclass(frozen=True, slots=True)
class Federation(ArmHandler):
    """azure-native:managedidentity:FederatedIdentityCredential: recorded; no token is ever exchanged."""

    def id_of(self, inputs: Properties) -> str:
        """The id beneath the identity's."""
        name = inputs["federatedIdentityCredentialResourceName"]
        return f"{self._identity(inputs)}/federatedIdentityCredentials/{name}"

    def create(self, inputs: Properties) -> State:
        """Record it, if the identity is there and trusts nobody of this issuer and subject yet."""
        self._require_place(inputs)
        return ArmHandler.create(self, inputs)

    def update(self, resource_id: str, inputs: Properties, outputs: Properties) -> Properties:
        """Record it anew, if nobody else has this issuer and subject."""
        self._require_place(inputs)
        return self.record(resource_id, inputs)

    def added(self, resource_id: str, inputs: Properties) -> Properties:
        """Name and type."""
        return {
            "name": inputs["federatedIdentityCredentialResourceName"],
            "type": "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials",
        }

    def _identity(self, inputs: Properties) -> str:
        return (
            f"{self.group_id(inputs)}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/"
            f"{inputs['resourceName']}"
        )

    def _require_place(self, inputs: Properties) -> None:
        identity, plane = self._identity(inputs), self.subscription.plane
        if plane.get(identity) is None:
            raise CloudError(f"ResourceNotFound: {identity} was not found")
        own = self.id_of(inputs).lower()
        others = [
            other
            for other in plane.ids(f"{identity}/federatedIdentityCredentials/")
            if other.lower() != own
        ]
        if len(others) >= FEDERATIONS_MAX:
            raise CloudError(
                f"{identity} has {len(others)} federated credentials, the most there can be"
            )
        for other in others:
            record = (plane.get(other) or {}).get("inputs", {})
            if all(record.get(name) == inputs.get(name) for name in ("issuer", "subject")):
                raise CloudError(f"Conflict: {other} trusts this issuer and subject already")


@dataclass(frozen=True, slots=True)
class RoleAssignment(ArmHandler):
    """azure-native:authorization:RoleAssignment: recorded, and enforced by nobody."""

    def id_of(self, inputs: Properties) -> str:
        """The id beneath the scope's."""
        scope = scope_id(inputs["scope"])
        name = inputs["roleAssignmentName"]
        return f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}"

    def create(self, inputs: Properties) -> State:
        """Record it, if its scope is there and nobody has the same role there already."""
        scope, plane = scope_id(inputs["scope"]), self.subscription.plane
        # Whether a container is there is for Azurite to say, not for the control plane.
        recorded = scope.partition("/blobServices/")[0]
        if "/resourceGroups/" in recorded and plane.get(recorded) is None:
            raise CloudError(f"ResourceNotFound: the scope {scope} was not found")
        wanted = ("principalId", "roleDefinitionId", "scope")
        for other in plane.ids(f"{scope}/providers/Microsoft.Authorization/roleAssignments/"):
            record = (plane.get(other) or {}).get("inputs", {})
            same = all(record.get(name) == inputs.get(name) for name in wanted)
            if same and other.lower() != self.id_of(inputs).lower():
                raise CloudError(f"RoleAssignmentExists: {other} assigns this role already")
        # The bare call of super() does not know its class in a dataclass with slots.
        return ArmHandler.create(self, inputs)

    def added(self, resource_id: str, inputs: Properties) -> Properties:
        """Name and type."""
        return {
            "name": inputs["roleAssignmentName"],
            "principalType": inputs.get("principalType", "User"),
            "type": "Microsoft.Authorization/roleAssignments",
        }


@dataclass(frozen=True, slots=True)
class RoleDefinition(ArmHandler):
    """azure-native:authorization:RoleDefinition: recorded, and enforced by nobody."""

    def id_of(self, inputs: Properties) -> str:
        """The id beneath the scope's."""
        scope = scope_id(inputs["scope"])
        name = inputs["roleDefinitionId"]
        return f"{scope}/providers/Microsoft.Authorization/roleDefinitions/{name}"

    def added(self, resource_id: str, inputs: Properties) -> Properties:
        """Name and type."""
        return {
            "name": inputs["roleDefinitionId"],
            "type": "Microsoft.Authorization/roleDefinitions",
        }
