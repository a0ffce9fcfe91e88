"""The rules for resources of Azure."""

import re
from typing import Final

from infra.rules.terms import (
    Problem,
    Properties,
    Rule,
    every,
    is_known,
    must_be,
    must_be_at_least,
)

_RETENTION_DAYS_MIN: Final = 7
_LOG_DAYS_MIN: Final = 30

# https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
_WIDE_ROLES: Final = {
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
    "b24988ac-6180-42a0-ab88-20f7382dd24c": "Contributor",
    "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
    "b7e6dc6d-f1e8-4753-8033-0f276bb0955b": "Storage Blob Data Owner",
}
_WIDE_SCOPE: Final = re.compile(r"/|/subscriptions/[^/]*/?|/providers/Microsoft\.Management/.*")


def _narrow_role(inputs: Properties) -> list[Problem]:
    role = str(inputs.get("roleDefinitionId")).rpartition("/")[2]
    if role not in _WIDE_ROLES:
        return []
    return [("roleDefinitionId", f"is {_WIDE_ROLES[role]}: give a role that does what is needed")]


def _narrow_scope(inputs: Properties) -> list[Problem]:
    scope = inputs.get("scope")
    if not isinstance(scope, str) or not _WIDE_SCOPE.fullmatch(scope):
        return []
    return [("scope", f"is {scope!r}, beyond a resource group: name the resource")]


def _no_wildcard_actions(inputs: Properties) -> list[Problem]:
    permissions = inputs.get("permissions")
    return [
        (f"permissions[{index}].{name}", f"allows {action!r}: name each action")
        for index, permission in enumerate(permissions if isinstance(permissions, list) else [])
        if isinstance(permission, dict)
        for name in ("actions", "dataActions")
        for action in permission.get(name) or []
        if isinstance(action, str) and "*" in action
    ]


def _whole_subject(inputs: Properties) -> list[Problem]:
    subject = inputs.get("subject")
    if not is_known(subject) or (subject and "*" not in subject):
        return []
    return [("subject", f"is {subject!r}: trust one workload by its whole subject")]


def _somebody_is_told(inputs: Properties) -> list[Problem]:
    notifications = inputs.get("notifications")
    if not is_known(notifications):
        return []
    if not notifications:
        return [("notifications", "is empty: a budget must tell somebody")]
    ways = ("contactEmails", "contactRoles", "contactGroups")
    return [
        (f'notifications["{name}"]', "names nobody: a budget must tell somebody")
        for name, one in notifications.items()
        if isinstance(one, dict) and not any(one.get(way) for way in ways)
    ]


def _tells_somebody(inputs: Properties) -> list[Problem]:
    actions = inputs.get("actions")
    groups = actions.get("actionGroups") if isinstance(actions, dict) else actions
    if not is_known(groups) or groups:
        return []
    return [("actions", "is empty: an alarm must tell somebody")]


_ACCOUNT: Final = ("azure-native:storage:StorageAccount",)
_SERVICE: Final = ("azure-native:storage:BlobServiceProperties",)

RULES: Final = (
    Rule(
        name="azure-public-access",
        demand="No container of an account can be opened to the public.",
        types=_ACCOUNT,
        problems=must_be("allowBlobPublicAccess", False, because="nobody unnamed may read"),
    ),
    Rule(
        name="azure-container-closed",
        demand="A container is closed to the public.",
        types=("azure-native:storage:BlobContainer",),
        problems=must_be("publicAccess", "None", None, because="nobody unnamed may read"),
    ),
    Rule(
        name="azure-tls",
        demand="An account takes TLS 1.2 or newer, and nothing without it.",
        types=_ACCOUNT,
        problems=every(
            must_be("minimumTlsVersion", "TLS1_2", "TLS1_3", because="unset means TLS 1.0"),
            must_be("enableHttpsTrafficOnly", True, because="nothing may travel in plain text"),
        ),
    ),
    Rule(
        name="azure-encryption",
        demand="Encryption of blobs is not switched off.",
        types=_ACCOUNT,
        problems=must_be(
            "encryption.services.blob.enabled",
            True,
            None,
            because="what is written must be encrypted at rest",
        ),
    ),
    Rule(
        name="azure-versioning",
        demand="An account keeps the versions of a blob that is replaced.",
        types=_SERVICE,
        problems=must_be(
            "isVersioningEnabled", True, because="what is replaced could not be brought back"
        ),
    ),
    Rule(
        name="azure-soft-delete",
        demand="Deleted blobs can be brought back for a week at least.",
        types=_SERVICE,
        problems=every(
            must_be(
                "deleteRetentionPolicy.enabled",
                True,
                because="what is deleted could not be brought back",
            ),
            must_be_at_least(
                "deleteRetentionPolicy.days",
                _RETENTION_DAYS_MIN,
                because="a mistake is seen after a week-end",
            ),
        ),
        since="lasting",
    ),
    Rule(
        name="azure-one-tenant",
        demand="Nothing is replicated into another tenant.",
        types=_ACCOUNT,
        problems=must_be(
            "allowCrossTenantReplication", False, because="documents could leave the tenant"
        ),
        since="disposable",
    ),
    Rule(
        name="azure-no-long-lived-keys",
        demand="An account does not answer to its keys.",
        types=_ACCOUNT,
        problems=must_be(
            "allowSharedKeyAccess", False, because="an account's key has no end and no limits"
        ),
        since="lasting",
    ),
    Rule(
        name="azure-narrow-roles",
        demand="Nobody gets Owner, Contributor or their like, nor a role beyond a resource group.",
        types=("azure-native:authorization:RoleAssignment",),
        problems=every(_narrow_role, _narrow_scope),
    ),
    Rule(
        name="azure-no-wildcards",
        demand="A role of our own names each action.",
        types=("azure-native:authorization:RoleDefinition",),
        problems=_no_wildcard_actions,
    ),
    Rule(
        name="azure-whole-subjects",
        demand="A workload is trusted by its whole subject.",
        types=("azure-native:managedidentity:FederatedIdentityCredential",),
        problems=_whole_subject,
    ),
    Rule(
        name="azure-budget-tells-somebody",
        demand="A budget tells somebody, by e-mail, role or action group.",
        types=("azure-native:consumption:Budget",),
        problems=_somebody_is_told,
    ),
    Rule(
        name="azure-alarm-tells-somebody",
        demand="An alarm tells somebody.",
        types=("azure-native:monitor:MetricAlert", "azure-native:monitor:ScheduledQueryRule"),
        problems=_tells_somebody,
    ),
    Rule(
        name="azure-log-retention",
        demand="Logs are kept for a month at least.",
        types=("azure-native:operationalinsights:Workspace",),
        problems=must_be_at_least(
            "retentionInDays", _LOG_DAYS_MIN, because="what happened is asked for weeks later"
        ),
    ),
)
