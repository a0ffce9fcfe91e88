"""Payloads that AWS documents as wrong, each a valid one with one value changed."""

from infra.local_cloud.aws import schemas as aws_types
from tests.infra.local_cloud.mutations import Row, at
from tests.infra.local_cloud.payload_examples import IDENTITY_POLICY, TRUST

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
KEPT_BEGINNINGS = ("xn--", "sthree-", "amzn-s3-demo-")
KEPT_ENDS = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")

LIFECYCLE = aws_types.LIFECYCLE
RULE = ("rules", 0)
BOTH = (*RULE, "filter", "and")
BY_DEFAULT = (
    *RULE,
    "applyServerSideEncryptionByDefault",
)
STATEMENT = {"Effect": "Allow", "Action": "s3:*", "Principal": "*", "Resource": "*"}

FORBIDDEN: list[Row] = [
    at(aws_types.BUCKET, ("bucket",), "KB"),
    at(aws_types.BUCKET, ("bucket",), "a..b"),
    at(aws_types.BUCKET, ("bucket",), "10.0.0.1"),
    at(aws_types.BUCKET, ("bucket",), "xn--kb"),
    at(aws_types.BUCKET, ("acl",), "private"),
    at(aws_types.ENCRYPTION, ("rules",), []),
    at(aws_types.VPC_ENDPOINT, ("subnetIds",), ["subnet-1"]),
    at(aws_types.VPC_ENDPOINT, ("serviceName",), None),
    at(LIFECYCLE, ("rules",), []),
    at(LIFECYCLE, (*RULE, "id"), "x" * 256),
    at(LIFECYCLE, (*RULE, "id"), "tagged"),
    at(LIFECYCLE, (*RULE, "id"), None),
    at(LIFECYCLE, (*RULE, "status"), None),
    at(LIFECYCLE, (*RULE, "prefix"), "kb/"),
    (LIFECYCLE, (*RULE, "filter", "prefix"), "kb/", "rules[0].filter"),
    (LIFECYCLE, (*RULE, "filter", "and", "prefix"), None, "rules[0].filter.and"),
    at(LIFECYCLE, (*RULE, "transitions", 0, "days"), -1),
    (LIFECYCLE, (*RULE, "transitions", 0, "days"), 90, "rules[0].transitions[1].days"),
    (LIFECYCLE, (*RULE, "transitions", 0, "days"), 91, "rules[0].transitions[0].storageClass"),
    (LIFECYCLE, (*RULE, "transitions", 0, "storageClass"), None, "rules[0].transitions[0]"),
    (
        LIFECYCLE,
        (*RULE, "transitions", 0, "date"),
        "2027-01-01T00:00:00Z",
        "rules[0].transitions",
    ),
    at(LIFECYCLE, (*RULE, "expiration", "days"), 90),
    at(LIFECYCLE, (*RULE, "expiration", "days"), 0),
    (LIFECYCLE, (*RULE, "expiration", "date"), "2028-01-01T00:00:00Z", "rules[0].expiration"),
    at(LIFECYCLE, (*RULE, "expiration"), {}),
    at(LIFECYCLE, (*RULE, "noncurrentVersionTransitions", 0, "noncurrentDays"), 0),
    at(LIFECYCLE, (*RULE, "noncurrentVersionExpiration", "noncurrentDays"), 30),
    at(LIFECYCLE, (*RULE, "noncurrentVersionExpiration", "newerNoncurrentVersions"), 101),
    at(LIFECYCLE, (*RULE, "abortIncompleteMultipartUpload", "daysAfterInitiation"), 0),
    at(LIFECYCLE, ("rules", 1, "abortIncompleteMultipartUpload"), {"daysAfterInitiation": 7}),
    at(LIFECYCLE, ("rules", 1, "transitions", 0, "date"), "2027-01-01T07:00:00Z"),
    at(LIFECYCLE, ("rules", 1), {"id": "x", "status": "Enabled"}),
    at(aws_types.ROLE_POLICY, ("policy",), "{"),
    (aws_types.ROLE_POLICY, ("policy",), TRUST, "policy.Statement[0]"),
    (aws_types.ROLE, ("assumeRolePolicy",), IDENTITY_POLICY, "assumeRolePolicy.Statement[0]"),
    (aws_types.BUCKET_POLICY, ("policy",), IDENTITY_POLICY, "policy.Statement[0].Principal"),
    (aws_types.USER_POLICY, ("policy",), {"Statement": []}, "policy.Statement"),
    at(aws_types.ACCESS_KEY, ("status",), "On"),
    at(aws_types.KEY, ("deletionWindowInDays",), 6),
    at(aws_types.KEY, ("deletionWindowInDays",), 31),
    at(aws_types.KEY, ("deletionWindowInDays",), True),
    at(aws_types.KEY, ("rotationPeriodInDays",), 89),
    at(aws_types.KEY, ("rotationPeriodInDays",), 2561),
    (aws_types.KEY, ("enableKeyRotation",), False, "rotationPeriodInDays"),
    (aws_types.KEY, ("customerMasterKeySpec",), "RSA_2048", "enableKeyRotation"),
    (aws_types.KEY, ("policy",), IDENTITY_POLICY, "policy.Statement[0].Principal"),
    at(aws_types.KEY, ("xksKeyId",), "x"),
    at(LIFECYCLE, ("rules",), [{"status": "Enabled"}] * 1001),
    at(LIFECYCLE, (*RULE, "id"), ""),
    at(LIFECYCLE, (*BOTH, "objectSizeGreaterThan"), -1),
    at(LIFECYCLE, (*BOTH, "objectSizeLessThan"), 1),
    (LIFECYCLE, ("rules", 1, "expiration"), {"days": 9000}, "rules[1].expiration.days"),
    (
        LIFECYCLE,
        ("rules", 1, "expiration"),
        {"expiredObjectDeleteMarker": True},
        "rules[1].expiration.expiredObjectDeleteMarker",
    ),
    at(LIFECYCLE, (*RULE, "noncurrentVersionTransitions", 0, "newerNoncurrentVersions"), 0),
    at(aws_types.BUCKET, ("bucketPrefix",), "others-"),
    at(aws_types.BUCKET, ("bucketPrefix",), "k" * 38),
    *(at(aws_types.BUCKET, ("bucket",), f"{begin}kb") for begin in KEPT_BEGINNINGS),
    *(at(aws_types.BUCKET, ("bucket",), f"kb{end}") for end in KEPT_ENDS),
    at(aws_types.BUCKET, ("bucketVersion",), 1),
    (
        aws_types.ENCRYPTION,
        (*BY_DEFAULT, "sseAlgorithm"),
        "AES256",
        "rules[0].applyServerSideEncryptionByDefault.kmsMasterKeyId",
    ),
    (aws_types.BUCKET_POLICY, ("policy",), {"Sid": "x", "Statement": [STATEMENT]}, "policy.Sid"),
    (
        aws_types.BUCKET_POLICY,
        ("policy",),
        {"Version": "2012", "Statement": [STATEMENT]},
        "policy.Version",
    ),
    (aws_types.BUCKET_POLICY, ("policy",), {"Statement": "x"}, "policy.Statement"),
    (aws_types.BUCKET_POLICY, ("policy",), {"Statement": ["x"]}, "policy.Statement[0]"),
    (
        aws_types.BUCKET_POLICY,
        ("policy",),
        {"Statement": [STATEMENT | {"When": 1}]},
        "policy.Statement[0].When",
    ),
]
