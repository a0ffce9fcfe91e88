"""What drift breaks on Google Cloud."""

from collections.abc import Mapping
from typing import Final

from infra.drift.explanations.terms import Explanation, deleted

_LABELS: Final = Explanation(
    "labels*", (), "cost", "low", "Cost reports and searches by label lose the resource."
)
_BUCKET: Final = (
    deleted("agent", "high", "The bucket is gone with everything in it: up makes an empty one."),
    Explanation(
        "versioning*",
        (),
        "safety",
        "high",
        "What is overwritten from now on cannot be brought back.",
    ),
    Explanation(
        "softDeletePolicy*",
        (),
        "safety",
        "high",
        "What is deleted can be brought back for another time, or not at all.",
    ),
    Explanation(
        "publicAccessPrevention", (), "safety", "high", "The bucket can be opened to everybody."
    ),
    Explanation(
        "uniformBucketLevelAccess",
        (),
        "safety",
        "high",
        "Access lists count again: they grant what no policy shows, and know no prefix.",
    ),
    Explanation(
        "lifecycleRules*",
        ("extra", "changed"),
        "safety",
        "high",
        "Documents or old versions are deleted or moved at an age that nobody declared.",
    ),
    Explanation(
        "lifecycleRules*",
        (),
        "cost",
        "medium",
        "What the rule moved or deleted is kept and paid for as it is.",
    ),
    Explanation(
        "encryption*",
        (),
        "agent",
        "high",
        "New documents are encrypted with another key than declared.",
    ),
    Explanation("storageClass", (), "cost", "medium", "New documents are stored in another class."),
    _LABELS,
)
_ACCOUNT: Final = (
    deleted("agent", "high", "The identity is gone: nobody can act as it."),
    Explanation(
        "disabled", (), "agent", "high", "The identity is turned off: every call is refused."
    ),
    Explanation("displayName", (), "cost", "low", "Nobody recognizes the identity in lists."),
)
_ROLE: Final = (
    deleted("agent", "high", "The identity's role is gone: every call is refused."),
    Explanation(
        "permissions*", ("removed",), "agent", "high", "A call that the identity needs is refused."
    ),
    Explanation(
        "permissions*", ("extra",), "safety", "high", "The identity may do more than was declared."
    ),
    Explanation("stage", (), "agent", "high", "A role that is turned off grants nothing."),
)
_BUCKET_MEMBER: Final = (
    deleted("agent", "high", "The identity may do nothing: every call is refused."),
    Explanation(
        "condition*", (), "safety", "high", "The identity is not held to the declared prefix."
    ),
    Explanation("*", (), "safety", "high", "Another identity, role or bucket than was declared."),
)
_TRUST: Final = (
    deleted("agent", "high", "The workload cannot act as the identity any more."),
    Explanation("disabled", (), "agent", "high", "The workload cannot act as the identity."),
    Explanation(
        "*", (), "safety", "high", "Another workload than declared can act as the identity."
    ),
)

EXPLANATIONS: Final[Mapping[str, tuple[Explanation, ...]]] = {
    "gcp:storage/bucket:Bucket": _BUCKET,
    "gcp:storage/bucketIAMMember:BucketIAMMember": _BUCKET_MEMBER,
    "gcp:serviceaccount/account:Account": _ACCOUNT,
    "gcp:serviceaccount/iAMMember:IAMMember": _TRUST,
    "gcp:projects/iAMCustomRole:IAMCustomRole": _ROLE,
    "gcp:iam/workloadIdentityPool:WorkloadIdentityPool": _TRUST,
    "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider": _TRUST,
}
"""By type; within a type the first row that matches wins."""
