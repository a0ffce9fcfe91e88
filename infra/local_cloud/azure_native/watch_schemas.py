"""The resource types of azure-native 3 that watch an account.

The bodies are of the API versions that azure-native 3.29 calls: diagnosticSettings 2021-05-01-preview,
actionGroups 2024-10-01-preview, metricAlerts 2018-03-01, scheduledQueryRules 2025-01-01-preview, workspaces
2023-09-01, budgets 2024-08-01. Their members are those of azure-native's own classes. Bounds are written down
from Microsoft's REST reference, not generated from it: docs/unproved.md.
"""

import re
from collections.abc import Mapping
from typing import Final

from infra.local_cloud.azure_native.hand_models import Body, Flag, Many, Model, Named, Number, Text
from infra.local_cloud.azure_native.schema import Schema
from infra.local_cloud.azure_native.watch_criteria import ID, METRIC_CRITERIA, QUERY_CRITERIA

DIAGNOSTICS: Final = "azure-native:monitor:DiagnosticSetting"
ACTION_GROUP: Final = "azure-native:monitor:ActionGroup"
METRIC_ALERT: Final = "azure-native:monitor:MetricAlert"
QUERY_RULE: Final = "azure-native:monitor:ScheduledQueryRule"
WORKSPACE: Final = "azure-native:operationalinsights:Workspace"
BUDGET: Final = "azure-native:consumption:Budget"

# Microsoft's example of a diagnostic setting names a destination that it does not use with nothing.
_DESTINATION: Final = Text(pattern=r"(/.*)?", said="the id of a resource: it begins with a slash")
_MAIL: Final = Text(pattern=r"[^@\s]+@[^@\s]+", said="an address such as team@example.com")
_TAGS: Final = Named(of=Text(characters_max=256), most=50)
_SEVERITY: Final = Number(least=0, most=4)

# https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-create-metric-alert-rule
_METRIC_FREQUENCIES: Final = ("PT1M", "PT5M", "PT15M", "PT30M", "PT1H")
_METRIC_WINDOWS: Final = (*_METRIC_FREQUENCIES, "PT6H", "PT12H", "P1D")
# https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-create-log-alert-rule
_LOG_FREQUENCIES: Final = (
    *("PT1M", "PT5M", "PT10M", "PT15M", "PT30M", "PT45M", "PT1H"),
    *("PT2H", "PT3H", "PT4H", "PT5H", "PT6H", "P1D"),
)
_LOG_WINDOWS: Final = (*_LOG_FREQUENCIES, "P2D")

_NOTIFICATION: Final = Body(
    members={
        "enabled": Flag(),
        "operator": Text(allowed=("EqualTo", "GreaterThan", "GreaterThanOrEqualTo")),
        # "It is always percent and has to be between 0 and 1000" (Budgets - Create Or Update).
        "threshold": Number(least=0, most=1000),
        "thresholdType": Text(allowed=("Actual", "Forecasted")),
        "contactEmails": Many(of=_MAIL, most=50),
        "contactGroups": Many(of=ID, most=50),
        "contactRoles": Many(of=Text()),
        "locale": Text(),
    },
    required=("enabled", "operator", "threshold", "contactEmails"),
)
_RETENTION: Final = Body(
    members={"days": Number(least=0), "enabled": Flag()}, required=("days", "enabled")
)
_LOG: Final = Body(
    members={
        "category": Text(),
        "categoryGroup": Text(),
        "enabled": Flag(),
        "retentionPolicy": _RETENTION,
    },
    required=("enabled",),
)

WATCH_BODIES: Final[Mapping[str, Mapping[str, Model]]] = {
    DIAGNOSTICS: {
        "workspaceId": _DESTINATION,
        "storageAccountId": _DESTINATION,
        "eventHubAuthorizationRuleId": _DESTINATION,
        "eventHubName": Text(),
        "logAnalyticsDestinationType": Text(),
        "logs": Many(of=_LOG),
        "metrics": Many(
            of=Body(
                members={
                    "category": Text(),
                    "enabled": Flag(),
                    "timeGrain": Text(),
                    "retentionPolicy": _RETENTION,
                },
                required=("enabled",),
            )
        ),
    },
    ACTION_GROUP: {
        # "1 to 12 characters" (Action Groups - Create Or Update, groupShortName).
        "groupShortName": Text(pattern=r".{1,12}", said="of 1 to 12 characters"),
        "enabled": Flag(),
        "location": Text(),
        "emailReceivers": Many(
            of=Body(
                members={"name": Text(), "emailAddress": _MAIL, "useCommonAlertSchema": Flag()},
                required=("name", "emailAddress"),
            )
        ),
        "armRoleReceivers": Many(
            of=Body(
                members={"name": Text(), "roleId": Text(), "useCommonAlertSchema": Flag()},
                required=("name", "roleId"),
            )
        ),
        "tags": _TAGS,
    },
    METRIC_ALERT: {
        "actions": Many(
            of=Body(
                members={"actionGroupId": ID, "webHookProperties": Named(of=Text())},
                required=("actionGroupId",),
            )
        ),
        "autoMitigate": Flag(),
        "criteria": METRIC_CRITERIA,
        "description": Text(),
        "enabled": Flag(),
        "evaluationFrequency": Text(allowed=_METRIC_FREQUENCIES, cased=False),
        "location": Text(),
        "scopes": Many(of=ID, least=1),
        "severity": _SEVERITY,
        "tags": _TAGS,
        "targetResourceRegion": Text(),
        "targetResourceType": Text(),
        "windowSize": Text(allowed=_METRIC_WINDOWS, cased=False),
    },
    QUERY_RULE: {
        "actions": Body(
            members={
                "actionGroups": Many(of=ID, most=5),
                "actionProperties": Named(of=Text()),
                "customProperties": Named(of=Text()),
            }
        ),
        "autoMitigate": Flag(),
        "criteria": QUERY_CRITERIA,
        "description": Text(),
        "displayName": Text(),
        "enabled": Flag(),
        "evaluationFrequency": Text(allowed=_LOG_FREQUENCIES, cased=False),
        "kind": Text(allowed=("LogAlert",)),
        "location": Text(),
        "scopes": Many(of=ID, least=1),
        "severity": _SEVERITY,
        "skipQueryValidation": Flag(),
        "tags": _TAGS,
        "windowSize": Text(allowed=_LOG_WINDOWS, cased=False),
    },
    WORKSPACE: {
        "features": Body(
            members={
                "clusterResourceId": ID,
                "disableLocalAuth": Flag(),
                "enableDataExport": Flag(),
                "enableLogAccessUsingOnlyResourcePermissions": Flag(),
                "immediatePurgeDataOn30Days": Flag(),
            }
        ),
        "location": Text(),
        "publicNetworkAccessForIngestion": Text(allowed=("Enabled", "Disabled")),
        "publicNetworkAccessForQuery": Text(allowed=("Enabled", "Disabled")),
        # https://learn.microsoft.com/azure/azure-monitor/logs/data-retention-configure
        "retentionInDays": Number(least=30, most=730),
        "sku": Body(
            members={
                "name": Text(allowed=("PerGB2018", "Standalone")),
                "capacityReservationLevel": Number(),
            },
            required=("name",),
        ),
        "tags": _TAGS,
        "workspaceCapping": Body(members={"dailyQuotaGb": Number()}),
    },
    BUDGET: {
        "amount": Number(least=0),
        "category": Text(allowed=("Cost", "ReservationUtilization")),
        "notifications": Named(of=_NOTIFICATION, most=5),
        "timeGrain": Text(
            allowed=(
                *("Monthly", "Quarterly", "Annually"),
                *("BillingMonth", "BillingQuarter", "BillingAnnual"),
            )
        ),
        "timePeriod": Body(
            members={
                # "Start date should be the first of the month" (Budgets - Create Or Update).
                "startDate": Text(
                    pattern=r"\d{4}-\d{2}-01T00:00:00Z", said="the first of a month, in UTC"
                ),
                "endDate": Text(),
            },
            required=("startDate",),
        ),
    },
}
"""Type → the members of its body."""


def _schema(
    token: str,
    *,
    name: str,
    required: tuple[str, ...],
    place: str = "resourceGroupName",
    located: bool = False,
    pattern: tuple[str, str] | None = None,
    unserved: tuple[str, ...] = (),
) -> Schema:
    return Schema(
        model=None,
        place=(place, name),
        # What a member may be is in its model.
        body=dict.fromkeys(WATCH_BODIES[token], object),
        required=(place, *required),
        replaces=(place, name, *(("location",) if located else ())),
        name=name,
        patterns={} if pattern is None else {name: (re.compile(pattern[0]), pattern[1])},
        unserved=unserved,
    )


# Names: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
_RULE_NAME: Final = (
    r"[^*#&+:<>?@%{}\\/\x00-\x1f\x7f]{0,259}[^*#&+:<>?@%{}\\/. \x00-\x1f\x7f]",
    "1 to 260 characters without *#&+:<>?@%{}\\/ and control characters, no dot or space at the end",
)

WATCH_SCHEMAS: Final[Mapping[str, Schema]] = {
    DIAGNOSTICS: _schema(
        DIAGNOSTICS,
        name="name",
        required=(),
        place="resourceUri",
        unserved=("marketplacePartnerId", "serviceBusRuleId"),
    ),
    ACTION_GROUP: _schema(
        ACTION_GROUP,
        name="actionGroupName",
        required=("groupShortName", "enabled"),
        pattern=_RULE_NAME,
        unserved=(
            *("automationRunbookReceivers", "azureAppPushReceivers", "azureFunctionReceivers"),
            *("eventHubReceivers", "identity", "incidentReceivers", "itsmReceivers"),
            *("logicAppReceivers", "smsReceivers", "voiceReceivers", "webhookReceivers"),
        ),
    ),
    METRIC_ALERT: _schema(
        METRIC_ALERT,
        name="ruleName",
        required=("criteria", "enabled", "evaluationFrequency", "scopes", "severity", "windowSize"),
        pattern=_RULE_NAME,
    ),
    QUERY_RULE: _schema(
        QUERY_RULE,
        name="ruleName",
        required=("criteria", "scopes"),
        located=True,
        pattern=_RULE_NAME,
        unserved=(
            *("checkWorkspaceAlertsStorageConfigured", "identity", "muteActionsDuration"),
            *("overrideQueryTimeRange", "resolveConfiguration", "targetResourceTypes"),
        ),
    ),
    WORKSPACE: _schema(
        WORKSPACE,
        name="workspaceName",
        required=(),
        located=True,
        pattern=(r"[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]", "4 to 63 letters, digits and dashes"),
        unserved=("defaultDataCollectionRuleResourceId", "forceCmkForQuery", "identity"),
    ),
    BUDGET: _schema(
        BUDGET,
        name="budgetName",
        required=("amount", "category", "timeGrain", "timePeriod"),
        place="scope",
        unserved=("eTag", "filter"),
        pattern=(r"[A-Za-z0-9_-]{1,63}", "1 to 63 letters, digits, dashes and underscores"),
    ),
}
