"""The deployer's role on Azure.

What each type takes is its own type in ARM: read, write, delete ("Azure resource provider operations",
Microsoft, read 2026-11-26). No data actions: it reads no blob. But whoever may write role assignments can
give itself any right at their scope: so give it the resource group of the environment as scope, not more.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from app.terms.permissions import DEPLOYER, Work

_STORAGE: Final = "Microsoft.Storage/storageAccounts"
_IDENTITIES: Final = "Microsoft.ManagedIdentity/userAssignedIdentities"
_ALL: Final = ("read", "write", "delete")


@dataclass(frozen=True, slots=True)
class Need:
    """What making, looking at, changing and removing a resource takes."""

    work: Work
    type: str
    verbs: tuple[str, ...] = _ALL

    @property
    def actions(self) -> tuple[str, ...]:
        """In ARM's words."""
        return tuple(f"{self.type}/{verb}" for verb in self.verbs)


AZURE_NEEDS: Final[Mapping[str, Need]] = {
    "azure-native:resources:ResourceGroup": Need(
        "stores", "Microsoft.Resources/subscriptions/resourceGroups"
    ),
    "azure-native:storage:StorageAccount": Need("stores", _STORAGE),
    "azure-native:storage:BlobServiceProperties": Need(
        "stores", f"{_STORAGE}/blobServices", ("read", "write")
    ),
    "azure-native:storage:BlobContainer": Need("stores", f"{_STORAGE}/blobServices/containers"),
    "azure-native:storage:ManagementPolicy": Need("stores", f"{_STORAGE}/managementPolicies"),
    "azure-native:managedidentity:UserAssignedIdentity": Need("identities", _IDENTITIES),
    "azure-native:managedidentity:FederatedIdentityCredential": Need(
        "identities", f"{_IDENTITIES}/federatedIdentityCredentials"
    ),
    "azure-native:authorization:RoleDefinition": Need(
        "identities", "Microsoft.Authorization/roleDefinitions"
    ),
    "azure-native:authorization:RoleAssignment": Need(
        "identities", "Microsoft.Authorization/roleAssignments"
    ),
    "azure-native:consumption:Budget": Need("watch", "Microsoft.Consumption/budgets"),
    "azure-native:monitor:ActionGroup": Need("watch", "Microsoft.Insights/actionGroups"),
    "azure-native:monitor:DiagnosticSetting": Need(
        "watch", "Microsoft.Insights/diagnosticSettings"
    ),
    "azure-native:monitor:MetricAlert": Need("watch", "Microsoft.Insights/metricAlerts"),
    "azure-native:monitor:ScheduledQueryRule": Need(
        "watch", "Microsoft.Insights/scheduledQueryRules"
    ),
    "azure-native:operationalinsights:Workspace": Need(
        "watch", "Microsoft.OperationalInsights/workspaces"
    ),
    "azure-native:network:PrivateEndpoint": Need("network", "Microsoft.Network/privateEndpoints"),
    "azure-native:network:PrivateDnsZoneGroup": Need(
        "network", "Microsoft.Network/privateEndpoints/privateDnsZoneGroups"
    ),
}
JOINING_ACTIONS: Final = (
    "Microsoft.Network/privateDnsZones/join/action",
    "Microsoft.Network/virtualNetworks/subnets/join/action",
    "Microsoft.Storage/storageAccounts/PrivateEndpointConnectionsApproval/action",
)
"""What a private endpoint takes besides, in the subnet, the zone and the account that it joins."""
SHARED_KEY_ACTION: Final = f"{_STORAGE}/listKeys/action"
"""What `azure_shared_key` takes besides: whoever reads the keys reads the documents."""


def rbac_deployer_permissions(
    works: Collection[Work] = DEPLOYER, *, shared_key: bool = False
) -> list[dict[str, list[str]]]:
    """Return the permissions of the deployer's role definition.

    Args:
        works: what it works on.
        shared_key: whether the environment hands out the account's key (`azure_shared_key`).
    """
    actions = [it for need in AZURE_NEEDS.values() if need.work in works for it in need.actions]
    if "network" in works:
        actions += JOINING_ACTIONS
    if shared_key:
        actions.append(SHARED_KEY_ACTION)
    return [
        {"actions": sorted(actions), "not_actions": [], "data_actions": [], "not_data_actions": []}
    ]
