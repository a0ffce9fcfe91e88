"""What Microsoft's REST specification of storage shows as right, in Pulumi's form.

Facts of the examples of Microsoft.Storage 2024-01-01 in Azure/azure-rest-api-specs (read 2026-11-26), named
after their files and written down anew: values that mean nothing are ours.
"""

from collections.abc import Mapping
from typing import Any, Final

from infra.local_cloud.azure_native import schemas

Properties = dict[str, Any]

_SUBSCRIPTION: Final = "/subscriptions/00000000-0000-0000-0000-000000000000"
_GROUP: Final = f"{_SUBSCRIPTION}/resourceGroups/rg1"
_IDENTITIES: Final = f"{_GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities"

_TAGGED: Final = [{"name": f"tag{it}", "op": "==", "value": f"val{it}"} for it in (1, 2)]
_SERVICES: Final = {
    "services": {service: {"enabled": True, "keyType": "Account"} for service in ("blob", "file")}
}
_OWN_KEYS: Final = {
    **_SERVICES,
    "keySource": "Microsoft.Storage",
    "requireInfrastructureEncryption": False,
}
_ROUTING: Final = {
    "routingChoice": "MicrosoftRouting",
    "publishMicrosoftEndpoints": True,
    "publishInternetEndpoints": True,
}
_EDGE: Final = {"type": "EdgeZone", "name": "losangeles001"}


def _account(*, sku: str = "Standard_GRS", kind: str = "Storage", **properties: Any) -> Properties:
    place = {"resourceGroupName": "res9101", "accountName": "sto4445", "location": "eastus"}
    return {**place, "sku": {"name": sku}, "kind": kind, **properties}


def _whole_account(**properties: Any) -> Properties:
    return _account(
        keyPolicy={"keyExpirationPeriodInDays": 20},
        sasPolicy={"sasExpirationPeriod": "1.15:59:59", "expirationAction": "Log"},
        isHnsEnabled=True,
        allowBlobPublicAccess=False,
        minimumTlsVersion="TLS1_2",
        allowSharedKeyAccess=True,
        routingPreference=_ROUTING,
        encryption=_OWN_KEYS,
        tags={"key1": "value1", "key2": "value2"},
        **properties,
    )


def _key_of_a_vault(**identity: Any) -> Properties:
    return _account(
        sku="Standard_LRS",
        identity={"type": "UserAssigned", "userAssignedIdentities": [f"{_IDENTITIES}/a"]},
        encryption={
            **_SERVICES,
            "keySource": "Microsoft.Keyvault",
            "keyVaultProperties": {
                "keyVaultUri": "https://myvault8569.vault.azure.net",
                "keyName": "wrappingKey",
                "keyVersion": "",
            },
            "encryptionIdentity": {
                "encryptionUserAssignedIdentity": f"{_IDENTITIES}/a",
                **identity,
            },
        },
    )


def _service(**properties: Any) -> Properties:
    place = {"resourceGroupName": "res4410", "accountName": "sto8607"}
    return {**place, "blobServicesName": "default", **properties}


def _policy(*rules: Properties) -> Properties:
    place = {"resourceGroupName": "res7687", "accountName": "sto9699"}
    return {**place, "managementPolicyName": "default", "policy": {"rules": list(rules)}}


def _rule(number: int = 1, *, types: str = "blockBlob", tags: Any = None, **actions: Any) -> Any:
    filters = {"blobTypes": types.split(), "prefixMatch": [f"olcmtestcontainer{number}"]}
    if tags is not None:
        filters["blobIndexMatch"] = tags
    return {
        "name": f"olcmtest{number}",
        "type": "Lifecycle",
        "enabled": True,
        "definition": {"filters": filters, "actions": actions},
    }


def _ages(name: str, **actions: int) -> Properties:
    return {action: {name: days} for action, days in actions.items()}


_MODIFIED: Final = "daysAfterModificationGreaterThan"
_CREATED: Final = "daysAfterCreationGreaterThan"
_ACCESSED: Final = "daysAfterLastAccessTimeGreaterThan"
_YEARS: Final = {"tierToCool": 30, "tierToArchive": 90, "delete": 1000}
_CHANGED: Final = {"tierToArchive": {_CREATED: 30, "daysAfterLastTierChangeGreaterThan": 90}}


STORAGE: Final[Mapping[str, tuple[str, Properties]]] = {
    "StorageAccountCreate": (
        schemas.ACCOUNT,
        _whole_account(
            extendedLocation=_EDGE, isSftpEnabled=True, defaultToOAuthAuthentication=False
        ),
    ),
    "StorageAccountCreateAllowedCopyScopeToAAD": (
        schemas.ACCOUNT,
        _whole_account(allowedCopyScope="AAD"),
    ),
    "StorageAccountCreateAllowedCopyScopeToPrivateLink": (
        schemas.ACCOUNT,
        _whole_account(allowedCopyScope="PrivateLink"),
    ),
    "StorageAccountCreateDisallowPublicNetworkAccess": (
        schemas.ACCOUNT,
        _whole_account(extendedLocation=_EDGE, publicNetworkAccess="Disabled"),
    ),
    "StorageAccountCreateDnsEndpointTypeToAzureDnsZone": (
        schemas.ACCOUNT,
        _whole_account(
            dnsEndpointType="AzureDnsZone",
            extendedLocation=_EDGE,
            isSftpEnabled=True,
            defaultToOAuthAuthentication=False,
        ),
    ),
    "StorageAccountCreateUserAssignedEncryptionIdentityWithCMK": (
        schemas.ACCOUNT,
        _key_of_a_vault(),
    ),
    "StorageAccountCreateUserAssignedIdentityWithFederatedIdentityClientId": (
        schemas.ACCOUNT,
        _key_of_a_vault(encryptionFederatedIdentityClientId="f83c6b1b-4d34-47e4-bb34-9d83df58b540"),
    ),
    "StorageAccountCreateWithImmutabilityPolicy": (
        schemas.ACCOUNT,
        _account(
            extendedLocation=_EDGE,
            immutableStorageWithVersioning={
                "enabled": True,
                "immutabilityPolicy": {
                    "immutabilityPeriodSinceCreationInDays": 15,
                    "allowProtectedAppendWrites": True,
                    "state": "Unlocked",
                },
            },
        ),
    ),
    "NfsV3AccountCreate": (
        schemas.ACCOUNT,
        _account(
            sku="Premium_LRS",
            kind="BlockBlobStorage",
            enableExtendedGroups=True,
            isHnsEnabled=True,
            enableNfsV3=True,
            enableHttpsTrafficOnly=False,
            networkRuleSet={
                "bypass": "AzureServices",
                "defaultAction": "Allow",
                "ipRules": [],
                "virtualNetworkRules": [
                    {
                        "virtualNetworkResourceId": f"{_GROUP}/providers/Microsoft.Network"
                        "/virtualNetworks/net123/subnets/subnet12"
                    }
                ],
            },
        ),
    ),
    "BlobServicesPut": (
        schemas.BLOB_SERVICE,
        _service(
            isVersioningEnabled=True,
            changeFeed={"enabled": True, "retentionInDays": 7},
            deleteRetentionPolicy={"enabled": True, "days": 300},
            defaultServiceVersion="2017-07-29",
            cors={
                "corsRules": [
                    {
                        "allowedOrigins": ["*"],
                        "allowedMethods": ["GET", "HEAD", "POST", "OPTIONS", "MERGE", "PUT"],
                        "allowedHeaders": ["x-ms-meta-abc", "x-ms-meta-data*"],
                        "exposedHeaders": ["x-ms-meta-*"],
                        "maxAgeInSeconds": 100,
                    }
                ]
            },
        ),
    ),
    "BlobServicesPutAllowPermanentDelete": (
        schemas.BLOB_SERVICE,
        _service(
            isVersioningEnabled=True,
            deleteRetentionPolicy={"enabled": True, "days": 300, "allowPermanentDelete": True},
        ),
    ),
    "BlobServicesPutLastAccessTimeBasedTracking": (
        schemas.BLOB_SERVICE,
        _service(
            lastAccessTimeTrackingPolicy={
                "enable": True,
                "name": "AccessTimeTracking",
                "trackingGranularityInDays": 1,
                "blobType": ["blockBlob"],
            }
        ),
    ),
    "BlobContainersPutDefaultEncryptionScope": (
        schemas.CONTAINER,
        {
            "resourceGroupName": "res3376",
            "accountName": "sto328",
            "containerName": "container6185",
            "defaultEncryptionScope": "encryptionscope185",
            "denyEncryptionScopeOverride": True,
        },
    ),
    "StorageAccountSetManagementPolicy": (
        schemas.POLICY,
        _policy(
            _rule(1, baseBlob=_ages(_MODIFIED, **_YEARS)),
            _rule(2, tags=_TAGGED, baseBlob=_ages(_MODIFIED, **_YEARS)),
        ),
    ),
    "StorageAccountSetManagementPolicyColdTierActions": (
        schemas.POLICY,
        _policy(
            _rule(
                baseBlob=_ages(_MODIFIED, **_YEARS, tierToCold=30),
                snapshot=_ages(_CREATED, tierToCold=30, delete=30),
                version=_ages(_CREATED, tierToCold=30, delete=30),
            )
        ),
    ),
    "StorageAccountSetManagementPolicyForBlockAndAppendBlobs": (
        schemas.POLICY,
        _policy(
            _rule(
                types="blockBlob appendBlob",
                baseBlob=_ages(_MODIFIED, delete=90),
                snapshot=_ages(_CREATED, delete=90),
                version=_ages(_CREATED, delete=90),
            )
        ),
    ),
    "StorageAccountSetManagementPolicyWithSnapshotAndVersion": (
        schemas.POLICY,
        _policy(
            _rule(
                baseBlob=_ages(_MODIFIED, **_YEARS),
                snapshot=_ages(_CREATED, **_YEARS),
                version=_ages(_CREATED, **_YEARS),
            )
        ),
    ),
    "StorageAccountSetManagementPolicy_BaseBlobDaysAfterCreationActions": (
        schemas.POLICY,
        _policy(_rule(baseBlob=_ages(_CREATED, **_YEARS))),
    ),
    "StorageAccountSetManagementPolicy_LastAccessTimeBasedBlobActions": (
        schemas.POLICY,
        _policy(
            _rule(
                baseBlob={**_ages(_ACCESSED, **_YEARS), "enableAutoTierToHotFromCool": True},
                snapshot=_ages(_CREATED, delete=30),
            )
        ),
    ),
    "StorageAccountSetManagementPolicy_LastTierChangeTimeActions": (
        schemas.POLICY,
        _policy(
            _rule(
                baseBlob={
                    **_ages(_MODIFIED, tierToCool=30, delete=1000),
                    "tierToArchive": {_MODIFIED: 90, "daysAfterLastTierChangeGreaterThan": 120},
                },
                snapshot=_CHANGED,
                version=_CHANGED,
            )
        ),
    ),
}
