"""A valid payload of every type that watches a store."""

from typing import Any

from infra.local_cloud.aws import watch_schemas as aws_types
from infra.local_cloud.azure_native import watch_schemas as azure_types

Properties = dict[str, Any]

TOPIC = "arn:aws:sns:us-east-1:123456789012:kb"
GROUP = "/subscriptions/s/resourceGroups/kb"
ACTIONS = f"{GROUP}/providers/Microsoft.Insights/actionGroups/kb"
WORKSPACE = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/kb"
BLOBS = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/kb/blobServices/default"

AWS: dict[str, Properties] = {
    aws_types.BUCKET_LOGGING: {
        "bucket": "kb-documents",
        "targetBucket": "kb-log",
        "targetPrefix": "access/",
    },
    aws_types.BUCKET_METRIC: {
        "bucket": "kb-documents",
        "name": "kb-dev",
        "filter": {"prefix": "kb/"},
    },
    aws_types.TOPIC: {"name": "kb", "tags": {"a": "b"}},
    aws_types.TOPIC_POLICY: {
        "arn": TOPIC,
        "policy": {
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "cloudwatch.amazonaws.com"},
                    "Action": "sns:Publish",
                    "Resource": TOPIC,
                }
            ]
        },
    },
    aws_types.SUBSCRIPTION: {"topic": TOPIC, "protocol": "email", "endpoint": "a@example.com"},
    aws_types.METRIC_ALARM: {
        "name": "kb-latency",
        "namespace": "AWS/S3",
        "metricName": "FirstByteLatency",
        "dimensions": {"BucketName": "kb-documents", "FilterId": "kb-dev"},
        "extendedStatistic": "p95",
        "evaluateLowSampleCountPercentiles": "ignore",
        "comparisonOperator": "GreaterThanThreshold",
        "threshold": 0.5,
        "period": 300,
        "evaluationPeriods": 3,
        "treatMissingData": "missing",
        "alarmActions": [TOPIC],
        "okActions": [TOPIC],
        "alarmDescription": "one request in twenty",
        "tags": {"a": "b"},
    },
    aws_types.BUDGET: {
        "name": "kb",
        "accountId": "123456789012",
        "budgetType": "COST",
        "timeUnit": "MONTHLY",
        "limitAmount": "50",
        "limitUnit": "USD",
        "notifications": [
            {
                "comparisonOperator": "GREATER_THAN",
                "notificationType": "ACTUAL",
                "threshold": 80,
                "thresholdType": "PERCENTAGE",
                "subscriberEmailAddresses": ["a@example.com"],
                "subscriberSnsTopicArns": [TOPIC],
            }
        ],
        "tags": {"a": "b"},
    },
}

AZURE: dict[str, Properties] = {
    azure_types.DIAGNOSTICS: {
        "resourceUri": BLOBS,
        "name": "kb",
        "workspaceId": WORKSPACE,
        "logs": [{"category": "StorageRead", "enabled": True}],
        "metrics": [{"category": "Transaction", "enabled": True}],
    },
    azure_types.ACTION_GROUP: {
        "resourceGroupName": "kb",
        "actionGroupName": "kb",
        "groupShortName": "knowledge",
        "enabled": True,
        "location": "Global",
        "emailReceivers": [
            {"name": "a", "emailAddress": "a@example.com", "useCommonAlertSchema": True}
        ],
        "armRoleReceivers": [
            {"name": "owners", "roleId": "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"},
        ],
        "tags": {"a": "b"},
    },
    azure_types.METRIC_ALERT: {
        "resourceGroupName": "kb",
        "ruleName": "kb-latency",
        "actions": [{"actionGroupId": ACTIONS}],
        "criteria": {
            "odataType": "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
            "allOf": [
                {
                    "criterionType": "StaticThresholdCriterion",
                    "name": "latency",
                    "metricName": "SuccessE2ELatency",
                    "metricNamespace": "Microsoft.Storage/storageAccounts/blobServices",
                    "operator": "GreaterThan",
                    "threshold": 1000,
                    "timeAggregation": "Average",
                    "dimensions": [
                        {"name": "ApiName", "operator": "Include", "values": ["GetBlob"]}
                    ],
                }
            ],
        },
        "enabled": True,
        "evaluationFrequency": "PT5M",
        "windowSize": "PT15M",
        "location": "global",
        "scopes": [BLOBS],
        "severity": 2,
    },
    azure_types.QUERY_RULE: {
        "resourceGroupName": "kb",
        "ruleName": "kb-quiet",
        "actions": {"actionGroups": [ACTIONS]},
        "criteria": {
            "allOf": [
                {
                    "query": "StorageBlobLogs",
                    "timeAggregation": "Count",
                    "operator": "LessThan",
                    "threshold": 1,
                    "failingPeriods": {
                        "numberOfEvaluationPeriods": 1,
                        "minFailingPeriodsToAlert": 1,
                    },
                }
            ]
        },
        "enabled": True,
        "evaluationFrequency": "PT1H",
        "windowSize": "P1D",
        "kind": "LogAlert",
        "location": "koreacentral",
        "scopes": [WORKSPACE],
        "severity": 2,
        "skipQueryValidation": True,
    },
    azure_types.WORKSPACE: {
        "resourceGroupName": "kb",
        "workspaceName": "kb-log",
        "location": "koreacentral",
        "sku": {"name": "PerGB2018"},
        "retentionInDays": 90,
        "features": {"disableLocalAuth": True},
        "tags": {"a": "b"},
    },
    azure_types.BUDGET: {
        "scope": GROUP,
        "budgetName": "kb",
        "amount": 50,
        "category": "Cost",
        "timeGrain": "Monthly",
        "timePeriod": {"startDate": "2026-11-01T00:00:00Z"},
        "notifications": {
            "allSpent": {
                "enabled": True,
                "operator": "GreaterThan",
                "threshold": 100,
                "thresholdType": "Actual",
                "contactEmails": ["a@example.com"],
                "contactGroups": [ACTIONS],
            }
        },
    },
}
