"""The resource types of pulumi-aws 7 that watch a bucket, and the AWS operation behind each."""

from collections.abc import Mapping
from typing import Final

from infra.local_cloud.aws.schema import Schema, unserved

BUCKET_LOGGING: Final = "aws:s3/bucketLogging:BucketLogging"
BUCKET_METRIC: Final = "aws:s3/bucketMetric:BucketMetric"
TOPIC: Final = "aws:sns/topic:Topic"
TOPIC_POLICY: Final = "aws:sns/topicPolicy:TopicPolicy"
SUBSCRIPTION: Final = "aws:sns/topicSubscription:TopicSubscription"
METRIC_ALARM: Final = "aws:cloudwatch/metricAlarm:MetricAlarm"
BUDGET: Final = "aws:budgets/budget:Budget"

_ALARM_MEMBERS: Final = {
    "name": "AlarmName",
    "actionsEnabled": "ActionsEnabled",
    "alarmActions": "AlarmActions",
    "alarmDescription": "AlarmDescription",
    "comparisonOperator": "ComparisonOperator",
    "datapointsToAlarm": "DatapointsToAlarm",
    "evaluateLowSampleCountPercentiles": "EvaluateLowSampleCountPercentile",
    "evaluationPeriods": "EvaluationPeriods",
    "extendedStatistic": "ExtendedStatistic",
    "insufficientDataActions": "InsufficientDataActions",
    "metricName": "MetricName",
    "namespace": "Namespace",
    "okActions": "OKActions",
    "period": "Period",
    "statistic": "Statistic",
    "tags": "Tags",
    "threshold": "Threshold",
    "treatMissingData": "TreatMissingData",
    "unit": "Unit",
}

_FEEDBACK: Final = tuple(
    f"{protocol}{what}"
    for protocol in ("application", "firehose", "http", "lambda", "sqs")
    for what in (
        *("FailureFeedbackRoleArn", "SuccessFeedbackRoleArn", "SuccessFeedbackSampleRate"),
    )
)

WATCH_SCHEMAS: Final[Mapping[str, Schema]] = {
    BUCKET_LOGGING: Schema(
        service="s3",
        operation="PutBucketLogging",
        members={
            "bucket": "Bucket",
            "targetBucket": "BucketLoggingStatus.LoggingEnabled.TargetBucket",
            "targetPrefix": "BucketLoggingStatus.LoggingEnabled.TargetPrefix",
            "expectedBucketOwner": "ExpectedBucketOwner",
        },
        required=("bucket", "targetBucket", "targetPrefix"),
        own={"region": str},
        refused={
            "targetGrants": "needs access lists, which BucketOwnerEnforced switches off",
            "targetObjectKeyFormat": "is not served by the local cloud",
        },
        replaces=("bucket", "region", "expectedBucketOwner"),
    ),
    BUCKET_METRIC: Schema(
        service="s3",
        operation="PutBucketMetricsConfiguration",
        members={"bucket": "Bucket", "name": "Id"},
        required=("bucket",),
        # pulumi-aws writes S3's Prefix, Tag, AccessPointArn and And in a form of its own.
        own={"filter": dict, "region": str},
        replaces=("bucket", "name", "region"),
    ),
    TOPIC: Schema(
        service="sns",
        operation="CreateTopic",
        members={"name": "Name", "tags": "Tags"},
        own={"namePrefix": str, "displayName": str, "kmsMasterKeyId": str, "region": str},
        refused={"policy": "is not served by the local cloud: use the resource aws.sns.TopicPolicy"}
        | unserved("archivePolicy", "contentBasedDeduplication", "deliveryPolicy", "fifoTopic")
        | unserved("fifoThroughputScope", "maximumMessageSize", "signatureVersion", "tracingConfig")
        | unserved(*_FEEDBACK),
        replaces=("name", "namePrefix", "region"),
    ),
    TOPIC_POLICY: Schema(
        service="sns",
        operation="SetTopicAttributes",
        members={"arn": "TopicArn", "policy": "AttributeValue"},
        required=("arn", "policy"),
        own={"region": str},
        replaces=("arn", "region"),
    ),
    SUBSCRIPTION: Schema(
        service="sns",
        operation="Subscribe",
        members={"topic": "TopicArn", "protocol": "Protocol", "endpoint": "Endpoint"},
        required=("topic", "protocol", "endpoint"),
        own={"region": str},
        refused=unserved("confirmationTimeoutInMinutes", "deliveryPolicy", "endpointAutoConfirms")
        | unserved("filterPolicy", "filterPolicyScope", "rawMessageDelivery", "redrivePolicy")
        | unserved("replayPolicy", "subscriptionRoleArn"),
        replaces=("topic", "protocol", "endpoint", "region"),
    ),
    METRIC_ALARM: Schema(
        service="cloudwatch",
        operation="PutMetricAlarm",
        members=_ALARM_MEMBERS,
        required=("comparisonOperator", "evaluationPeriods"),
        own={"dimensions": dict, "region": str},
        refused={"metricQueries": "is not served by the local cloud: name one metric"}
        | unserved("evaluationCriteria", "evaluationInterval", "evaluationWindow")
        | unserved("thresholdMetricId", "warmUpConfiguration"),
        replaces=("name", "region"),
    ),
    BUDGET: Schema(
        service="budgets",
        operation="CreateBudget",
        members={
            "accountId": "AccountId",
            "name": "Budget.BudgetName",
            "budgetType": "Budget.BudgetType",
            "timeUnit": "Budget.TimeUnit",
            "limitAmount": "Budget.BudgetLimit.Amount",
            "limitUnit": "Budget.BudgetLimit.Unit",
            "tags": "ResourceTags",
        },
        required=("budgetType", "timeUnit"),
        own={"namePrefix": str, "notifications": list},
        refused=unserved("autoAdjustData", "billingViewArn", "costFilters", "costTypes")
        | unserved("filterExpression", "metrics", "plannedLimits")
        | unserved("timePeriodEnd", "timePeriodStart"),
        replaces=("accountId", "name", "namePrefix"),
    ),
}
