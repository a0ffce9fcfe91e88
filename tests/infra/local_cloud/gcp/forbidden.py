"""Payloads that Google's documentation forbids, each a valid one with one value changed."""

from infra.local_cloud.gcp import schemas
from tests.infra.local_cloud.gcp.examples import GCP
from tests.infra.local_cloud.mutations import Row, at

TRANSITION = ("lifecycleRules", 0)
ABORT = ("lifecycleRules", 2)

FORBIDDEN: list[Row] = [
    at(schemas.BUCKET, ("name",), "KB"),
    at(schemas.BUCKET, ("name",), "goog-documents"),
    at(schemas.BUCKET, ("name",), "my-google-documents"),
    at(schemas.BUCKET, ("name",), "a" * 64),
    at(schemas.BUCKET, ("project",), "Example"),
    at(schemas.BUCKET, ("storageClass",), "FROZEN"),
    at(schemas.BUCKET, ("publicAccessPrevention",), "always"),
    (schemas.BUCKET, ("labels",), {"Upper": "x"}, 'labels["Upper"]'),
    (schemas.BUCKET, ("labels",), {"a": "Upper"}, 'labels["a"]'),
    at(schemas.BUCKET, ("labels",), {f"a{n}": "x" for n in range(65)}),
    at(schemas.BUCKET, ("softDeletePolicy", "retentionDurationSeconds"), 86_400),
    at(schemas.BUCKET, ("softDeletePolicy", "retentionDurationSeconds"), 7_776_001),
    at(schemas.BUCKET, ("lifecycleRules",), [GCP[schemas.BUCKET]["lifecycleRules"][0]] * 101),
    at(schemas.BUCKET, (*TRANSITION, "action", "type"), "Freeze"),
    at(schemas.BUCKET, (*TRANSITION, "action", "storageClass"), "FROZEN"),
    at(schemas.BUCKET, (*TRANSITION, "action", "storageClass"), None),
    (
        schemas.BUCKET,
        (*TRANSITION, "action", "type"),
        "Delete",
        "lifecycleRules[0].action.storageClass",
    ),
    at(schemas.BUCKET, (*TRANSITION, "condition"), {}),
    at(schemas.BUCKET, (*TRANSITION, "condition", "age"), -1),
    at(schemas.BUCKET, (*TRANSITION, "condition", "withState"), "DEAD"),
    at(schemas.BUCKET, (*TRANSITION, "condition", "matchesStorageClasses", 0), "FROZEN"),
    at(schemas.BUCKET, ("lifecycleRules", 1, "condition", "noncurrentTimeBefore"), "yesterday"),
    at(schemas.BUCKET, (*ABORT, "condition", "numNewerVersions"), 1),
    at(schemas.BUCKET_MEMBER, ("member",), "kb-agent"),
    at(schemas.BUCKET_MEMBER, ("role",), "kb_agent"),
    at(schemas.ACCOUNT, ("accountId",), "agent"),
    at(schemas.ACCOUNT, ("accountId",), "kb-agent-"),
    at(schemas.ACCOUNT, ("displayName",), "가" * 34),
    at(schemas.ACCOUNT_MEMBER, ("serviceAccountId",), "kb-agent@example"),
    at(schemas.ROLE, ("roleId",), "kb-agent"),
    at(schemas.ROLE, ("permissions",), []),
    at(schemas.ROLE, ("permissions", 1), "storage.objects.*"),
    at(schemas.ROLE, ("title",), "x" * 101),
    at(schemas.POOL, ("workloadIdentityPoolId",), "gcp-pool"),
    at(schemas.POOL, ("workloadIdentityPoolId",), "kb"),
    at(schemas.POOL, ("displayName",), "x" * 33),
    at(schemas.POOL_PROVIDER, ("oidc",), None),
    (schemas.POOL_PROVIDER, ("aws",), {"accountId": "123456789012"}, "oidc"),
    at(schemas.POOL_PROVIDER, ("attributeMapping",), {"attribute.a": "b"}),
    at(schemas.POOL_PROVIDER, ("attributeMapping",), None),
    at(schemas.POOL_PROVIDER, ("attributeCondition",), "x" * 4097),
    at(schemas.POOL_PROVIDER, ("oidc", "issuerUri"), "http://issuer.example"),
    at(schemas.POOL_PROVIDER, ("oidc", "allowedAudiences"), ["kb"] * 11),
]
