"""The rules for resources of Google Cloud."""

from typing import Final

from infra.rules.terms import (
    Problem,
    Properties,
    Rule,
    is_known,
    must_be,
    must_be_at_least,
    never,
)

_BUCKET: Final = ("gcp:storage/bucket:Bucket",)
_PUBLIC: Final = ("allUsers", "allAuthenticatedUsers")
_WIDE_ROLES: Final = (
    "roles/owner",
    "roles/editor",
    "roles/storage.admin",
    "roles/storage.legacyBucketOwner",
)
_SOFT_DELETE_SECONDS_MIN: Final = 7 * 86_400


def _nobody_unnamed(inputs: Properties) -> list[Problem]:
    found: list[Problem] = []
    if inputs.get("member") in _PUBLIC:
        found.append(("member", f"is {inputs['member']}: nobody unnamed may read"))
    members = inputs.get("members")
    found += [
        (f"members[{index}]", f"is {member}: nobody unnamed may read")
        for index, member in enumerate(members if isinstance(members, list) else [])
        if member in _PUBLIC
    ]
    return found


def _rotates(inputs: Properties) -> list[Problem]:
    period = inputs.get("rotationPeriod")
    if not is_known(period) or period:
        return []
    return [("rotationPeriod", "is not given: a key must not last for ever")]


def _narrow_role(inputs: Properties) -> list[Problem]:
    role = inputs.get("role")
    if role not in _WIDE_ROLES:
        return []
    return [("role", f"is {role}: give a role that does what is needed")]


def _names_workloads(inputs: Properties) -> list[Problem]:
    condition = inputs.get("attributeCondition")
    if not is_known(condition) or condition:
        return []
    return [("attributeCondition", "is not given: every workload of the issuer would be let in")]


def _somebody_is_told(inputs: Properties) -> list[Problem]:
    if not is_known(inputs.get("thresholdRules")) or inputs.get("thresholdRules"):
        return []
    return [("thresholdRules", "is empty: a budget must tell somebody")]


def _tells_somebody(inputs: Properties) -> list[Problem]:
    channels = inputs.get("notificationChannels")
    if not is_known(channels) or channels:
        return []
    return [("notificationChannels", "is empty: an alarm must tell somebody")]


_GRANTS: Final = (
    "gcp:storage/bucketIAMMember:BucketIAMMember",
    "gcp:storage/bucketIAMBinding:BucketIAMBinding",
    "gcp:projects/iAMMember:IAMMember",
    "gcp:projects/iAMBinding:IAMBinding",
)

RULES: Final = (
    Rule(
        name="gcs-public-access",
        demand="A bucket cannot be opened to the public.",
        types=_BUCKET,
        problems=must_be(
            "publicAccessPrevention", "enforced", because="nobody unnamed may read or write"
        ),
    ),
    Rule(
        name="gcs-access-lists-off",
        demand="Only IAM decides who reaches a bucket's objects.",
        types=_BUCKET,
        problems=must_be(
            "uniformBucketLevelAccess",
            True,
            because="an access list could open an object beside the bucket's policy",
        ),
    ),
    Rule(
        name="gcs-versioning",
        demand="A bucket keeps what is replaced or deleted.",
        types=_BUCKET,
        problems=must_be(
            "versioning.enabled",
            True,
            because="what is replaced or deleted could not be brought back",
        ),
    ),
    Rule(
        name="gcs-soft-delete",
        demand="What is deleted can be brought back for a week at least.",
        since="lasting",
        types=_BUCKET,
        problems=must_be_at_least(
            "softDeletePolicy.retentionDurationSeconds",
            _SOFT_DELETE_SECONDS_MIN,
            because="a mistake is seen after a week-end",
        ),
    ),
    Rule(
        name="gcs-not-emptied",
        demand="A bucket that holds something is not deleted with it.",
        since="lasting",
        types=_BUCKET,
        problems=must_be(
            "forceDestroy", False, None, because="destroy would delete what is in the bucket"
        ),
    ),
    Rule(
        name="gcp-nobody-unnamed",
        demand="No grant names everybody.",
        types=_GRANTS,
        problems=_nobody_unnamed,
    ),
    Rule(
        name="gcp-narrow-roles",
        demand="Nobody gets Owner, Editor or Storage Admin.",
        types=_GRANTS,
        problems=_narrow_role,
    ),
    Rule(
        name="gcp-no-long-lived-keys",
        demand="No service account has a key.",
        since="lasting",
        types=("gcp:serviceaccount/key:Key", "gcp:storage/hmacKey:HmacKey"),
        problems=never("is a key without an end: impersonate the service account"),
    ),
    Rule(
        name="gcp-key-rotation",
        demand="A key of our own is rotated.",
        types=("gcp:kms/cryptoKey:CryptoKey",),
        problems=_rotates,
    ),
    Rule(
        name="gcp-named-workloads",
        demand="A workload identity provider says which workloads it lets in.",
        types=("gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider",),
        problems=_names_workloads,
    ),
    Rule(
        name="gcp-budget-tells-somebody",
        demand="A budget has thresholds.",
        types=("gcp:billing/budget:Budget",),
        problems=_somebody_is_told,
    ),
    Rule(
        name="gcp-alarm-tells-somebody",
        demand="An alarm tells somebody.",
        types=("gcp:monitoring/alertPolicy:AlertPolicy",),
        problems=_tells_somebody,
    ),
)
