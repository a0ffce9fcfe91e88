"""Payloads of what watches a store that documentation forbids, each a valid one with one value changed."""

from infra.local_cloud.aws import watch_schemas as aws_types
from infra.local_cloud.azure_native import watch_schemas as azure_types
from tests.infra.local_cloud.mutations import Row, at
from tests.infra.local_cloud.watch_examples import AZURE

ALARM = aws_types.METRIC_ALARM
BUDGET = aws_types.BUDGET
METRIC = aws_types.BUCKET_METRIC
NOTIFICATION = ("notifications", 0)
AZURE_NOTIFICATION = ("notifications", "allSpent")
CRITERION = ("criteria", "allOf", 0)
LONG = "kb" * 200
ALL_SPENT = AZURE[azure_types.BUDGET]["notifications"]["allSpent"]

FORBIDDEN: list[Row] = [
    at(ALARM, ("period",), 45),
    at(ALARM, ("evaluationPeriods",), 289),
    at(ALARM, ("treatMissingData",), "ok"),
    at(ALARM, ("evaluateLowSampleCountPercentiles",), "x"),
    at(ALARM, ("extendedStatistic",), "p101"),
    (ALARM, ("extendedStatistic",), None, "statistic"),
    at(ALARM, ("statistic",), "Average"),
    at(ALARM, ("threshold",), "high"),
    (ALARM, ("dimensions", "FilterId"), 7, 'dimensions["FilterId"]'),
    at(ALARM, ("dimensions",), {str(n): "x" for n in range(31)}),
    at(ALARM, ("metricQueries",), []),
    at(METRIC, ("filter",), {}),
    at(METRIC, ("filter", "size"), 1),
    at(METRIC, ("filter", "prefix"), 7),
    at(METRIC, ("filter", "accessPoint"), 7),
    (METRIC, ("filter", "tags"), {"": "x"}, 'filter.tags[""]'),
    at(aws_types.TOPIC, ("name",), "with space"),
    at(aws_types.TOPIC, ("policy",), "{}"),
    at(aws_types.SUBSCRIPTION, ("protocol",), "pigeon"),
    at(aws_types.BUCKET_LOGGING, ("targetGrants",), []),
    (aws_types.TOPIC_POLICY, ("policy", "Statement", 0, "Effect"), "Yes", "policy"),
    at(BUDGET, ("notifications", 0), "x"),
    at(BUDGET, (*NOTIFICATION, "threshold"), None),
    at(BUDGET, (*NOTIFICATION, "threshold"), "x"),
    at(BUDGET, (*NOTIFICATION, "notificationType"), "SOON"),
    at(
        BUDGET, (*NOTIFICATION, "subscriberEmailAddresses"), [f"{n}@example.com" for n in range(11)]
    ),
    at(azure_types.DIAGNOSTICS, ("workspaceId",), None),
    at(azure_types.DIAGNOSTICS, ("logs", 0, "category"), None),
    at(azure_types.DIAGNOSTICS, ("logs", 0, "enabled"), None),
    at(azure_types.ACTION_GROUP, ("groupShortName",), "x" * 13),
    at(azure_types.ACTION_GROUP, ("armRoleReceivers", 0, "name"), "a"),
    at(azure_types.ACTION_GROUP, ("emailReceivers", 0, "emailAddress"), "nobody"),
    at(azure_types.METRIC_ALERT, ("severity",), 5),
    at(azure_types.METRIC_ALERT, ("windowSize",), "PT1M"),
    at(azure_types.METRIC_ALERT, ("windowSize",), "PT7M"),
    at(azure_types.METRIC_ALERT, (*CRITERION, "operator"), "Over"),
    at(azure_types.METRIC_ALERT, (*CRITERION, "dimensions", 0, "values"), []),
    at(azure_types.METRIC_ALERT, ("criteria", "all_of"), []),
    at(azure_types.QUERY_RULE, (*CRITERION, "query"), None),
    at(azure_types.QUERY_RULE, ("windowSize",), "P3D"),
    at(azure_types.WORKSPACE, ("retentionInDays",), 7),
    at(azure_types.WORKSPACE, ("workspaceName",), "-kb"),
    (azure_types.BUDGET, ("timePeriod", "startDate"), "2026-11-15T00:00:00Z", "timePeriod"),
    (azure_types.BUDGET, (*AZURE_NOTIFICATION, "threshold"), 1001, 'notifications["allSpent"]'),
    at(
        azure_types.BUDGET,
        ("notifications",),
        dict.fromkeys("abcdef", ALL_SPENT),
    ),
    at(azure_types.BUDGET, ("budgetName",), LONG),
    at(BUDGET, (*NOTIFICATION, "subscriberEmailAddresses"), "a@example.com"),
    at(azure_types.DIAGNOSTICS, ("workspaceId",), ""),
    at(azure_types.DIAGNOSTICS, ("workspaceId",), "workspace"),
]
