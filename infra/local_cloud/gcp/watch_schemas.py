"""The resource types of pulumi-gcp 10 that watch a bucket."""

from collections.abc import Mapping
from typing import Final

from infra.local_cloud.gcp.schema import Schema

CHANNEL: Final = "gcp:monitoring/notificationChannel:NotificationChannel"
ALERT_POLICY: Final = "gcp:monitoring/alertPolicy:AlertPolicy"

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
        required=("combiner", "conditions", "displayName", "conditions.displayName"),
        replaces=("project",),
    ),
}
