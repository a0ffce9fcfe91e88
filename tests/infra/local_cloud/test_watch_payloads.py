"""What the documentation of alarms, budgets and diagnostics forbids is refused, by its property."""

from typing import Any

import pytest

from infra.local_cloud.aws import payloads as aws
from infra.local_cloud.aws import watch_schemas as aws_types
from infra.local_cloud.azure_native import payloads as azure
from infra.local_cloud.azure_native import watch_schemas as azure_types
from tests.infra.local_cloud.mutations import changed
from tests.infra.local_cloud.watch_examples import AWS, AZURE

ALARM = aws_types.METRIC_ALARM
BUDGET = aws_types.BUDGET
METRIC = aws_types.BUCKET_METRIC
NOTIFICATION = ("notifications", 0)
AZURE_NOTIFICATION = ("notifications", "allSpent")
CRITERION = ("criteria", "allOf", 0)
LONG = "kb" * 200


@pytest.mark.parametrize(
    ("token", "path", "value", "refused"),
    [
        (ALARM, ("period",), 45, "period"),
        (ALARM, ("evaluationPeriods",), 289, "evaluationPeriods"),
        (ALARM, ("treatMissingData",), "ok", "treatMissingData"),
        (ALARM, ("evaluateLowSampleCountPercentiles",), "x", "evaluateLowSampleCountPercentiles"),
        (ALARM, ("extendedStatistic",), "p101", "extendedStatistic"),
        (ALARM, ("extendedStatistic",), None, "statistic"),
        (ALARM, ("statistic",), "Average", "statistic"),
        (ALARM, ("threshold",), "high", "threshold"),
        (ALARM, ("dimensions", "FilterId"), 7, 'dimensions["FilterId"]'),
        (ALARM, ("dimensions",), {str(n): "x" for n in range(31)}, "dimensions"),
        (ALARM, ("metricQueries",), [], "metricQueries"),
        (METRIC, ("filter",), {}, "filter"),
        (METRIC, ("filter", "size"), 1, "filter.size"),
        (METRIC, ("filter", "prefix"), 7, "filter.prefix"),
        (METRIC, ("filter", "accessPoint"), 7, "filter.accessPoint"),
        (METRIC, ("filter", "tags"), {"": "x"}, 'filter.tags[""]'),
        (aws_types.TOPIC, ("name",), "with space", "name"),
        (aws_types.TOPIC, ("policy",), "{}", "policy"),
        (aws_types.SUBSCRIPTION, ("protocol",), "pigeon", "protocol"),
        (aws_types.BUCKET_LOGGING, ("targetGrants",), [], "targetGrants"),
        (aws_types.TOPIC_POLICY, ("policy", "Statement", 0, "Effect"), "Yes", "policy"),
        (BUDGET, ("notifications", 0), "x", "notifications[0]"),
        (BUDGET, (*NOTIFICATION, "threshold"), None, "notifications[0].threshold"),
        (BUDGET, (*NOTIFICATION, "threshold"), "x", "notifications[0].threshold"),
        (BUDGET, (*NOTIFICATION, "notificationType"), "SOON", "notifications[0].notificationType"),
        (
            BUDGET,
            (*NOTIFICATION, "subscriberEmailAddresses"),
            [f"{n}@example.com" for n in range(11)],
            "notifications[0].subscriberEmailAddresses",
        ),
        (azure_types.DIAGNOSTICS, ("workspaceId",), None, "workspaceId"),
        (azure_types.DIAGNOSTICS, ("logs", 0, "category"), None, "logs[0].category"),
        (azure_types.DIAGNOSTICS, ("logs", 0, "enabled"), None, "logs[0].enabled"),
        (azure_types.ACTION_GROUP, ("groupShortName",), "x" * 13, "groupShortName"),
        (
            azure_types.ACTION_GROUP,
            ("armRoleReceivers", 0, "name"),
            "a",
            "armRoleReceivers[0].name",
        ),
        (
            azure_types.ACTION_GROUP,
            ("emailReceivers", 0, "emailAddress"),
            "nobody",
            "emailReceivers[0].emailAddress",
        ),
        (azure_types.METRIC_ALERT, ("severity",), 5, "severity"),
        (azure_types.METRIC_ALERT, ("windowSize",), "PT1M", "windowSize"),
        (azure_types.METRIC_ALERT, ("windowSize",), "PT7M", "windowSize"),
        (azure_types.METRIC_ALERT, (*CRITERION, "operator"), "Over", "criteria.allOf[0].operator"),
        (
            azure_types.METRIC_ALERT,
            (*CRITERION, "dimensions", 0, "values"),
            [],
            "criteria.allOf[0].dimensions[0].values",
        ),
        (azure_types.METRIC_ALERT, ("criteria", "all_of"), [], "criteria.all_of"),
        (azure_types.QUERY_RULE, (*CRITERION, "query"), None, "criteria.allOf[0].query"),
        (azure_types.QUERY_RULE, ("windowSize",), "P3D", "windowSize"),
        (azure_types.WORKSPACE, ("retentionInDays",), 7, "retentionInDays"),
        (azure_types.WORKSPACE, ("workspaceName",), "-kb", "workspaceName"),
        (azure_types.BUDGET, ("timePeriod", "startDate"), "2026-11-15T00:00:00Z", "timePeriod"),
        (azure_types.BUDGET, (*AZURE_NOTIFICATION, "threshold"), 1001, 'notifications["allSpent"]'),
        (
            azure_types.BUDGET,
            ("notifications",),
            {str(n): AZURE[azure_types.BUDGET]["notifications"]["allSpent"] for n in range(6)},
            "notifications",
        ),
        (azure_types.BUDGET, ("budgetName",), LONG, "budgetName"),
    ],
)
def test_what_the_documentation_forbids_is_refused(
    token: str, path: tuple[str | int, ...], value: Any, refused: str
) -> None:
    payloads, examples = (aws, AWS) if token in AWS else (azure, AZURE)
    found = payloads.failures(token, changed(examples[token], path, value))

    assert any(where.startswith(refused) for where, _ in found), found
