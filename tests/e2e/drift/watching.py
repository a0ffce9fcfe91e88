"""Drift of alarms, budgets and logs."""

from typing import Any

from tests.e2e.drift.clouds import Clouds, Undo
from tests.e2e.drift.table import Table

WATCHING = Table()


def _deleted(token: str, breaks: str) -> None:
    name = token.rpartition(":")[2]

    @WATCHING.enter(f"a {name} deleted", (name, "", "deleted", breaks))
    def _(clouds: Clouds) -> Undo:
        return clouds.delete_record(token)


def _changed(token: str, member: str, found: Any, breaks: str) -> None:
    name = token.rpartition(":")[2]

    @WATCHING.enter(f"{member} of a {name}", (name, member, "changed", breaks))
    def _(clouds: Clouds) -> Undo:
        return clouds.edit_record(token, lambda inputs: inputs.update({member: found}))


_deleted("aws:cloudwatch/metricAlarm:MetricAlarm", "safety")
_changed("aws:cloudwatch/metricAlarm:MetricAlarm", "threshold", 99, "safety")
_changed("aws:budgets/budget:Budget", "limitAmount", "5000", "cost")
_deleted("aws:sns/topicSubscription:TopicSubscription", "safety")
_deleted("azure-native:monitor:DiagnosticSetting", "safety")
_changed("azure-native:consumption:Budget", "amount", 5000, "cost")
_changed("azure-native:operationalinsights:Workspace", "retentionInDays", 30, "cost")
