"""What Microsoft's REST specifications of groups, identities, roles and networks show, in Pulumi's form.

Facts of the examples in Azure/azure-rest-api-specs (read 2026-11-26; above each stands its folder), named
after their files and written down anew: values that mean nothing are ours and, where a file has a placeholder
(`roleDefinitionId`), of its kind. Properties that the local cloud does not serve are left out.
"""

from collections.abc import Mapping
from typing import Any, Final

from infra.local_cloud.azure_native import schemas

Properties = dict[str, Any]

_SUBSCRIPTION: Final = "/subscriptions/00000000-0000-0000-0000-000000000000"
_GROUP: Final = f"{_SUBSCRIPTION}/resourceGroups/rg1"
_NETWORK: Final = f"{_GROUP}/providers/Microsoft.Network"
_GUID: Final = "05c5a614-a7d6-4502-b150-c2fb455033ff"

OTHERS: Final[Mapping[str, tuple[str, Properties]]] = {
    # resources/resource-manager/Microsoft.Resources/stable/2021-04-01
    "CreateResourceGroup": (
        schemas.RESOURCE_GROUP,
        {"resourceGroupName": "my-resource-group", "location": "eastus"},
    ),
    # msi/resource-manager/Microsoft.ManagedIdentity/ManagedIdentity/examples
    "2025-01-31-preview/IdentityCreate": (
        schemas.IDENTITY,
        {
            "resourceGroupName": "rgName",
            "resourceName": "resourceName",
            "location": "eastus",
            "tags": {"key1": "value1", "key2": "value2"},
        },
    ),
    "2024-11-30/FederatedIdentityCredentialCreate": (
        schemas.FEDERATION,
        {
            "resourceGroupName": "rgName",
            "resourceName": "resourceName",
            "federatedIdentityCredentialResourceName": "ficResourceName",
            "issuer": "https://oidc.prod-aks.azure.com/TenantGUID/IssuerGUID",
            "subject": "system:serviceaccount:ns:svcaccount",
            "audiences": ["api://AzureADTokenExchange"],
        },
    ),
    # authorization/resource-manager/Microsoft.Authorization/stable/2022-04-01
    "RoleAssignments_CreateForResource": (
        schemas.ROLE_ASSIGNMENT,
        {
            # As the file has it: without the first slash.
            "scope": f"{_GROUP}/providers/Microsoft.DocumentDb/databaseAccounts/a".strip("/"),
            "roleAssignmentName": _GUID,
            "roleDefinitionId": f"{_SUBSCRIPTION}/providers/Microsoft.Authorization"
            f"/roleDefinitions/{_GUID}",
            "principalId": "ce2ce14e-85d7-4629-bdbc-454d0519d987",
            "principalType": "User",
        },
    ),
    "PutRoleDefinition": (
        schemas.ROLE_DEFINITION,
        {
            "scope": _SUBSCRIPTION,
            "roleDefinitionId": _GUID,
            "roleName": "Role name",
            "description": "Role description",
            "assignableScopes": [_SUBSCRIPTION],
            "permissions": [
                {
                    "actions": ["action"],
                    "notActions": [],
                    "dataActions": ["dataAction"],
                    "notDataActions": [],
                }
            ],
        },
    ),
    # network/resource-manager/Microsoft.Network/stable/2024-05-01
    "PrivateEndpointCreate": (
        schemas.PRIVATE_ENDPOINT,
        {
            "resourceGroupName": "rg1",
            "privateEndpointName": "testPe",
            "location": "eastus2euap",
            "subnet": {"id": f"{_NETWORK}/virtualNetworks/myVnet/subnets/mySubnet"},
            "privateLinkServiceConnections": [
                {
                    "privateLinkServiceId": f"{_NETWORK}/privateLinkServices/testPls",
                    "groupIds": ["groupIdFromResource"],
                    "requestMessage": "Please approve my connection.",
                }
            ],
        },
    ),
    "PrivateEndpointDnsZoneGroupCreate": (
        schemas.DNS_ZONE_GROUP,
        {
            "resourceGroupName": "rg1",
            "privateEndpointName": "testPe",
            "privateDnsZoneGroupName": "testPdnsgroup",
            "privateDnsZoneConfigs": [
                {"privateDnsZoneId": f"{_NETWORK}/privateDnsZones/zone1.com"}
            ],
        },
    ),
}
