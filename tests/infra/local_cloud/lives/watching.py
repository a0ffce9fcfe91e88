"""The lives of what watches: records of all clouds."""

from collections.abc import Callable
from typing import Any

from infra.local_cloud.aws import watch_schemas as aws_types
from infra.local_cloud.azure_native import watch_schemas as azure_types
from infra.local_cloud.gcp import watch_schemas as gcp_types
from tests.infra.local_cloud.gcp.examples import GCP
from tests.infra.local_cloud.lives.life import Life, World, given, recorded
from tests.infra.local_cloud.watch_examples import AWS, AZURE


def _in_aws(token: str, **changes: Any) -> Callable[[World, str], object]:
    return lambda world, resource_id: world.plane.change(f"{token}:{resource_id}", **changes)


def _aws(token: str, *, update: dict[str, Any], replacement: dict[str, Any]) -> Life:
    drifted = next(iter(update))
    drift = _in_aws(token, **{drifted: update[drifted]})
    return Life(given(AWS[token]), replacement, drift, drifted, update)


def _by_id(inputs: dict[str, Any], *, update: dict[str, Any], replacement: dict[str, Any]) -> Life:
    drifted = next(iter(update))
    drift = recorded(**{drifted: update[drifted]})
    return Life(given(inputs), replacement, drift, drifted, update)


LIVES: dict[str, Life] = {
    gcp_types.CHANNEL: _by_id(
        GCP[gcp_types.CHANNEL], update={"enabled": False}, replacement={"project": "kb-others"}
    ),
    gcp_types.ALERT_POLICY: _by_id(
        GCP[gcp_types.ALERT_POLICY], update={"enabled": False}, replacement={"project": "kb-others"}
    ),
    gcp_types.BUDGET: _by_id(
        GCP[gcp_types.BUDGET],
        update={"amount": {"specifiedAmount": {"units": "500"}}},
        replacement={"billingAccount": "9A1B2C-3D4E5F-6A7B8C"},
    ),
    aws_types.TOPIC: _aws(
        aws_types.TOPIC, update={"tags": {"c": "d"}}, replacement={"name": "renamed"}
    ),
    aws_types.TOPIC_POLICY: _aws(
        aws_types.TOPIC_POLICY,
        update={
            "policy": {
                "Statement": [
                    {"Effect": "Deny", "Principal": "*", "Action": "sns:*"} | {"Resource": "*"}
                ]
            }
        },
        replacement={"arn": "arn:aws:sns:us-east-1:123456789012:renamed"},
    ),
    aws_types.SUBSCRIPTION: Life(
        inputs=given(AWS[aws_types.SUBSCRIPTION]),
        replacement={"endpoint": "b@example.com"},
        drift=_in_aws(aws_types.SUBSCRIPTION, protocol="email-json"),
        drifted="protocol",
    ),
    aws_types.METRIC_ALARM: _aws(
        aws_types.METRIC_ALARM, update={"threshold": 2}, replacement={"name": "renamed"}
    ),
    aws_types.BUDGET: _aws(
        aws_types.BUDGET, update={"limitAmount": "500"}, replacement={"name": "renamed"}
    ),
    aws_types.BUCKET_LOGGING: _aws(
        aws_types.BUCKET_LOGGING,
        update={"targetPrefix": "others/"},
        replacement={"bucket": "kb-others"},
    ),
    aws_types.BUCKET_METRIC: _aws(
        aws_types.BUCKET_METRIC,
        update={"filter": {"prefix": "others/"}},
        replacement={"name": "renamed"},
    ),
    azure_types.WORKSPACE: _by_id(
        AZURE[azure_types.WORKSPACE],
        update={"retentionInDays": 30},
        replacement={"workspaceName": "renamed"},
    ),
    azure_types.DIAGNOSTICS: _by_id(
        AZURE[azure_types.DIAGNOSTICS],
        update={"logs": [{"category": "StorageRead", "enabled": False}]},
        replacement={"name": "renamed"},
    ),
    azure_types.ACTION_GROUP: _by_id(
        AZURE[azure_types.ACTION_GROUP],
        update={"enabled": False},
        replacement={"actionGroupName": "renamed"},
    ),
    azure_types.METRIC_ALERT: _by_id(
        AZURE[azure_types.METRIC_ALERT], update={"severity": 4}, replacement={"ruleName": "renamed"}
    ),
    azure_types.QUERY_RULE: _by_id(
        AZURE[azure_types.QUERY_RULE],
        update={"enabled": False},
        replacement={"location": "westeurope"},
    ),
    azure_types.BUDGET: _by_id(
        AZURE[azure_types.BUDGET], update={"amount": 500}, replacement={"budgetName": "renamed"}
    ),
}
