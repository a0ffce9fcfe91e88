"""What AWS documents about alarms, budgets and topics, beyond its models."""

import re
from typing import Any, Final

from infra.local_cloud.aws import shapes
from infra.local_cloud.aws.watch_schemas import (
    BUCKET_METRIC,
    BUDGET,
    METRIC_ALARM,
    SUBSCRIPTION,
    TOPIC,
)
from infra.local_cloud.handlers import Failure
from infra.local_cloud.values import UNKNOWN, Properties

# botocore's model of PutMetricAlarm, EvaluationPeriods and Period (1.44.5).
_ALARM_SECONDS_MAX: Final = 604_800
_ALARM_SECONDS_MAX_BELOW_AN_HOUR: Final = 86_400
_HOUR: Final = 3_600
_SHORT_PERIODS: Final = (10, 20, 30)
_MISSING: Final = ("breaching", "notBreaching", "ignore", "missing")
_LOW_SAMPLES: Final = ("evaluate", "ignore")
_PERCENTILE: Final = re.compile(
    r"p\d{1,2}(\.\d{1,2})?|p100|(tm|tc|ts|wm)\d{1,2}|(IQM|PR\(.*\)|T[MCS]\(.*\)|WM\(.*\))"
)
_DIMENSIONS_MAX: Final = 30

# botocore's model of CreateTopic, Name; of Subscribe, Protocol (1.44.5).
_TOPIC_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,256}|[A-Za-z0-9_-]{1,251}\.fifo")
_PROTOCOLS: Final = (
    *("http", "https", "email", "email-json", "sms", "sqs", "application", "lambda", "firehose"),
)

_FILTER: Final = {"accessPoint": "AccessPointArn", "prefix": "Prefix", "tags": "And.Tags"}
"""What a metric's filter may have → where S3's model has it."""

_NOTIFICATION: Final = ("notificationType", "comparisonOperator", "threshold", "thresholdType")
_SUBSCRIBERS: Final = ("subscriberEmailAddresses", "subscriberSnsTopicArns")
_EMAILS_MAX: Final = 10


def watch_failures(token: str, inputs: Properties) -> list[Failure]:
    """Say what AWS's documentation forbids in the inputs of a type that watches."""
    if token == METRIC_ALARM:
        return _alarm_failures(inputs)
    if token == BUDGET:
        return _budget_failures(inputs)
    if token == BUCKET_METRIC:
        return _filter_failures(inputs.get("filter"))
    if token == SUBSCRIPTION and _is_none_of(inputs.get("protocol"), _PROTOCOLS):
        return [("protocol", f"is {inputs['protocol']!r}; SNS knows {', '.join(_PROTOCOLS)}")]
    name = inputs.get("name")
    if token == TOPIC and isinstance(name, str) and not _TOPIC_NAME.fullmatch(name):
        return [
            ("name", f"is {name!r}; 1 to 256 letters, digits, dashes and underscores are allowed")
        ]
    return []


def _filter_failures(chosen: Any) -> list[Failure]:
    if not isinstance(chosen, dict):
        return []  # that it has to be one is said where every property's kind is
    found: list[Failure] = []
    if all(value is None for value in chosen.values()):
        found.append(("filter", f"must have at least one of {', '.join(_FILTER)}"))
    shape = shapes.input_shape("s3", "PutBucketMetricsConfiguration")
    for name, value in chosen.items():
        if name in _FILTER:
            member = shapes.member(shape, f"MetricsConfiguration.Filter.{_FILTER[name]}")
            found += shapes.check(member, value, f"filter.{name}")
        else:
            found.append((f"filter.{name}", f"is not a property; there are {', '.join(_FILTER)}"))
    return found


def _alarm_failures(inputs: Properties) -> list[Failure]:
    found: list[Failure] = []
    period, times = inputs.get("period"), inputs.get("evaluationPeriods")
    if isinstance(period, int) and period % 60 and period not in _SHORT_PERIODS:
        found.append(("period", f"is {period}, must be 10, 20, 30 or a multiple of 60"))
    if isinstance(period, int) and isinstance(times, int):
        most = _ALARM_SECONDS_MAX if period >= _HOUR else _ALARM_SECONDS_MAX_BELOW_AN_HOUR
        if period * times > most:
            found.append(
                ("evaluationPeriods", f"looks back over {period * times} s, at most {most}")
            )
    if _is_none_of(inputs.get("treatMissingData"), _MISSING):
        found.append(("treatMissingData", f"must be one of {', '.join(_MISSING)}"))
    if _is_none_of(inputs.get("evaluateLowSampleCountPercentiles"), _LOW_SAMPLES):
        found.append(("evaluateLowSampleCountPercentiles", "must be evaluate or ignore"))
    given = [name for name in ("statistic", "extendedStatistic") if inputs.get(name) is not None]
    if inputs.get("metricName") is not None and len(given) != 1:
        found.append(("statistic", "exactly one of statistic and extendedStatistic is required"))
    extended = inputs.get("extendedStatistic")
    if isinstance(extended, str) and not _PERCENTILE.fullmatch(extended):
        found.append(("extendedStatistic", f"is {extended!r}, must be a percentile such as p95"))
    dimensions = inputs.get("dimensions")
    if isinstance(dimensions, dict):
        if len(dimensions) > _DIMENSIONS_MAX:
            found.append(
                ("dimensions", f"has {len(dimensions)}, must be at most {_DIMENSIONS_MAX}")
            )
        found += [
            (f'dimensions["{name}"]', "must be a string")
            for name, value in dimensions.items()
            if value is not UNKNOWN and not isinstance(value, str)
        ]
    return found


def _budget_failures(inputs: Properties) -> list[Failure]:
    found: list[Failure] = []
    notifications = inputs.get("notifications")
    for index, one in enumerate(notifications if isinstance(notifications, list) else []):
        here = f"notifications[{index}]"
        if one is UNKNOWN:
            continue
        if not isinstance(one, dict):
            found.append((here, "must be an object"))
            continue
        found += _notification_failures(one, here)
    return found


def _notification_failures(one: dict[str, Any], here: str) -> list[Failure]:
    shape = shapes.member(shapes.input_shape("budgets", "CreateNotification"), "Notification")
    found: list[Failure] = []
    own = {name: value for name, value in one.items() if name not in _SUBSCRIBERS}
    found += shapes.check(shape, own, here)
    found += [(f"{here}.{name}", "is required") for name in _NOTIFICATION if one.get(name) is None]
    for name in _SUBSCRIBERS:
        value = one.get(name)
        if value is not None and value is not UNKNOWN and not isinstance(value, list):
            found.append((f"{here}.{name}", "must be a list"))
        elif isinstance(value, list) and len(value) > (
            _EMAILS_MAX if name == _SUBSCRIBERS[0] else 1
        ):
            found.append((f"{here}.{name}", f"has {len(value)} items: Budgets takes fewer"))
    return list(dict.fromkeys(found))


def _is_none_of(value: object, allowed: tuple[str, ...]) -> bool:
    return isinstance(value, str) and value not in allowed
