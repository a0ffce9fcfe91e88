"""Fixtures of the rules for resources of Google Cloud."""

from collections.abc import Mapping

from tests.infra.rules.fixtures import TAGS, Fixture

GCS = {
    "publicAccessPrevention": "enforced",
    "uniformBucketLevelAccess": True,
    "versioning": {"enabled": True},
    "softDeletePolicy": {"retentionDurationSeconds": 30 * 86_400},
    "forceDestroy": False,
    "labels": TAGS,
}
_GCS = "gcp:storage/bucket:Bucket"
_GRANT = "gcp:storage/bucketIAMMember:BucketIAMMember"
_BINDING = "gcp:storage/bucketIAMBinding:BucketIAMBinding"

FIXTURES: Mapping[str, tuple[Fixture, ...]] = {
    "gcs-public-access": (
        Fixture(_GCS, GCS, {"publicAccessPrevention": {"publicAccessPrevention": "inherited"}}),
    ),
    "gcs-access-lists-off": (
        Fixture(_GCS, GCS, {"uniformBucketLevelAccess": {"uniformBucketLevelAccess": None}}),
    ),
    "gcs-versioning": (
        Fixture(_GCS, GCS, {"versioning.enabled": {"versioning": {"enabled": False}}}),
    ),
    "gcs-soft-delete": (
        Fixture(
            _GCS,
            GCS,
            {
                "softDeletePolicy.retentionDurationSeconds": {
                    "softDeletePolicy": {"retentionDurationSeconds": 0}
                }
            },
        ),
    ),
    "gcs-not-emptied": (Fixture(_GCS, GCS, {"forceDestroy": {"forceDestroy": True}}),),
    "gcp-nobody-unnamed": (
        Fixture(
            _GRANT,
            {"role": "projects/p/roles/agent", "member": "serviceAccount:a@p.example"},
            {"member": {"member": "allUsers"}},
        ),
        Fixture(
            _BINDING,
            {"role": "projects/p/roles/agent", "members": ["serviceAccount:a@p.example"]},
            {"members[0]": {"members": ["allAuthenticatedUsers"]}},
        ),
    ),
    "gcp-narrow-roles": (
        Fixture(
            _GRANT,
            {"role": "projects/p/roles/agent", "member": "serviceAccount:a@p.example"},
            {"role": {"role": "roles/storage.admin"}},
        ),
    ),
    "gcp-no-long-lived-keys": (
        Fixture("gcp:serviceaccount/key:Key", None, {"": {"serviceAccountId": "a"}}),
        Fixture("gcp:storage/hmacKey:HmacKey", None, {"": {"serviceAccountEmail": "a"}}),
    ),
    "gcp-key-rotation": (
        Fixture(
            "gcp:kms/cryptoKey:CryptoKey",
            {"rotationPeriod": "7776000s", "labels": TAGS},
            {"rotationPeriod": {"rotationPeriod": None}},
        ),
    ),
    "gcp-named-workloads": (
        Fixture(
            "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider",
            {"attributeCondition": "assertion.sub == 'one'"},
            {"attributeCondition": {"attributeCondition": None}},
        ),
    ),
    "gcp-budget-tells-somebody": (
        Fixture(
            "gcp:billing/budget:Budget",
            {"thresholdRules": [{"thresholdPercent": 1.0}]},
            {"thresholdRules": {"thresholdRules": []}},
        ),
    ),
    "gcp-alarm-tells-somebody": (
        Fixture(
            "gcp:monitoring/alertPolicy:AlertPolicy",
            {"notificationChannels": ["projects/p/notificationChannels/1"]},
            {"notificationChannels": {"notificationChannels": None}},
        ),
    ),
    "gcp-labels": (Fixture(_GCS, GCS, {"labels": {"labels": {"project": ""}}}),),
}
