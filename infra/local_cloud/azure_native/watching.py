"""The ARM types that watch an account: recorded; nothing is logged, told or counted."""

from dataclasses import dataclass
from typing import Final

from infra.local_cloud.azure_native.base import ArmHandler, Subscription, scope_id
from infra.local_cloud.azure_native.schemas import SCHEMAS
from infra.local_cloud.azure_native.watch_schemas import (
    ACTION_GROUP,
    BUDGET,
    DIAGNOSTICS,
    METRIC_ALERT,
    QUERY_RULE,
    WORKSPACE,
)
from infra.local_cloud.values import Properties

_KINDS: Final = {
    ACTION_GROUP: "Microsoft.Insights/actionGroups",
    METRIC_ALERT: "Microsoft.Insights/metricAlerts",
    QUERY_RULE: "Microsoft.Insights/scheduledQueryRules",
    WORKSPACE: "Microsoft.OperationalInsights/workspaces",
    DIAGNOSTICS: "Microsoft.Insights/diagnosticSettings",
    BUDGET: "Microsoft.Consumption/budgets",
}


@dataclass(frozen=True, slots=True)
class Watching(ArmHandler):
    """A resource in a group, or one that lies on another resource: diagnostics, a budget."""

    def id_of(self, inputs: Properties) -> str:
        """Below the group, or below what it is about."""
        schema = SCHEMAS[self.token]
        where = schema.place[0]
        grouped = where == "resourceGroupName"
        above = self.group_id(inputs) if grouped else scope_id(inputs[where])
        return f"{above}/providers/{_KINDS[self.token]}/{inputs[schema.place[1]]}"

    def added(self, resource_id: str, inputs: Properties) -> Properties:
        """Name and type; a workspace's own id."""
        kind = _KINDS[self.token]
        own = {"customerId": resource_id} if self.token == WORKSPACE else {}
        return {"name": resource_id.rpartition("/")[2], "type": kind, **own}


def watch_handlers(subscription: Subscription) -> list[ArmHandler]:
    """The handlers of what watches."""
    return [Watching(token, subscription) for token in _KINDS]
