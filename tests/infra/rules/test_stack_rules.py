"""Each rule about a whole stack finds the stack that breaks it, by the resource that lacks something."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from infra.rules import STACK_RULES, Declared, stack_findings
from tests.infra.rules.fixtures import TAGS
from tests.infra.rules.gcp_fixtures import GCS

Stack = tuple[Declared, ...]

_PARTS = (
    "bucketPublicAccessBlock:BucketPublicAccessBlock",
    "bucketOwnershipControls:BucketOwnershipControls",
    "bucketPolicy:BucketPolicy",
    "bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "bucketVersioning:BucketVersioning",
    "bucketLifecycleConfiguration:BucketLifecycleConfiguration",
)
BUCKET = "aws:s3/bucket:Bucket kb"
ACCOUNT = "azure-native:storage:StorageAccount kb"


def one(token: str, **inputs: object) -> Declared:
    return Declared(type=token, name="kb", inputs=inputs, protected=True)


WHOLE: Stack = (
    one("aws:s3/bucket:Bucket", tags=TAGS),
    *(one(f"aws:s3/{part}", bucket="kb") for part in _PARTS),
    one("aws:s3/bucketLogging:BucketLogging", bucket="kb", targetBucket="kb-log"),
    one("aws:cloudwatch/metricAlarm:MetricAlarm", alarmActions=["arn:aws:sns:::kb"], tags=TAGS),
    one("aws:sns/topic:Topic", tags=TAGS),
    one("aws:sns/topicSubscription:TopicSubscription", topic="arn:aws:sns:::kb"),
    one(
        "aws:budgets/budget:Budget",
        notifications=[{"subscriberEmailAddresses": ["a@example.com"]}],
    ),
    one("azure-native:storage:StorageAccount", accountName="kb"),
    one("azure-native:storage:BlobServiceProperties", accountName="kb"),
    one("azure-native:monitor:DiagnosticSetting"),
    one("azure-native:monitor:MetricAlert", actions=[{"actionGroupId": "kb"}]),
    one("azure-native:monitor:ActionGroup", emailReceivers=[{"name": "a"}], tags=TAGS),
    one("azure-native:consumption:Budget", notifications={"a": {"contactEmails": ["a@b.example"]}}),
    one("gcp:storage/bucket:Bucket", **GCS, logging={"logBucket": "kb-log"}),
    one("gcp:monitoring/alertPolicy:AlertPolicy", notificationChannels=["kb"]),
    one("gcp:billing/budget:Budget", thresholdRules=[{"thresholdPercent": 1}]),
)


def without(*types: str) -> Callable[[Stack], Stack]:
    return lambda stack: tuple(it for it in stack if it.type.rpartition(":")[2] not in types)


def without_type(token: str) -> Callable[[Stack], Stack]:
    return lambda stack: tuple(it for it in stack if it.type != token)


def changed(token: str, **inputs: object) -> Callable[[Stack], Stack]:
    return lambda stack: tuple(
        replace(it, inputs=inputs) if it.type.endswith(f":{token}") else it for it in stack
    )


def unprotected(stack: Stack) -> Stack:
    return tuple(replace(it, protected=it.type != "aws:s3/bucket:Bucket") for it in stack)


BROKEN = [
    *(("s3-whole", without(part.rpartition(":")[2]), BUCKET) for part in _PARTS),
    ("s3-whole", changed("BucketPolicy", bucket="another"), BUCKET),
    ("azure-whole", without("BlobServiceProperties"), ACCOUNT),
    ("documents-protected", unprotected, BUCKET),
    ("budget-present", without_type("aws:budgets/budget:Budget"), BUCKET),
    ("budget-present", without_type("azure-native:consumption:Budget"), ACCOUNT),
    ("alarms-present", without("MetricAlert"), ACCOUNT),
    ("alarms-present", without("MetricAlarm"), BUCKET),
    ("access-log-present", without("BucketLogging"), BUCKET),
    ("access-log-present", without("DiagnosticSetting"), ACCOUNT),
    (
        "access-log-present",
        lambda stack: tuple(
            replace(it, inputs=GCS) if it.type == "gcp:storage/bucket:Bucket" else it
            for it in stack
        ),
        "gcp:storage/bucket:Bucket kb",
    ),
    ("somebody-is-told", without("TopicSubscription"), "aws:sns/topic:Topic kb"),
    (
        "somebody-is-told",
        changed("ActionGroup", emailReceivers=[]),
        "azure-native:monitor:ActionGroup kb",
    ),
]


def found_in(stack: Stack) -> list[tuple[str, str]]:
    of_stacks = {rule.name for rule in STACK_RULES}
    return [
        (it.rule, it.resource)
        for it in stack_findings(stack, posture="lasting")
        if it.rule in of_stacks
    ]


def test_a_whole_stack_has_no_findings() -> None:
    assert found_in(WHOLE) == []


@pytest.mark.parametrize(("rule", "change", "resource"), BROKEN)
def test_a_stack_that_lacks_something_is_found_by_the_resource_that_lacks_it(
    rule: str, change: Callable[[Stack], Stack], resource: str
) -> None:
    assert found_in(change(WHOLE)) == [(rule, resource)]


def test_every_stack_rule_has_a_stack_that_fails_it() -> None:
    assert {rule for rule, _, _ in BROKEN} == {rule.name for rule in STACK_RULES}
