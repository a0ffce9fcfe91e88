"""The watch on Azure in the words of pulumi-azure-native: pure, from the settings to arguments.

Azure's metrics of a storage account know no prefix, and have no data while nobody asks for anything
(https://learn.microsoft.com/azure/storage/blobs/monitor-blob-storage-reference, read 2026-11). So what is
about documents below the prefix, or about silence, is asked of the access log; the rest of the metrics.
"""

from datetime import datetime
from typing import Any, Final

from infra.watch.settings import Alarms, Watch
from infra.watch.thresholds import THRESHOLDS

Arguments = dict[str, Any]

LOG_CATEGORIES: Final = ("StorageRead", "StorageWrite", "StorageDelete")

_OWNER: Final = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
"""https://learn.microsoft.com/azure/role-based-access-control/built-in-roles"""

_WINDOWS: Final = {6: "PT6H", 24: "P1D"}
_CRITERIA: Final = "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria"
_METRICS: Final = "Microsoft.Storage/storageAccounts/blobServices"


def receivers(watch: Watch) -> Arguments:
    """Return who an `ActionGroup` tells: the addresses, else the owners of the subscription."""
    if not watch.emails:
        owners = {"name": "owners", "role_id": _OWNER, "use_common_alert_schema": True}
        return {"arm_role_receivers": [owners]}
    return {
        "email_receivers": [
            {"name": email, "email_address": email, "use_common_alert_schema": True}
            for email in watch.emails
        ]
    }


def metric_alerts(wanted: Alarms) -> dict[str, Arguments]:
    """Return the arguments of each `MetricAlert` by its name, but for its scope and action."""
    found: dict[str, Arguments] = {}
    if wanted.server_errors_percent is not None:
        # The share of the requests that did not fail unexpectedly; Azure has no metric of the opposite.
        least = 100 - wanted.server_errors_percent
        found["server-errors"] = _metric_alert(
            "Availability",
            "LessThan",
            least,
            f"More than {wanted.server_errors_percent} % of the requests fail in the service",
        )
    if wanted.latency_milliseconds is not None:
        found["latency"] = _metric_alert(
            "SuccessE2ELatency",
            "GreaterThan",
            wanted.latency_milliseconds,
            f"Requests take longer than {wanted.latency_milliseconds} ms on average",
        )
    return found


def log_alerts(wanted: Alarms, *, container: str, prefix: str, quiet: bool) -> dict[str, Arguments]:
    """Return the arguments of each `ScheduledQueryRule` by its name, but for its scope and action.

    Args:
        wanted: when somebody is told.
        container: that holds the documents.
        prefix: '' or one that ends with '/'.
        quiet: whether silence is worth an alarm: not while a migration is under way.
    """
    documents = f'StorageBlobLogs | where Uri contains "/{container}/{prefix}"'
    found: dict[str, Arguments] = {}
    if wanted.client_errors_percent is not None:
        rate = (
            "summarize percent = 100.0 * countif(toint(StatusCode) between (400 .. 499)) / count()"
        )
        found["client-errors"] = _log_alert(
            {
                "query": f"{documents} | {rate}",
                "time_aggregation": "Maximum",
                "metric_measure_column": "percent",
                "operator": "GreaterThan",
                "threshold": wanted.client_errors_percent,
            },
            every="PT15M",
            window="PT15M",
            description=f"More than {wanted.client_errors_percent} % of the requests are refused or "
            "wrong: somebody tries, or a permission is missing",
        )
    if quiet and wanted.quiet_hours is not None:
        found["quiet"] = _log_alert(
            {
                "query": documents,
                "time_aggregation": "Count",
                "operator": "LessThan",
                "threshold": 1,
            },
            every="PT1H",
            window=_WINDOWS[wanted.quiet_hours],
            description=f"Nobody asked for a document in {wanted.quiet_hours} hours: "
            "does the agent still work elsewhere?",
        )
    return found


def budget(watch: Watch, *, action_group_id: Any, today: datetime) -> Arguments:
    """Return the arguments of `Budget` over a resource group, but for its scope.

    Args:
        watch: who is told, and when.
        action_group_id: told where nobody is named; known or not yet.
        today: a budget begins with a month, and no earlier one than this.
    """
    start = today.replace(day=1, hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    told: Arguments = {"contact_emails": list(watch.emails)}
    if not watch.emails:
        told["contact_groups"] = [action_group_id]
    return {
        "amount": watch.budget_month,
        "category": "Cost",
        "time_grain": "Monthly",
        "time_period": {"start_date": f"{start.isoformat()}Z"},
        "notifications": {
            threshold.name: {
                "enabled": True,
                "operator": "GreaterThan",
                "threshold": threshold.percent,
                "threshold_type": "Actual" if threshold.of == "actual" else "Forecasted",
                **told,
            }
            for threshold in THRESHOLDS
        },
    }


def diagnostics() -> Arguments:
    """Return what a `DiagnosticSetting` of the blob service records: each request."""
    return {
        "logs": [{"category": category, "enabled": True} for category in LOG_CATEGORIES],
        "metrics": [{"category": "Transaction", "enabled": True}],
    }


def workspace(days: int) -> Arguments:
    """Return the arguments of the `Workspace` that keeps the access log."""
    return {
        "sku": {"name": "PerGB2018"},
        "retention_in_days": days,
        "features": {
            # Its own keys would be keys without an end.
            "disable_local_auth": True,
            "enable_log_access_using_only_resource_permissions": True,
        },
    }


def _metric_alert(metric: str, operator: str, threshold: int, description: str) -> Arguments:
    criterion = {
        "criterion_type": "StaticThresholdCriterion",
        "name": metric,
        "metric_name": metric,
        "metric_namespace": _METRICS,
        "operator": operator,
        "threshold": threshold,
        "time_aggregation": "Average",
    }
    return {
        "criteria": {"odata_type": _CRITERIA, "all_of": [criterion]},
        "enabled": True,
        "severity": 2,
        "evaluation_frequency": "PT5M",
        "window_size": "PT15M",
        "location": "global",
        "description": description,
    }


def _log_alert(condition: Arguments, *, every: str, window: str, description: str) -> Arguments:
    once = {"number_of_evaluation_periods": 1, "min_failing_periods_to_alert": 1}
    return {
        "kind": "LogAlert",
        "criteria": {"all_of": [{**condition, "failing_periods": once}]},
        "enabled": True,
        "severity": 2,
        "evaluation_frequency": every,
        "window_size": window,
        # The table is there only after the first request.
        "skip_query_validation": True,
        "description": description,
    }
