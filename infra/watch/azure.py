"""The watch on Azure: alarms on metrics and on the access log, a budget, a workspace for the log."""

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi_azure_native import consumption, monitor, operationalinsights

from infra.settings import Environment
from infra.watch import azure_payloads as payloads
from infra.watch.listing import listed
from infra.watch.settings import Alarms, Watch


class AzureWatch(pulumi.ComponentResource):
    """What watches an account's blobs, as far as the configuration wants them watched.

    Attributes:
        alarms: their names, separated by commas; None without any.
        access_log: the id of the Log Analytics workspace that holds it; None without one.
    """

    alarms: pulumi.Output[str] | None
    access_log: pulumi.Output[str] | None

    def __init__(
        self,
        name: str,
        *,
        environment: Environment,
        group: Any,
        account: Any,
        tags: Mapping[str, str],
        opts: pulumi.ResourceOptions,
    ) -> None:
        super().__init__(f"{environment.project}:watch:AzureWatch", name, None, opts)
        watch = environment.settings.watch
        self._name = name
        self._group = group
        self._tags = tags
        self._inside = pulumi.ResourceOptions(parent=self)
        self._blobs = pulumi.Output.concat(account.id, "/blobServices/default")
        workspace = self._keep_log(watch.access_log_days) if watch.access_log_days else None
        self.access_log = None if workspace is None else workspace.id
        self.alarms = None
        if watch.alarms is not None or watch.budget_month is not None:
            action_group = self._make_action_group(watch)
            if watch.budget_month is not None:
                self._make_budget(watch, environment, action_group)
            if watch.alarms is not None:
                names = self._alert_on_metrics(watch.alarms, action_group)
                if workspace is not None:
                    names += self._alert_on_log(watch.alarms, environment, workspace, action_group)
                self.alarms = listed(names)
        self.register_outputs({})

    def _keep_log(self, days: int) -> Any:
        workspace = operationalinsights.Workspace(
            self._name,
            resource_group_name=self._group.name,
            tags=self._tags,
            opts=self._inside,
            **payloads.workspace(days),
        )
        monitor.DiagnosticSetting(
            self._name,
            resource_uri=self._blobs,
            workspace_id=workspace.id,
            opts=self._inside,
            **payloads.diagnostics(),
        )
        return workspace

    def _make_action_group(self, watch: Watch) -> Any:
        return monitor.ActionGroup(
            self._name,
            resource_group_name=self._group.name,
            group_short_name="knowledge",
            enabled=True,
            location="Global",
            tags=self._tags,
            opts=self._inside,
            **payloads.receivers(watch),
        )

    def _make_budget(self, watch: Watch, environment: Environment, action_group: Any) -> None:
        consumption.Budget(
            self._name,
            scope=self._group.id,
            **payloads.budget(watch, action_group_id=action_group.id, today=environment.now),
            # It keeps the month in which it began.
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["timePeriod"]),
        )

    def _alert_on_metrics(self, wanted: Alarms, action_group: Any) -> list[pulumi.Output[str]]:
        return [
            monitor.MetricAlert(
                f"{self._name}-{name}",
                resource_group_name=self._group.name,
                scopes=[self._blobs],
                actions=[{"action_group_id": action_group.id}],
                tags=self._tags,
                opts=self._inside,
                # The SDK does not translate a dictionary that stands for one of several types.
                criteria=monitor.MetricAlertSingleResourceMultipleMetricCriteriaArgs(
                    **arguments.pop("criteria")
                ),
                **arguments,
            ).name
            for name, arguments in payloads.metric_alerts(wanted).items()
        ]

    def _alert_on_log(
        self, wanted: Alarms, environment: Environment, workspace: Any, action_group: Any
    ) -> list[pulumi.Output[str]]:
        settings = environment.settings
        alerts = payloads.log_alerts(
            wanted,
            container=settings.container,
            prefix=settings.prefix,
            quiet=environment.is_settled,
        )
        return [
            monitor.ScheduledQueryRule(
                f"{self._name}-{name}",
                resource_group_name=self._group.name,
                scopes=[workspace.id],
                actions={"action_groups": [action_group.id]},
                tags=self._tags,
                opts=self._inside,
                **arguments,
            ).name
            for name, arguments in alerts.items()
        ]
