"""The resource types of pulumi-gcp 10 that watch a bucket."""

import re
from collections.abc import Mapping
from typing import Final

from infra.local_cloud.gcp.schema import Schema

CHANNEL: Final = "gcp:monitoring/notificationChannel:NotificationChannel"
ALERT_POLICY: Final = "gcp:monitoring/alertPolicy:AlertPolicy"
BUDGET: Final = "gcp:billing/budget:Budget"

_ENDS: Final = ("startDate", "endDate")
_PARTS_OF_DAY: Final = ("year", "month", "day")
_OF_CONDITIONS: Final = (
    "conditionAbsent.duration",
    "conditionMatchedLog.filter",
    *(f"conditionMonitoringQueryLanguage.{name}" for name in ("duration", "query")),
    "conditionPrometheusQueryLanguage.query",
    *("conditionSql.query", "conditionSql.booleanTest.column"),
    *(f"conditionSql.{often}.periodicity" for often in ("daily", "hourly", "minutes")),
    *(f"conditionSql.rowCountTest.{name}" for name in ("comparison", "threshold")),
    *(f"conditionThreshold.{name}" for name in ("comparison", "duration")),
    "conditionThreshold.forecastOptions.forecastHorizon",
)
"""What pulumi-gcp 10.2 requires of each kind of condition."""

WATCH_SCHEMAS: Final[Mapping[str, Schema]] = {
    CHANNEL: Schema(
        api="monitoring",
        model="NotificationChannel",
        body=("description", "displayName", "enabled", "labels", "type", "userLabels"),
        place=("project",),
        own={"deletionPolicy": str, "forceDelete": bool},
        required=("type",),
        unserved=("sensitiveLabels",),
        replaces=("project",),
    ),
    ALERT_POLICY: Schema(
        api="monitoring",
        model="AlertPolicy",
        body=(
            *("alertStrategy", "combiner", "conditions", "displayName", "documentation"),
            *("enabled", "notificationChannels", "severity", "userLabels"),
        ),
        place=("project",),
        renamed={"alertStrategy.notificationChannelStrategies": "notificationChannelStrategy"},
        own={"deletionPolicy": str},
        required=(
            *("combiner", "conditions", "displayName", "conditions.displayName"),
            *(f"conditions.{condition}" for condition in _OF_CONDITIONS),
        ),
        replaces=("project",),
    ),
    BUDGET: Schema(
        api="billingbudgets",
        model="GoogleCloudBillingBudgetsV1Budget",
        body=(
            *("allUpdatesRule", "amount", "budgetFilter", "displayName", "ownershipScope"),
            "thresholdRules",
        ),
        place=("billingAccount",),
        renamed={"allUpdatesRule": "notificationsRule"},
        own={
            "deletionPolicy": str,
            # An object without members in the request.
            "amount.lastPeriodAmount": bool,
            # A whole number as text, as in the request.
            "amount.specifiedAmount.units": str,
            # One value each, where the request has lists of one.
            "budgetFilter.labels": dict,
        },
        required=(
            *("billingAccount", "amount", "thresholdRules.thresholdPercent"),
            "budgetFilter.customPeriod.startDate",
            *(f"budgetFilter.customPeriod.{end}.{part}" for end in _ENDS for part in _PARTS_OF_DAY),
        ),
        replaces=("billingAccount",),
        patterns={
            "billingAccount": (
                re.compile(r"([0-9A-F]{6}-){2}[0-9A-F]{6}"),
                "a billing account's id such as 0A1B2C-3D4E5F-6A7B8C",
            )
        },
    ),
}
