"""The resource types of azure-native 3 that the local cloud serves."""

import re
from collections.abc import Mapping
from typing import Final

from infra.local_cloud.azure_native.schema import Schema
from infra.local_cloud.azure_native.watch_schemas import WATCH_SCHEMAS

RESOURCE_GROUP: Final = "azure-native:resources:ResourceGroup"
ACCOUNT: Final = "azure-native:storage:StorageAccount"
BLOB_SERVICE: Final = "azure-native:storage:BlobServiceProperties"
CONTAINER: Final = "azure-native:storage:BlobContainer"
POLICY: Final = "azure-native:storage:ManagementPolicy"
FEDERATION: Final = "azure-native:managedidentity:FederatedIdentityCredential"
IDENTITY: Final = "azure-native:managedidentity:UserAssignedIdentity"
ROLE_ASSIGNMENT: Final = "azure-native:authorization:RoleAssignment"
ROLE_DEFINITION: Final = "azure-native:authorization:RoleDefinition"

PRIVATE_ENDPOINT: Final = "azure-native:network:PrivateEndpoint"
DNS_ZONE_GROUP: Final = "azure-native:network:PrivateDnsZoneGroup"

_GUID: Final = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


SCHEMAS: Final[Mapping[str, Schema]] = {
    RESOURCE_GROUP: Schema(
        model=None,
        place=("resourceGroupName",),
        body={"location": str, "managedBy": str, "tags": dict},
        replaces=("resourceGroupName", "location", "managedBy"),
        name="resourceGroupName",
    ),
    ACCOUNT: Schema(
        model="StorageAccountCreateParameters",
        place=("resourceGroupName", "accountName"),
        required=("resourceGroupName",),
        # The REST specification lets these be set at creation only (x-ms-mutability).
        replaces=(
            *("resourceGroupName", "accountName", "location", "isHnsEnabled", "enableNfsV3"),
            "immutableStorageWithVersioning",
        ),
        name="accountName",
    ),
    BLOB_SERVICE: Schema(
        model="BlobServiceProperties",
        place=("resourceGroupName", "accountName", "blobServicesName"),
        required=("resourceGroupName", "accountName"),
        replaces=("resourceGroupName", "accountName", "blobServicesName"),
        fixed={"blobServicesName": "default"},
    ),
    CONTAINER: Schema(
        model="BlobContainer",
        place=("resourceGroupName", "accountName", "containerName"),
        required=("resourceGroupName", "accountName"),
        replaces=("resourceGroupName", "accountName", "containerName"),
        name="containerName",
    ),
    POLICY: Schema(
        model="ManagementPolicy",
        place=("resourceGroupName", "accountName", "managementPolicyName"),
        required=("resourceGroupName", "accountName", "policy"),
        replaces=("resourceGroupName", "accountName", "managementPolicyName"),
        fixed={"managementPolicyName": "default"},
    ),
    IDENTITY: Schema(
        model=None,
        place=("resourceGroupName", "resourceName"),
        body={"location": str, "tags": dict},
        required=("resourceGroupName",),
        replaces=("resourceGroupName", "resourceName", "location"),
        name="resourceName",
    ),
    FEDERATION: Schema(
        model=None,
        place=("resourceGroupName", "resourceName", "federatedIdentityCredentialResourceName"),
        body={"issuer": str, "subject": str, "audiences": list},
        required=("resourceGroupName", "resourceName", "issuer", "subject", "audiences"),
        replaces=("resourceGroupName", "resourceName", "federatedIdentityCredentialResourceName"),
        name="federatedIdentityCredentialResourceName",
    ),
    ROLE_ASSIGNMENT: Schema(
        model=None,
        place=("scope", "roleAssignmentName"),
        body={
            "principalId": str,
            "roleDefinitionId": str,
            "principalType": str,
            "condition": str,
            "conditionVersion": str,
            "delegatedManagedIdentityResourceId": str,
            "description": str,
        },
        required=("scope", "principalId", "roleDefinitionId"),
        # ARM: "Tenant ID, application ID, principal ID, and scope are not allowed to be updated."
        replaces=(
            *("scope", "roleAssignmentName", "principalId", "principalType", "roleDefinitionId"),
            "delegatedManagedIdentityResourceId",
        ),
        name="roleAssignmentName",
    ),
    PRIVATE_ENDPOINT: Schema(
        model=None,
        place=("resourceGroupName", "privateEndpointName"),
        body={
            "location": str,
            "subnet": dict,
            "privateLinkServiceConnections": list,
            "tags": dict,
        },
        required=("resourceGroupName", "subnet", "privateLinkServiceConnections"),
        unserved=(
            *("applicationSecurityGroups", "customDnsConfigs", "customNetworkInterfaceName"),
            *("extendedLocation", "id", "ipConfigurations", "manualPrivateLinkServiceConnections"),
        ),
        replaces=(
            *("resourceGroupName", "privateEndpointName", "location", "subnet"),
            "privateLinkServiceConnections",
        ),
        name="privateEndpointName",
    ),
    DNS_ZONE_GROUP: Schema(
        model=None,
        place=("resourceGroupName", "privateEndpointName", "privateDnsZoneGroupName"),
        body={"privateDnsZoneConfigs": list},
        required=("resourceGroupName", "privateEndpointName", "privateDnsZoneConfigs"),
        unserved=("id", "name"),
        replaces=("resourceGroupName", "privateEndpointName", "privateDnsZoneGroupName"),
        name="privateDnsZoneGroupName",
    ),
    ROLE_DEFINITION: Schema(
        model=None,
        place=("scope", "roleDefinitionId"),
        body={
            "roleName": str,
            "description": str,
            "roleType": str,
            "permissions": list,
            "assignableScopes": list,
        },
        required=("scope", "roleDefinitionId", "roleName", "permissions", "assignableScopes"),
        replaces=("scope", "roleDefinitionId"),
        patterns={"roleDefinitionId": (re.compile(_GUID), "a GUID")},
    ),
    **WATCH_SCHEMAS,
}

# https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
PATTERNS: Final[Mapping[str, tuple[re.Pattern[str], str]]] = {
    "resourceGroupName": (
        re.compile(r"[\w().-]{0,89}[\w()-]"),
        "1 to 90 letters, digits, underscores, brackets, dashes and dots, no dot at the end",
    ),
    "accountName": (re.compile(r"[a-z0-9]{3,24}"), "3 to 24 lower-case letters and digits"),
    "containerName": (
        re.compile(r"(?=.{3,63}\Z)[a-z0-9]+(-[a-z0-9]+)*|\$root|\$web|\$logs"),
        "3 to 63 lower-case letters, digits and single dashes, a letter or digit at both ends",
    ),
    "resourceName": (
        re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{2,127}"),
        "3 to 128 letters, digits, underscores and dashes, a letter or digit first",
    ),
    "privateEndpointName": (
        re.compile(r"[A-Za-z0-9]([\w.-]{0,62}\w)?"),
        "1 to 64 letters, digits, underscores, dots and dashes, a letter or digit first, no dash or dot last",
    ),
    "federatedIdentityCredentialResourceName": (
        re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{2,119}"),
        "3 to 120 letters, digits, underscores and dashes, a letter or digit first",
    ),
    "roleAssignmentName": (re.compile(_GUID), "a GUID"),
    "principalId": (re.compile(_GUID), "a GUID"),
    "roleDefinitionId": (
        re.compile(rf"(/.*)?/providers/Microsoft\.Authorization/roleDefinitions/{_GUID}"),
        "an id such as /providers/Microsoft.Authorization/roleDefinitions/GUID",
    ),
    "scope": (
        re.compile(r"/.*|(subscriptions|providers)/.*"),
        "the id of a resource, such as /subscriptions/GUID",
    ),
}
