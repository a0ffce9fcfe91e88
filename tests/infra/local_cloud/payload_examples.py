"""A valid payload of every type that the local cloud serves."""

import json
from typing import Any

from infra.local_cloud.aws import schemas as aws_types
from infra.local_cloud.azure_native import schemas as azure_types
from tests.infra.local_cloud import watch_examples

Properties = dict[str, Any]


def document(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


IDENTITY_POLICY = document(Action=["s3:GetObject"], Resource="*")
TRUST = document(Action="sts:AssumeRole", Principal={"Service": "ec2.amazonaws.com"})
BUCKET_POLICY = document(Action="s3:*", Principal="*", Resource="*")
KEY_POLICY = document(Action="kms:*", Principal="*", Resource="*")
BOUNDARY = "arn:aws:iam::123456789012:policy/boundary"

AWS: dict[str, Properties] = {
    aws_types.BUCKET: {"bucket": "kb", "objectLockEnabled": True, "tags": {"a": "b"}}
    | {"bucket": "kb-documents", "forceDestroy": True, "bucketNamespace": "global"},
    aws_types.VERSIONING: {
        "bucket": "kb-documents",
        "versioningConfiguration": {"status": "Enabled", "mfaDelete": "Disabled"},
    },
    aws_types.ENCRYPTION: {
        "bucket": "kb-documents",
        "rules": [
            {
                "applyServerSideEncryptionByDefault": {
                    "sseAlgorithm": "aws:kms",
                    "kmsMasterKeyId": "alias/kb",
                },
                "bucketKeyEnabled": True,
                "blockedEncryptionTypes": ["SSE-C"],
            }
        ],
    },
    aws_types.PUBLIC_ACCESS: {
        "bucket": "kb-documents",
        "blockPublicAcls": True,
        "blockPublicPolicy": True,
        "ignorePublicAcls": True,
        "restrictPublicBuckets": True,
    },
    aws_types.OWNERSHIP: {
        "bucket": "kb-documents",
        "rule": {"objectOwnership": "BucketOwnerEnforced"},
    },
    aws_types.BUCKET_POLICY: {"bucket": "kb-documents", "policy": BUCKET_POLICY},
    aws_types.LIFECYCLE: {
        "bucket": "kb-documents",
        "transitionDefaultMinimumObjectSize": "varies_by_storage_class",
        "rules": [
            {
                "id": "tier",
                "status": "Enabled",
                "filter": {"and": {"prefix": "kb/", "objectSizeGreaterThan": 1}},
                "transitions": [
                    # Less than 30 days: a rule that S3 gave up in July 2026.
                    {"days": 1, "storageClass": "STANDARD_IA"},
                    {"days": 90, "storageClass": "GLACIER_IR"},
                ],
                "noncurrentVersionTransitions": [
                    {
                        "noncurrentDays": 30,
                        "storageClass": "GLACIER",
                        "newerNoncurrentVersions": 3,
                    }
                ],
                "noncurrentVersionExpiration": {
                    "noncurrentDays": 365,
                    "newerNoncurrentVersions": 5,
                },
                "expiration": {"days": 3650},
                "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
            },
            {
                "id": "tagged",
                "status": "Disabled",
                "filter": {"tag": {"key": "a", "value": "b"}},
                "transitions": [{"date": "2027-01-01T00:00:00Z", "storageClass": "GLACIER"}],
                "expiration": {"date": "2028-01-01T00:00:00Z"},
            },
        ],
    },
    aws_types.ROLE: {
        "name": "agent",
        "assumeRolePolicy": TRUST,
        "description": "what the agent is",
        "maxSessionDuration": 3600,
        "path": "/kb/",
        "permissionsBoundary": BOUNDARY,
        "tags": {"a": "b"},
    },
    aws_types.ROLE_POLICY: {"name": "agent", "role": "agent", "policy": IDENTITY_POLICY},
    aws_types.USER: {"name": "agent", "path": "/kb/", "permissionsBoundary": BOUNDARY},
    aws_types.USER_POLICY: {"name": "agent", "user": "agent", "policy": IDENTITY_POLICY},
    aws_types.VPC_ENDPOINT: {
        "vpcId": "vpc-0123456789abcdef0",
        "serviceName": "com.amazonaws.eu-central-1.s3",
        "vpcEndpointType": "Gateway",
        "routeTableIds": ["rtb-0123456789abcdef0"],
        "tags": {"a": "b"},
    },
    aws_types.ACCESS_KEY: {"user": "agent", "status": "Inactive"},
    aws_types.KEY: {
        "description": "Encrypts the documents of kb",
        "keyUsage": "ENCRYPT_DECRYPT",
        "customerMasterKeySpec": "SYMMETRIC_DEFAULT",
        "policy": KEY_POLICY,
        "multiRegion": False,
        "bypassPolicyLockoutSafetyCheck": True,
        "enableKeyRotation": True,
        "rotationPeriodInDays": 180,
        "deletionWindowInDays": 7,
        "isEnabled": True,
        "tags": {"a": "b"},
    },
    **watch_examples.AWS,
}

PLACE = {"resourceGroupName": "kb", "accountName": "kbdocuments"}
AZURE: dict[str, Properties] = {
    azure_types.RESOURCE_GROUP: {"resourceGroupName": "kb", "location": "koreacentral"},
    azure_types.ACCOUNT: PLACE
    | {
        "sku": {"name": "Standard_LRS"},
        "kind": "StorageV2",
        "location": "koreacentral",
        "accessTier": "Hot",
        "minimumTlsVersion": "TLS1_2",
        "allowBlobPublicAccess": False,
        "allowSharedKeyAccess": False,
        "allowCrossTenantReplication": False,
        "defaultToOAuthAuthentication": True,
        "enableHttpsTrafficOnly": True,
        "isHnsEnabled": False,
        "publicNetworkAccess": "Enabled",
        "networkRuleSet": {
            "defaultAction": "Deny",
            "bypass": "AzureServices",
            "ipRules": [{"iPAddressOrRange": "10.0.0.0/8", "action": "Allow"}],
        },
        "sasPolicy": {"sasExpirationPeriod": "0.01:00:00", "expirationAction": "Block"},
        "keyPolicy": {"keyExpirationPeriodInDays": 30},
        "encryption": {"requireInfrastructureEncryption": True},
        "tags": {"a": "b"},
    },
    azure_types.BLOB_SERVICE: PLACE
    | {
        "blobServicesName": "default",
        "isVersioningEnabled": True,
        "changeFeed": {"enabled": True, "retentionInDays": 30},
        "deleteRetentionPolicy": {"enabled": True, "days": 30},
        "containerDeleteRetentionPolicy": {"enabled": True, "days": 7},
        "restorePolicy": {"enabled": True, "days": 7},
        "lastAccessTimeTrackingPolicy": {"enable": True},
    },
    azure_types.CONTAINER: PLACE
    | {"containerName": "knowledge", "publicAccess": "None", "metadata": {"a": "b"}},
    azure_types.POLICY: PLACE
    | {
        "managementPolicyName": "default",
        "policy": {
            "rules": [
                {
                    "name": "tier-kb",
                    "type": "Lifecycle",
                    "enabled": True,
                    "definition": {
                        "filters": {
                            "blobTypes": ["blockBlob"],
                            "prefixMatch": ["knowledge/kb/"],
                            "blobIndexMatch": [{"name": "a", "op": "==", "value": "b"}],
                        },
                        "actions": {
                            "baseBlob": {
                                "tierToCool": {"daysAfterLastAccessTimeGreaterThan": 30},
                                "tierToArchive": {
                                    "daysAfterModificationGreaterThan": 180,
                                    "daysAfterLastTierChangeGreaterThan": 7,
                                },
                                "enableAutoTierToHotFromCool": True,
                            },
                            "version": {"delete": {"daysAfterCreationGreaterThan": 90}},
                            "snapshot": {"delete": {"daysAfterCreationGreaterThan": 90}},
                        },
                    },
                }
            ]
        },
    },
    azure_types.IDENTITY: {"resourceGroupName": "kb", "resourceName": "agent"},
    azure_types.PRIVATE_ENDPOINT: {
        "resourceGroupName": "kb",
        "privateEndpointName": "kb-blob",
        "subnet": {
            "id": "/subscriptions/x/resourceGroups/n/providers/Microsoft.Network"
            "/virtualNetworks/v/subnets/s"
        },
        "privateLinkServiceConnections": [
            {
                "name": "blob",
                "privateLinkServiceId": "/subscriptions/x/resourceGroups/kb/providers"
                "/Microsoft.Storage/storageAccounts/kbdocuments",
                "groupIds": ["blob"],
            }
        ],
        "tags": {"a": "b"},
    },
    azure_types.DNS_ZONE_GROUP: {
        "resourceGroupName": "kb",
        "privateEndpointName": "kb-blob",
        "privateDnsZoneGroupName": "default",
        "privateDnsZoneConfigs": [
            {
                "name": "blob",
                "privateDnsZoneId": "/subscriptions/x/resourceGroups/n/providers"
                "/Microsoft.Network/privateDnsZones/privatelink.blob.core.windows.net",
            }
        ],
    },
    azure_types.FEDERATION: {
        "resourceGroupName": "kb",
        "resourceName": "agent",
        "federatedIdentityCredentialResourceName": "workflow",
        "issuer": "https://token.actions.githubusercontent.com",
        "subject": "repo:example/knowledge:environment:prod",
        "audiences": ["api://AzureADTokenExchange"],
    },
    azure_types.ROLE_DEFINITION: {
        "scope": "/subscriptions/x",
        "roleDefinitionId": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
        "roleName": "Agent of kb",
        "roleType": "CustomRole",
        "permissions": [
            {
                "actions": [],
                "dataActions": [
                    "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"
                ],
            }
        ],
        "assignableScopes": ["/subscriptions/x"],
    },
    azure_types.ROLE_ASSIGNMENT: {
        "scope": "/subscriptions/x",
        "roleAssignmentName": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
        "principalId": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
        "principalType": "ServicePrincipal",
        "roleDefinitionId": "/providers/Microsoft.Authorization/roleDefinitions/"
        "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
        "condition": "true",
        "conditionVersion": "2.0",
    },
    **watch_examples.AZURE,
}

VALID = AWS | AZURE
