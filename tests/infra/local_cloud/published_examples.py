"""What the vendors themselves show as valid, in Pulumi's form.

AWS: the examples that botocore carries (`data/SERVICE/VERSION/examples-1.json`), read where it is installed.
Azure: facts of the examples of Microsoft.Storage 2024-01-01 in Azure/azure-rest-api-specs (read 2026-11-26),
named after their files and written down anew.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import botocore.session

from infra.local_cloud.aws import payloads
from infra.local_cloud.aws.schemas import SCHEMAS
from infra.local_cloud.azure_native import schemas as azure_types

Properties = dict[str, Any]


def of_aws() -> Iterator[tuple[str, str, Properties]]:
    """Type, the example's id, its inputs; without what only the API has a place for."""
    loader = botocore.session.get_session().get_component("data_loader")
    for token, schema in SCHEMAS.items():
        examples = loader.load_service_model(schema.service, "examples-1")["examples"]
        for example in examples.get(schema.operation, []):
            given = example.get("input", {})
            inputs = {
                name: payloads.live_property(token, name, value)
                for name, path in schema.members.items()
                if (value := _at(given, path)) is not None
            }
            # Where a policy stands, some examples have a placeholder: <Stringified-JSON>.
            whole = "<" not in "".join(it[:1] for it in inputs.values() if isinstance(it, str))
            if whole and inputs.keys() >= set(schema.required):
                yield token, example["id"], inputs


def _at(given: Mapping[str, Any], path: str) -> Any:
    value: Any = given
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _rule(name: str, container: str, **filters: Any) -> Properties:
    return {
        "name": name,
        "type": "Lifecycle",
        "enabled": True,
        "definition": {
            "filters": {"blobTypes": ["blockBlob"], "prefixMatch": [container], **filters},
            "actions": {
                "baseBlob": {
                    "tierToCool": {"daysAfterModificationGreaterThan": 30},
                    "tierToArchive": {"daysAfterModificationGreaterThan": 90},
                    "delete": {"daysAfterModificationGreaterThan": 1000},
                }
            },
        },
    }


_TAGGED = [{"name": f"tag{number}", "op": "==", "value": f"val{number}"} for number in (1, 2)]

AZURE: dict[str, tuple[str, Properties]] = {
    "StorageAccountCreate": (
        azure_types.ACCOUNT,
        {
            "resourceGroupName": "res9101",
            "accountName": "sto4445",
            "kind": "Storage",
            "location": "eastus",
            "extendedLocation": {"type": "EdgeZone", "name": "losangeles001"},
            "sku": {"name": "Standard_GRS"},
            "keyPolicy": {"keyExpirationPeriodInDays": 20},
            "sasPolicy": {"sasExpirationPeriod": "1.15:59:59", "expirationAction": "Log"},
            "isHnsEnabled": True,
            "isSftpEnabled": True,
            "allowBlobPublicAccess": False,
            "allowSharedKeyAccess": True,
            "defaultToOAuthAuthentication": False,
            "minimumTlsVersion": "TLS1_2",
            "routingPreference": {
                "routingChoice": "MicrosoftRouting",
                "publishMicrosoftEndpoints": True,
                "publishInternetEndpoints": True,
            },
            "encryption": {
                "keySource": "Microsoft.Storage",
                "requireInfrastructureEncryption": False,
                "services": {
                    service: {"enabled": True, "keyType": "Account"} for service in ("blob", "file")
                },
            },
            "tags": {"key1": "value1", "key2": "value2"},
        },
    ),
    "BlobServicesPut": (
        azure_types.BLOB_SERVICE,
        {
            "resourceGroupName": "res4410",
            "accountName": "sto8607",
            "blobServicesName": "default",
            "isVersioningEnabled": True,
            "changeFeed": {"enabled": True, "retentionInDays": 7},
            "deleteRetentionPolicy": {"enabled": True, "days": 300},
            "defaultServiceVersion": "2017-07-29",
            "cors": {
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
        },
    ),
    "StorageAccountSetManagementPolicy": (
        azure_types.POLICY,
        {
            "resourceGroupName": "res7687",
            "accountName": "sto9699",
            "managementPolicyName": "default",
            "policy": {
                "rules": [
                    _rule("olcmtest1", "olcmtestcontainer1"),
                    _rule("olcmtest2", "olcmtestcontainer2", blobIndexMatch=_TAGGED),
                ]
            },
        },
    ),
}
