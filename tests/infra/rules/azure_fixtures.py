"""Fixtures of the rules for resources of Azure."""

from collections.abc import Mapping

from tests.infra.rules.fixtures import TAGS, Fixture

ROLE = "/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/"
ACCOUNT = {
    "minimumTlsVersion": "TLS1_2",
    "enableHttpsTrafficOnly": True,
    "allowBlobPublicAccess": False,
    "allowSharedKeyAccess": False,
    "allowCrossTenantReplication": False,
    "encryption": {"services": {"blob": {"enabled": True}}},
    "tags": TAGS,
}
SERVICE = {"isVersioningEnabled": True, "deleteRetentionPolicy": {"enabled": True, "days": 30}}
_ACCOUNT = "azure-native:storage:StorageAccount"
_SERVICE = "azure-native:storage:BlobServiceProperties"

FIXTURES: Mapping[str, tuple[Fixture, ...]] = {
    "azure-public-access": (
        Fixture(_ACCOUNT, ACCOUNT, {"allowBlobPublicAccess": {"allowBlobPublicAccess": None}}),
    ),
    "azure-container-closed": (
        Fixture(
            "azure-native:storage:BlobContainer",
            {"publicAccess": "None"},
            {"publicAccess": {"publicAccess": "Blob"}},
        ),
    ),
    "azure-tls": (
        Fixture(
            _ACCOUNT,
            ACCOUNT,
            {
                "minimumTlsVersion": {"minimumTlsVersion": None},
                "enableHttpsTrafficOnly": {"enableHttpsTrafficOnly": False},
            },
        ),
    ),
    "azure-encryption": (
        Fixture(
            _ACCOUNT,
            ACCOUNT,
            {
                "encryption.services.blob.enabled": {
                    "encryption": {"services": {"blob": {"enabled": False}}}
                }
            },
        ),
    ),
    "azure-versioning": (
        Fixture(_SERVICE, SERVICE, {"isVersioningEnabled": {"isVersioningEnabled": False}}),
    ),
    "azure-soft-delete": (
        Fixture(
            _SERVICE,
            SERVICE,
            {
                "deleteRetentionPolicy.enabled": {
                    "deleteRetentionPolicy": {"enabled": False, "days": 30}
                },
                "deleteRetentionPolicy.days": {
                    "deleteRetentionPolicy": {"enabled": True, "days": 1}
                },
            },
        ),
    ),
    "azure-one-tenant": (
        Fixture(
            _ACCOUNT,
            ACCOUNT,
            {"allowCrossTenantReplication": {"allowCrossTenantReplication": None}},
        ),
    ),
    "azure-no-long-lived-keys": (
        Fixture(_ACCOUNT, ACCOUNT, {"allowSharedKeyAccess": {"allowSharedKeyAccess": None}}),
    ),
    "azure-narrow-roles": (
        Fixture(
            "azure-native:authorization:RoleAssignment",
            {"roleDefinitionId": f"{ROLE}ours", "scope": "/subscriptions/s/resourceGroups/g"},
            {
                "roleDefinitionId": {
                    "roleDefinitionId": f"{ROLE}8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
                },
                "scope": {"scope": "/subscriptions/s"},
            },
        ),
    ),
    "azure-no-wildcards": (
        Fixture(
            "azure-native:authorization:RoleDefinition",
            {"permissions": [{"actions": [], "dataActions": ["Microsoft.Storage/a/read"]}]},
            {
                "permissions[0].actions": {"permissions": [{"actions": ["*"]}]},
                "permissions[0].dataActions": {
                    "permissions": [{"dataActions": ["Microsoft.Storage/*/read"]}]
                },
            },
        ),
    ),
    "azure-whole-subjects": (
        Fixture(
            "azure-native:managedidentity:FederatedIdentityCredential",
            {"subject": "repo:owner/repository:environment:prod"},
            {"subject": {"subject": "repo:owner/*"}},
        ),
    ),
    "azure-budget-tells-somebody": (
        Fixture(
            "azure-native:consumption:Budget",
            {"notifications": {"all": {"contactEmails": ["a@example.com"]}}},
            {
                "notifications": {"notifications": {}},
                'notifications["all"]': {"notifications": {"all": {"contactEmails": []}}},
            },
        ),
    ),
    "azure-alarm-tells-somebody": (
        Fixture(
            "azure-native:monitor:MetricAlert",
            {"actions": [{"actionGroupId": "/subscriptions/s/…"}]},
            {"actions": {"actions": []}},
        ),
        Fixture(
            "azure-native:monitor:ScheduledQueryRule",
            {"actions": {"actionGroups": ["/subscriptions/s/…"]}},
            {"actions": {"actions": {"actionGroups": []}}},
        ),
    ),
    "azure-log-retention": (
        Fixture(
            "azure-native:operationalinsights:Workspace",
            {"retentionInDays": 90, "tags": TAGS},
            {"retentionInDays": {"retentionInDays": 7}},
        ),
    ),
    "azure-tags": (Fixture(_ACCOUNT, ACCOUNT, {"tags": {"tags": None}}),),
}
