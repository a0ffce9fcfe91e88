"""Fixtures of the rules for resources of AWS."""

from collections.abc import Mapping

from tests.infra.rules.fixtures import TAGS, Fixture, document

TLS_ONLY = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": "arn:aws:s3:::kb/*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
GRANT = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::kb/kb/*"}
TRUST = {
    "Effect": "Allow",
    "Action": "sts:AssumeRoleWithWebIdentity",
    "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/issuer.example"},
    "Condition": {
        "StringEquals": {"issuer.example:aud": "sts.amazonaws.com", "issuer.example:sub": "one"}
    },
}
ALL_CLOSED = dict.fromkeys(
    ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"), True
)
_BUCKET = "aws:s3/bucket:Bucket"
_ROLE = "aws:iam/role:Role"
_ROLE_INPUTS = {"assumeRolePolicy": document(**TRUST), "tags": TAGS}

FIXTURES: Mapping[str, tuple[Fixture, ...]] = {
    "s3-public-access": (
        Fixture(
            "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
            ALL_CLOSED,
            {name: {name: False} for name in ALL_CLOSED},
        ),
    ),
    "s3-no-public-list": (
        Fixture(_BUCKET, {"acl": "private", "tags": TAGS}, {"acl": {"acl": "public-read"}}),
    ),
    "s3-access-lists-off": (
        Fixture(
            "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
            {"rule": {"objectOwnership": "BucketOwnerEnforced"}},
            {"rule.objectOwnership": {"rule": {"objectOwnership": "ObjectWriter"}}},
        ),
    ),
    "s3-tls": (
        Fixture(
            "aws:s3/bucketPolicy:BucketPolicy",
            {"policy": document(**TLS_ONLY)},
            {"policy": {"policy": document(**{**TLS_ONLY, "Action": "s3:GetObject"})}},
        ),
    ),
    "aws-nobody-unnamed": (
        Fixture(
            "aws:sns/topicPolicy:TopicPolicy",
            {"policy": document(**{**GRANT, "Principal": {"AWS": "123456789012"}})},
            {"policy": {"policy": document(**{**GRANT, "Principal": {"AWS": "*"}})}},
        ),
        Fixture(
            _ROLE,
            _ROLE_INPUTS,
            {
                "assumeRolePolicy": {
                    "assumeRolePolicy": document(
                        Effect="Allow", Principal="*", Action="sts:AssumeRole"
                    )
                }
            },
        ),
    ),
    "s3-encryption": (
        Fixture(
            "aws:s3/bucketServerSideEncryptionConfiguration:"
            "BucketServerSideEncryptionConfiguration",
            {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms"}}]},
            {
                "rules[0].applyServerSideEncryptionByDefault.sseAlgorithm": {
                    "rules": [{"bucketKeyEnabled": True}]
                }
            },
        ),
    ),
    "s3-versioning": (
        Fixture(
            "aws:s3/bucketVersioning:BucketVersioning",
            {"versioningConfiguration": {"status": "Enabled"}},
            {
                "versioningConfiguration.status": {
                    "versioningConfiguration": {"status": "Suspended"}
                }
            },
        ),
    ),
    "kms-rotation": (
        Fixture(
            "aws:kms/key:Key",
            {"enableKeyRotation": True, "tags": TAGS},
            {"enableKeyRotation": {"enableKeyRotation": None}},
        ),
    ),
    "iam-no-wildcards": (
        Fixture(
            "aws:iam/rolePolicy:RolePolicy",
            {"policy": document(**GRANT)},
            {"policy": {"policy": document(**{**GRANT, "Action": "s3:*"})}},
        ),
        Fixture(
            "aws:iam/userPolicy:UserPolicy",
            {"policy": document(**GRANT)},
            {"policy": {"policy": document(**{**GRANT, "Resource": "*"})}},
        ),
        Fixture(
            "aws:iam/policy:Policy",
            {"policy": document(**GRANT)},
            {"policy": {"policy": document(**{**GRANT, "NotAction": "iam:*"})}},
        ),
    ),
    "iam-whole-subjects": (
        Fixture(
            _ROLE,
            _ROLE_INPUTS,
            {
                "assumeRolePolicy": {
                    "assumeRolePolicy": document(
                        **{**TRUST, "Condition": {"StringLike": {"issuer.example:sub": "repo:*"}}}
                    )
                }
            },
        ),
    ),
    "aws-no-long-lived-keys": (Fixture("aws:iam/accessKey:AccessKey", None, {"": {"user": "u"}}),),
    "s3-not-emptied": (Fixture(_BUCKET, {"tags": TAGS}, {"forceDestroy": {"forceDestroy": True}}),),
    "aws-budget-tells-somebody": (
        Fixture(
            "aws:budgets/budget:Budget",
            {"notifications": [{"subscriberEmailAddresses": ["a@example.com"]}]},
            {
                "notifications": {"notifications": []},
                "notifications[0]": {"notifications": [{"subscriberEmailAddresses": []}]},
            },
        ),
    ),
    "aws-alarm-tells-somebody": (
        Fixture(
            "aws:cloudwatch/metricAlarm:MetricAlarm",
            {"alarmActions": ["arn:aws:sns:us-east-1:123456789012:kb"], "tags": TAGS},
            {"alarmActions": {"alarmActions": []}},
        ),
    ),
    "aws-tags": (Fixture(_BUCKET, {"tags": TAGS}, {"tags": {"tags": {"project": "any"}}}),),
}
