"""What drift breaks of alarms, budgets and logs, on every cloud: somebody is no longer told."""

from collections.abc import Mapping
from typing import Final

from infra.drift.explanations.terms import TAGS, Explanation, deleted

_BUDGET: Final = (
    deleted("cost", "medium", "Nobody is told when more money is spent than was meant."),
    Explanation(
        "*", (), "cost", "medium", "Others are told, or at another amount than was declared."
    ),
)
_ALARM: Final = (
    deleted("safety", "medium", "Nobody is told when requests fail, are slow, or stop coming."),
    TAGS,
    Explanation("*", (), "safety", "medium", "The alarm watches something else, or tells others."),
)
_RECIPIENTS: Final = (
    deleted("safety", "medium", "Alarms and budgets reach nobody."),
    TAGS,
    Explanation("*", (), "safety", "medium", "Alarms and budgets reach others than was declared."),
)
_LOG: Final = (
    deleted("safety", "medium", "Nobody can say any more who read or wrote what."),
    TAGS,
    Explanation(
        "retention*", (), "cost", "medium", "Logs are kept, and paid for, for another time."
    ),
    Explanation(
        "*", (), "safety", "medium", "Other requests are logged, or elsewhere, than was declared."
    ),
)
_METRIC: Final = (
    deleted("safety", "medium", "Requests are no longer counted: alarms see nothing."),
    Explanation("*", (), "safety", "medium", "Other requests are counted than was declared."),
)

EXPLANATIONS: Final[Mapping[str, tuple[Explanation, ...]]] = {
    "aws:budgets/budget:Budget": _BUDGET,
    "aws:cloudwatch/metricAlarm:MetricAlarm": _ALARM,
    "aws:s3/bucketLogging:BucketLogging": _LOG,
    "aws:s3/bucketMetric:BucketMetric": _METRIC,
    "aws:sns/topic:Topic": _RECIPIENTS,
    "aws:sns/topicPolicy:TopicPolicy": _RECIPIENTS,
    "aws:sns/topicSubscription:TopicSubscription": _RECIPIENTS,
    "azure-native:consumption:Budget": _BUDGET,
    "azure-native:monitor:ActionGroup": _RECIPIENTS,
    "azure-native:monitor:DiagnosticSetting": _LOG,
    "azure-native:monitor:MetricAlert": _ALARM,
    "azure-native:monitor:ScheduledQueryRule": _ALARM,
    "azure-native:operationalinsights:Workspace": _LOG,
    "gcp:billing/budget:Budget": _BUDGET,
    "gcp:logging/projectSink:ProjectSink": _LOG,
    "gcp:monitoring/alertPolicy:AlertPolicy": _ALARM,
    "gcp:monitoring/notificationChannel:NotificationChannel": _RECIPIENTS,
    "gcp:projects/iAMAuditConfig:IAMAuditConfig": _LOG,
}
"""By type; within a type the first row that matches wins."""
