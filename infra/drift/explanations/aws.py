"""What drift breaks on AWS."""

from collections.abc import Mapping
from typing import Final

from infra.drift.explanations.terms import TAGS, Explanation, deleted

_BUCKET: Final = (
    deleted("agent", "high", "The bucket is gone with everything in it: up makes an empty one."),
    TAGS,
)
_VERSIONING: Final = (
    deleted("safety", "high", "What is overwritten or deleted cannot be brought back."),
    Explanation(
        "versioningConfiguration*",
        (),
        "safety",
        "high",
        "What is overwritten or deleted from now on cannot be brought back.",
    ),
)
_ENCRYPTION: Final = (
    deleted(
        "safety", "medium", "The encryption that was declared is no longer the bucket's default."
    ),
    Explanation(
        "rules*kmsMasterKeyId*",
        (),
        "agent",
        "high",
        "New documents are encrypted with a key that the agent may not use.",
    ),
    Explanation(
        "rules*bucketKeyEnabled",
        (),
        "cost",
        "low",
        "Each document asks KMS again, or no longer does.",
    ),
    Explanation(
        "rules*blockedEncryptionTypes*",
        (),
        "agent",
        "medium",
        "Documents can be written with a writer's own key, and nobody else can read those.",
    ),
    Explanation(
        "rules*", (), "safety", "medium", "New documents are not encrypted as it was declared."
    ),
)
_PUBLIC_ACCESS: Final = (
    deleted(
        "safety",
        "high",
        "Nothing stops a policy or an access list from opening the bucket to everybody.",
    ),
    Explanation(
        "*", (), "safety", "high", "A policy or an access list can open the bucket to everybody."
    ),
)
_OWNERSHIP: Final = (
    deleted(
        "safety", "medium", "Access lists count again: an object can belong to another account."
    ),
    Explanation(
        "rule*",
        (),
        "safety",
        "medium",
        "Access lists count again: an object can be another account's.",
    ),
)
_BUCKET_POLICY: Final = (
    deleted("safety", "high", "Requests without TLS, or with an old one, are no longer refused."),
    Explanation(
        "policy*",
        ("removed",),
        "safety",
        "high",
        "What the policy refuses (requests without TLS 1.2) may now be let through.",
    ),
    Explanation(
        "policy*",
        (),
        "safety",
        "high",
        "The policy says what nobody declared: it can let others in, or shut the agent out.",
    ),
)
_LIFECYCLE: Final = (
    deleted(
        "cost",
        "medium",
        "Old versions and unfinished uploads are kept and paid for ever; nothing moves.",
    ),
    Explanation(
        "rules*.expiration*",
        (),
        "safety",
        "high",
        "Documents are deleted at an age nobody declared.",
    ),
    Explanation(
        "rules[*]",
        ("extra",),
        "safety",
        "high",
        "A rule that nobody declared can delete or archive documents.",
    ),
    Explanation(
        "rules[*]",
        ("removed",),
        "cost",
        "medium",
        "What the rule moved or deleted is kept and paid for as it is.",
    ),
    Explanation(
        "rules*.noncurrentVersionExpiration*",
        (),
        "safety",
        "medium",
        "Old versions, which undo a mistake, end at another age.",
    ),
    Explanation(
        "rules*.filter*",
        (),
        "safety",
        "medium",
        "The rule works on other documents than it was declared for.",
    ),
    Explanation(
        "*ransition*",
        (),
        "cost",
        "medium",
        "Documents move at another age or to another class; an archive cannot be read.",
    ),
    Explanation("rules*", (), "cost", "medium", "The rule does not do what was declared."),
)
_TRUST: Final = (
    Explanation(
        "assumeRolePolicy*",
        ("removed",),
        "agent",
        "high",
        "Whoever was trusted to act as this identity no longer is, or under weaker conditions.",
    ),
    Explanation(
        "assumeRolePolicy*", (), "safety", "high", "Others than declared can act as this identity."
    ),
)
_ROLE: Final = (
    deleted("agent", "high", "The identity is gone: nobody can act as it."),
    *_TRUST,
    Explanation(
        "managedPolicyArns",
        ("extra",),
        "safety",
        "high",
        "A policy that nobody declared gives the identity more rights; detach it by hand.",
        repair="hand",
    ),
    Explanation(
        "permissionsBoundary*",
        (),
        "safety",
        "high",
        "The identity's upper limit is not the declared one.",
    ),
    Explanation("maxSessionDuration", (), "agent", "low", "A session ends at another time."),
    TAGS,
)
_GRANT: Final = (
    deleted("agent", "high", "The identity may do nothing: every call is refused."),
    Explanation(
        "policy.Statement*.Action",
        ("removed",),
        "agent",
        "high",
        "A call that the identity needs is refused.",
    ),
    Explanation(
        "policy.Statement*.Action",
        ("extra",),
        "safety",
        "high",
        "The identity may do more than was declared.",
    ),
    Explanation(
        "policy.Statement*.Resource",
        ("removed",),
        "agent",
        "high",
        "The identity is refused where it works.",
    ),
    Explanation(
        "policy.Statement*.Condition*",
        ("extra",),
        "agent",
        "high",
        "A condition nobody declared can refuse calls.",
    ),
    Explanation(
        "policy.Statement[*]",
        ("removed",),
        "agent",
        "high",
        "Calls that the identity needs are refused.",
    ),
    Explanation(
        "policy*",
        (),
        "safety",
        "high",
        "The identity may do other things, or elsewhere, than was declared.",
    ),
)
_KEY: Final = (
    deleted("agent", "high", "The key is gone: every call with it is refused."),
    Explanation(
        "status", (), "agent", "high", "The key is turned off: every call with it is refused."
    ),
)
_USER: Final = (
    deleted("agent", "high", "The user is gone, and its keys with it: every call is refused."),
    Explanation(
        "permissionsBoundary*",
        (),
        "safety",
        "high",
        "The user's upper limit is not the declared one.",
    ),
    TAGS,
)
_KMS_KEY: Final = (
    deleted("agent", "high", "Documents encrypted with the key cannot be read any more."),
    Explanation(
        "isEnabled", (), "agent", "high", "The key is off: no document can be read or written."
    ),
    Explanation("enableKeyRotation", (), "safety", "medium", "The key is not renewed as declared."),
    Explanation("policy*", (), "safety", "high", "Others than declared can use or delete the key."),
    Explanation(
        "deletionWindowInDays", (), "safety", "low", "A deletion can be undone for another time."
    ),
    TAGS,
)

EXPLANATIONS: Final[Mapping[str, tuple[Explanation, ...]]] = {
    "aws:s3/bucket:Bucket": _BUCKET,
    "aws:s3/bucketVersioning:BucketVersioning": _VERSIONING,
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": _ENCRYPTION,
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": _PUBLIC_ACCESS,
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": _OWNERSHIP,
    "aws:s3/bucketPolicy:BucketPolicy": _BUCKET_POLICY,
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": _LIFECYCLE,
    "aws:iam/role:Role": _ROLE,
    "aws:iam/rolePolicy:RolePolicy": _GRANT,
    "aws:iam/userPolicy:UserPolicy": _GRANT,
    "aws:iam/user:User": _USER,
    "aws:iam/accessKey:AccessKey": _KEY,
    "aws:kms/key:Key": _KMS_KEY,
}
"""By type; within a type the first row that matches wins."""
