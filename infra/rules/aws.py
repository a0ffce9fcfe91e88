"""The rules for resources of AWS."""

from typing import Final

from infra.rules.documents import (
    grants_no_wildcard,
    opens_to_nobody_unnamed,
    refuses_plain_text,
    trusts_whole_subjects,
)
from infra.rules.terms import Problem, Properties, Rule, every, is_known, must_be, never

_ACL: Final = "an access list could open the bucket beside its policy"
_PUBLIC_ACLS: Final = ("public-read", "public-read-write", "authenticated-read")


def _encryption(inputs: Properties) -> list[Problem]:
    rules = inputs.get("rules")
    found: list[Problem] = []
    for index, rule in enumerate(rules if isinstance(rules, list) else []):
        path = f"rules[{index}].applyServerSideEncryptionByDefault.sseAlgorithm"
        by_default = (
            rule.get("applyServerSideEncryptionByDefault") if isinstance(rule, dict) else {}
        )
        algorithm = by_default.get("sseAlgorithm") if isinstance(by_default, dict) else None
        if is_known(algorithm) and algorithm not in ("AES256", "aws:kms", "aws:kms:dsse"):
            found.append((path, f"is {algorithm!r}: what is written must be encrypted at rest"))
    return found


def _no_public_list(inputs: Properties) -> list[Problem]:
    acl = inputs.get("acl")
    return [("acl", f"is {acl!r}: nobody unnamed may read")] if acl in _PUBLIC_ACLS else []


def _somebody_subscribes(inputs: Properties) -> list[Problem]:
    notifications = inputs.get("notifications")
    if not is_known(notifications):
        return []
    if not notifications:
        return [("notifications", "is empty: a budget must tell somebody")]
    return [
        (f"notifications[{index}]", "has no subscriber: a budget must tell somebody")
        for index, one in enumerate(notifications)
        if isinstance(one, dict)
        and not (one.get("subscriberEmailAddresses") or one.get("subscriberSnsTopicArns"))
    ]


def _tells_somebody(inputs: Properties) -> list[Problem]:
    actions = inputs.get("alarmActions")
    if not is_known(actions) or actions:
        return []
    return [("alarmActions", "is empty: an alarm must tell somebody")]


RULES: Final = (
    Rule(
        name="s3-public-access",
        demand="A bucket's public access block closes all four ways in.",
        types=("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",),
        problems=every(
            *(
                must_be(name, True, because="nobody unnamed may read or write")
                for name in (
                    *("blockPublicAcls", "blockPublicPolicy"),
                    *("ignorePublicAcls", "restrictPublicBuckets"),
                )
            )
        ),
    ),
    Rule(
        name="s3-no-public-list",
        demand="No canned access list opens a bucket.",
        types=("aws:s3/bucket:Bucket", "aws:s3/bucketAcl:BucketAcl"),
        problems=_no_public_list,
    ),
    Rule(
        name="s3-access-lists-off",
        demand="Only policies decide who reaches a bucket's objects.",
        types=("aws:s3/bucketOwnershipControls:BucketOwnershipControls",),
        problems=must_be("rule.objectOwnership", "BucketOwnerEnforced", because=_ACL),
    ),
    Rule(
        name="s3-tls",
        demand="A bucket's policy refuses whoever comes without TLS.",
        types=("aws:s3/bucketPolicy:BucketPolicy",),
        problems=refuses_plain_text,
    ),
    Rule(
        name="aws-nobody-unnamed",
        demand="No policy of a bucket, topic, key or role allows everybody.",
        types=(
            "aws:s3/bucketPolicy:BucketPolicy",
            "aws:sns/topicPolicy:TopicPolicy",
            "aws:kms/key:Key",
            "aws:iam/role:Role",
        ),
        problems=opens_to_nobody_unnamed,
    ),
    Rule(
        name="s3-encryption",
        demand="A bucket encrypts what is written to it.",
        types=(
            "aws:s3/bucketServerSideEncryptionConfiguration:"
            "BucketServerSideEncryptionConfiguration",
        ),
        problems=_encryption,
    ),
    Rule(
        name="s3-versioning",
        demand="A bucket keeps what is replaced or deleted.",
        types=("aws:s3/bucketVersioning:BucketVersioning",),
        problems=must_be(
            "versioningConfiguration.status",
            "Enabled",
            because="what is replaced or deleted could not be brought back",
        ),
    ),
    Rule(
        name="kms-rotation",
        demand="A key of our own is rotated.",
        types=("aws:kms/key:Key",),
        problems=must_be("enableKeyRotation", True, because="a key must not last for ever"),
    ),
    Rule(
        name="iam-no-wildcards",
        demand="An identity's policy names each action and resource.",
        types=(
            "aws:iam/rolePolicy:RolePolicy",
            "aws:iam/userPolicy:UserPolicy",
            "aws:iam/policy:Policy",
        ),
        problems=grants_no_wildcard,
    ),
    Rule(
        name="iam-whole-subjects",
        demand="A workload is trusted by its whole subject and audience.",
        types=("aws:iam/role:Role",),
        problems=trusts_whole_subjects,
    ),
    Rule(
        name="aws-no-long-lived-keys",
        demand="Nobody has an access key.",
        since="lasting",
        types=("aws:iam/accessKey:AccessKey",),
        problems=never("is a key without an end: act as the role"),
    ),
    Rule(
        name="s3-not-emptied",
        demand="A bucket that holds something is not deleted with it.",
        since="lasting",
        types=("aws:s3/bucket:Bucket",),
        problems=must_be(
            "forceDestroy", False, None, because="destroy would delete what is in the bucket"
        ),
    ),
    Rule(
        name="aws-budget-tells-somebody",
        demand="A budget tells somebody, by e-mail or a topic.",
        types=("aws:budgets/budget:Budget",),
        problems=_somebody_subscribes,
    ),
    Rule(
        name="aws-alarm-tells-somebody",
        demand="An alarm tells somebody.",
        types=("aws:cloudwatch/metricAlarm:MetricAlarm",),
        problems=_tells_somebody,
    ),
)
