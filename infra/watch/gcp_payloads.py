"""The watch on Google Cloud in the words of pulumi-gcp: pure, from the settings to arguments.

Cloud Storage counts requests by bucket, method and result; it has no metric of a prefix, and none of how long
a request took (https://cloud.google.com/monitoring/api/metrics_gcp_p_z, storage). How long the requests of a
project to a service took is measured by Google's API infrastructure, in seconds
(https://docs.cloud.google.com/apis/docs/monitoring and the metrics of serviceruntime, read 2026-11-26).
"""

from collections.abc import Sequence
from typing import Any, Final

from infra.watch.settings import Alarms, Watch
from infra.watch.thresholds import THRESHOLDS

Arguments = dict[str, Any]

LOG_PREFIX: Final = "access"

LOG_WRITER: Final = "group:cloud-storage-analytics@google.com"
"""Who delivers usage logs (https://cloud.google.com/storage/docs/access-logs)."""

_LOG_SOFT_DELETE_SECONDS: Final = 7 * 86_400

_REQUESTS: Final = (
    'resource.type = "gcs_bucket" AND metric.type = "storage.googleapis.com/api/request_count"'
)

_LATENCIES: Final = (
    'resource.type = "consumed_api" AND resource.labels.service = "storage.googleapis.com" '
    'AND metric.type = "serviceruntime.googleapis.com/api/request_latencies"'
)

# The results of requests are those of gRPC: https://cloud.google.com/apis/design/errors
_CLIENT_ERRORS: Final = (
    *("INVALID_ARGUMENT", "FAILED_PRECONDITION", "OUT_OF_RANGE", "UNAUTHENTICATED"),
    *("PERMISSION_DENIED", "NOT_FOUND", "ABORTED", "ALREADY_EXISTS", "RESOURCE_EXHAUSTED"),
)
_SERVER_ERRORS: Final = ("UNKNOWN", "INTERNAL", "DATA_LOSS", "UNAVAILABLE", "DEADLINE_EXCEEDED")

_SPENT: Final = {"actual": "CURRENT_SPEND", "forecast": "FORECASTED_SPEND"}

_QUIET_SECONDS: Final = {6: 21_600, 24: 84_600}
"""Google looks back over 23.5 hours at most (Alerting, Metric-absence conditions)."""


def alert_policies(wanted: Alarms, *, bucket: str, quiet: bool) -> dict[str, Arguments]:
    """Return the arguments of each `AlertPolicy` by its name, but for who is told.

    Args:
        wanted: when somebody is told; how long requests take is known of the whole project only.
        bucket: its name.
        quiet: whether silence is worth an alarm: not while a migration is under way.
    """
    requests = f'{_REQUESTS} AND resource.labels.bucket_name = "{bucket}"'
    found: dict[str, Arguments] = {}
    for name, percent, results in (
        ("client-errors", wanted.client_errors_percent, _CLIENT_ERRORS),
        ("server-errors", wanted.server_errors_percent, _SERVER_ERRORS),
    ):
        if percent is not None:
            found[name] = _policy("condition_threshold", _rate(requests, percent, results))
    if wanted.latency_milliseconds is not None:
        found["latency"] = _policy("condition_threshold", _slow(wanted.latency_milliseconds))
    if quiet and wanted.quiet_hours is not None:
        absent = {
            "filter": requests,
            "duration": f"{_QUIET_SECONDS[wanted.quiet_hours]}s",
            "aggregations": [_sum()],
        }
        found["quiet"] = _policy("condition_absent", absent)
    return found


def budget(watch: Watch, *, project: Any, channels: Sequence[Any]) -> Arguments:
    """Return the arguments of `Budget` over a project, but for its billing account and name.

    The amount is in the billing account's currency. Its administrators and users are told, too, whoever else
    is named (https://docs.cloud.google.com/billing/docs/how-to/budgets-notification-recipients).

    Args:
        watch: who is told, and when.
        project: whose costs: `projects/NUMBER`, as the service answers also to an id; known or not yet.
        channels: the ids of those who are named; known or not yet.
    """
    arguments: Arguments = {
        "amount": {"specified_amount": {"units": str(watch.budget_month)}},
        "budget_filter": {"calendar_period": "MONTH", "projects": [project]},
        "threshold_rules": [
            {
                "threshold_percent": threshold.percent / 100,
                "spend_basis": _SPENT[threshold.of],
            }
            for threshold in THRESHOLDS
        ],
    }
    if not channels:
        return arguments
    return {**arguments, "all_updates_rule": {"monitoring_notification_channels": list(channels)}}


def log_bucket(days: int) -> Arguments:
    """Return the arguments of the `Bucket` that keeps the access log, but for name, place and labels."""
    return {
        "uniform_bucket_level_access": True,
        "public_access_prevention": "enforced",
        "versioning": {"enabled": True},
        "soft_delete_policy": {"retention_duration_seconds": _LOG_SOFT_DELETE_SECONDS},
        "lifecycle_rules": [
            {"action": {"type": "Delete"}, "condition": {"age": days}},
            {
                "action": {"type": "Delete"},
                "condition": {"days_since_noncurrent_time": 1, "with_state": "ARCHIVED"},
            },
        ],
    }


def _rate(requests: str, percent: int, results: tuple[str, ...]) -> Arguments:
    bad = " OR ".join(f'metric.labels.response_code = "{result}"' for result in results)
    return {
        "filter": f"{requests} AND ({bad})",
        "denominator_filter": requests,
        "aggregations": [_sum()],
        "denominator_aggregations": [_sum()],
        "comparison": "COMPARISON_GT",
        "threshold_value": percent / 100,
        "duration": "900s",
    }


def _slow(milliseconds: int) -> Arguments:
    """One request in twenty takes longer."""
    slowest = {**_sum(), "cross_series_reducer": "REDUCE_PERCENTILE_95"}
    return {
        "filter": _LATENCIES,
        "aggregations": [slowest],
        "comparison": "COMPARISON_GT",
        "threshold_value": milliseconds / 1000,
        "duration": "900s",
    }


def _sum() -> Arguments:
    return {
        "alignment_period": "300s",
        "per_series_aligner": "ALIGN_DELTA",
        "cross_series_reducer": "REDUCE_SUM",
    }


def _policy(kind: str, condition: Arguments) -> Arguments:
    return {"combiner": "OR", "conditions": [{kind: condition}]}
