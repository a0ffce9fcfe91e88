"""The watch on AWS in the words of pulumi-aws: pure, from the settings to arguments."""

from typing import Any, Final

from infra.access import tls_only_policy
from infra.watch.settings import Alarms, Watch
from infra.watch.thresholds import THRESHOLDS

Arguments = dict[str, Any]

LOG_PREFIX: Final = "access/"

_MINUTES: Final = 60
_HOUR: Final = 3_600


def metrics_filter(environment: str, *, prefix: str) -> Arguments:
    """Return the arguments of `BucketMetric`: the requests for the documents, not for the whole bucket.

    Args:
        environment: names the filter, so that two environments can share an adopted bucket.
        prefix: of the documents.
    """
    return {"name": f"kb-{environment}", **({"filter": {"prefix": prefix}} if prefix else {})}


def alarms(wanted: Alarms, *, quiet: bool) -> dict[str, Arguments]:
    """Return the arguments of each `MetricAlarm` by its name, but for the bucket's own.

    The error metrics of S3 have the value 0 or 1 for each request: their average is a rate
    (https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html, read 2026-11).

    Args:
        wanted: when somebody is told.
        quiet: whether silence is worth an alarm: not while a migration is under way.
    """
    found: dict[str, Arguments] = {}
    if wanted.client_errors_percent is not None:
        found["client-errors"] = _rate(
            "4xxErrors",
            wanted.client_errors_percent,
            "requests are refused or wrong: somebody tries, or a permission is missing",
        )
    if wanted.server_errors_percent is not None:
        found["server-errors"] = _rate(
            "5xxErrors", wanted.server_errors_percent, "requests fail in S3, or it is busy"
        )
    if wanted.latency_milliseconds is not None:
        found["latency"] = {
            "metric_name": "FirstByteLatency",
            "extended_statistic": "p95",
            # A percentile of few requests says nothing.
            "evaluate_low_sample_count_percentiles": "ignore",
            "comparison_operator": "GreaterThanThreshold",
            "threshold": wanted.latency_milliseconds,
            **_three_times("missing"),
            "alarm_description": "One request in twenty waits longer than "
            f"{wanted.latency_milliseconds} ms for its first byte",
        }
    if quiet and wanted.quiet_hours is not None:
        found["quiet"] = {
            "metric_name": "AllRequests",
            "statistic": "Sum",
            "comparison_operator": "LessThanThreshold",
            "threshold": 1,
            "period": _HOUR,
            "evaluation_periods": wanted.quiet_hours,
            # Without requests there are no data: that is what this alarm is about.
            "treat_missing_data": "breaching",
            "alarm_description": f"Nobody asked for a document in {wanted.quiet_hours} hours: "
            "does the agent still work elsewhere?",
        }
    return found


def budget(watch: Watch, *, topic_arn: Any) -> Arguments:
    """Return the arguments of `Budget`, over all costs of the account.

    AWS tells the costs of a tag apart only after somebody switched that tag on for billing: a budget of an
    environment's tag would silently stay at zero.

    Args:
        watch: who is told, and when.
        topic_arn: told where nobody is named; known or not yet.
    """
    told: Arguments = {"subscriber_sns_topic_arns": [topic_arn]}
    if watch.emails:
        # Unlike the topic, a budget asks nobody for a confirmation.
        told = {"subscriber_email_addresses": list(watch.emails)}
    return {
        "budget_type": "COST",
        "time_unit": "MONTHLY",
        "limit_amount": str(watch.budget_month),
        "limit_unit": "USD",
        "notifications": [
            {
                "comparison_operator": "GREATER_THAN",
                "notification_type": "ACTUAL" if threshold.of == "actual" else "FORECASTED",
                "threshold": threshold.percent,
                "threshold_type": "PERCENTAGE",
                **told,
            }
            for threshold in THRESHOLDS
        ],
    }


def topic_policy(topic_arn: str, *, account_id: str) -> Arguments:
    """Return who may publish: alarms and budgets of the account.

    After https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html and
    https://repost.aws/knowledge-center/cloudwatch-receive-sns-for-alarm-trigger (read 2026-11).
    """
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "AlarmsAndBudgets",
                "Effect": "Allow",
                "Principal": {"Service": ["cloudwatch.amazonaws.com", "budgets.amazonaws.com"]},
                "Action": "sns:Publish",
                "Resource": topic_arn,
                "Condition": {"StringEquals": {"aws:SourceAccount": account_id}},
            }
        ],
    }


def log_bucket_policy(log_arn: str, *, bucket_arn: str, account_id: str) -> Arguments:
    """Return the policy of the bucket that holds the access log: only S3 writes, for one bucket.

    After https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html (read
    2026-11): with access lists off, the logging service needs a statement.
    """
    policy = tls_only_policy(log_arn)
    delivery = {
        "Sid": "DeliverLogs",
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"{log_arn}/{LOG_PREFIX}*",
        "Condition": {
            "ArnLike": {"aws:SourceArn": bucket_arn},
            "StringEquals": {"aws:SourceAccount": account_id},
        },
    }
    return {**policy, "Statement": [*policy["Statement"], delivery]}


def log_lifecycle_rules(days: int) -> list[Arguments]:
    """Return the rules that end each log after some days."""
    return [
        {
            "id": "endLogs",
            "status": "Enabled",
            "filter": {"prefix": ""},
            "expiration": {"days": days},
            "noncurrent_version_expiration": {"noncurrent_days": 1},
            "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
        }
    ]


def _rate(metric: str, percent: int, meaning: str) -> Arguments:
    return {
        "metric_name": metric,
        "statistic": "Average",
        "comparison_operator": "GreaterThanThreshold",
        "threshold": percent / 100,
        **_three_times("notBreaching"),
        "alarm_description": f"More than {percent} % of the {meaning}",
    }


def _three_times(missing: str) -> Arguments:
    """Three times in a row, five minutes each."""
    return {"period": 5 * _MINUTES, "evaluation_periods": 3, "treat_missing_data": missing}
