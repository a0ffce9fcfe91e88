"""What Google's discovery documents and documentation refuse is refused, each constraint broken once."""

from typing import Any

import pytest

from infra.local_cloud.gcp import schemas
from infra.local_cloud.gcp.payloads import failures
from infra.local_cloud.values import UNKNOWN
from tests.infra.local_cloud.gcp.examples import GCP, PUBLISHED
from tests.infra.local_cloud.gcp.mutations import of_google
from tests.infra.local_cloud.mutations import Mutation, changed

MUTATIONS: list[tuple[str, Mutation]] = [
    (token, mutation)
    for token, inputs in GCP.items()
    for mutation in of_google(
        schemas.SCHEMAS[token].api, schemas.SCHEMAS[token].model.partition(".")[0], inputs
    )
]
TRANSITION = ("lifecycleRules", 0)
ABORT = ("lifecycleRules", 2)


def test_the_examples_cover_every_type_that_is_served() -> None:
    assert GCP.keys() == schemas.SCHEMAS.keys()


@pytest.mark.parametrize("token", GCP)
def test_a_valid_payload_is_accepted(token: str) -> None:
    assert failures(token, GCP[token]) == []


@pytest.mark.parametrize(("token", "inputs"), PUBLISHED.values(), ids=PUBLISHED)
def test_what_google_publishes_as_right_is_accepted(token: str, inputs: dict[str, Any]) -> None:
    assert failures(token, inputs) == []


@pytest.mark.parametrize(
    ("token", "mutation"),
    MUTATIONS,
    ids=[f"{token.rpartition(':')[2]}-{what}-{path}" for token, (what, _, path) in MUTATIONS],
)
def test_a_broken_constraint_is_refused_at_its_property(token: str, mutation: Mutation) -> None:
    what, inputs, path = mutation

    found = failures(token, inputs)

    assert any(where.startswith(path) for where, _ in found), (what, found)


@pytest.mark.parametrize("token", GCP)
def test_what_is_not_known_yet_is_passed_over(token: str) -> None:
    unknown = dict.fromkeys(GCP[token], UNKNOWN)

    assert failures(token, unknown) == []


@pytest.mark.parametrize(
    ("token", "name"),
    [(token, name) for token, schema in schemas.SCHEMAS.items() for name in schema.required],
)
def test_what_is_required_is_missed_by_its_name(token: str, name: str) -> None:
    found = failures(token, changed(GCP[token], _path(GCP[token], name), None))

    assert any(reason == "is required" for _, reason in found), found


def _path(inputs: dict[str, Any], name: str) -> tuple[str | int, ...]:
    """The path of a dotted name, through the first item of each list on the way."""
    path: list[str | int] = []
    value: Any = inputs
    for part in name.split("."):
        if isinstance(value, list):
            path.append(0)
            value = value[0]
        path.append(part)
        value = value[part]
    return tuple(path)


@pytest.mark.parametrize(
    ("token", "path", "value", "refused"),
    [
        (schemas.BUCKET, ("name",), "KB", "name"),
        (schemas.BUCKET, ("name",), "goog-documents", "name"),
        (schemas.BUCKET, ("name",), "my-google-documents", "name"),
        (schemas.BUCKET, ("name",), "a" * 64, "name"),
        (schemas.BUCKET, ("project",), "Example", "project"),
        (schemas.BUCKET, ("storageClass",), "FROZEN", "storageClass"),
        (schemas.BUCKET, ("publicAccessPrevention",), "always", "publicAccessPrevention"),
        (schemas.BUCKET, ("labels",), {"Upper": "x"}, 'labels["Upper"]'),
        (schemas.BUCKET, ("labels",), {"a": "Upper"}, 'labels["a"]'),
        (schemas.BUCKET, ("labels",), {f"a{n}": "x" for n in range(65)}, "labels"),
        (
            schemas.BUCKET,
            ("softDeletePolicy", "retentionDurationSeconds"),
            86_400,
            "softDeletePolicy.retentionDurationSeconds",
        ),
        (
            schemas.BUCKET,
            ("softDeletePolicy", "retentionDurationSeconds"),
            7_776_001,
            "softDeletePolicy.retentionDurationSeconds",
        ),
        (
            schemas.BUCKET,
            ("lifecycleRules",),
            [GCP[schemas.BUCKET]["lifecycleRules"][0]] * 101,
            "lifecycleRules",
        ),
        (
            schemas.BUCKET,
            (*TRANSITION, "action", "type"),
            "Freeze",
            "lifecycleRules[0].action.type",
        ),
        (
            schemas.BUCKET,
            (*TRANSITION, "action", "storageClass"),
            "FROZEN",
            "lifecycleRules[0].action.storageClass",
        ),
        (
            schemas.BUCKET,
            (*TRANSITION, "action", "storageClass"),
            None,
            "lifecycleRules[0].action.storageClass",
        ),
        (
            schemas.BUCKET,
            (*TRANSITION, "action", "type"),
            "Delete",
            "lifecycleRules[0].action.storageClass",
        ),
        (schemas.BUCKET, (*TRANSITION, "condition"), {}, "lifecycleRules[0].condition"),
        (
            schemas.BUCKET,
            (*TRANSITION, "condition", "age"),
            -1,
            "lifecycleRules[0].condition.age",
        ),
        (
            schemas.BUCKET,
            (*TRANSITION, "condition", "withState"),
            "DEAD",
            "lifecycleRules[0].condition.withState",
        ),
        (
            schemas.BUCKET,
            (*TRANSITION, "condition", "matchesStorageClasses", 0),
            "FROZEN",
            "lifecycleRules[0].condition.matchesStorageClasses[0]",
        ),
        (
            schemas.BUCKET,
            ("lifecycleRules", 1, "condition", "noncurrentTimeBefore"),
            "yesterday",
            "lifecycleRules[1].condition.noncurrentTimeBefore",
        ),
        (
            schemas.BUCKET,
            (*ABORT, "condition", "numNewerVersions"),
            1,
            "lifecycleRules[2].condition.numNewerVersions",
        ),
        (schemas.BUCKET_MEMBER, ("member",), "kb-agent", "member"),
        (schemas.BUCKET_MEMBER, ("role",), "kb_agent", "role"),
        (schemas.ACCOUNT, ("accountId",), "agent", "accountId"),
        (schemas.ACCOUNT, ("accountId",), "kb-agent-", "accountId"),
        (schemas.ACCOUNT, ("displayName",), "가" * 34, "displayName"),
        (schemas.ACCOUNT_MEMBER, ("serviceAccountId",), "kb-agent@example", "serviceAccountId"),
        (schemas.ROLE, ("roleId",), "kb-agent", "roleId"),
        (schemas.ROLE, ("permissions",), [], "permissions"),
        (schemas.ROLE, ("permissions", 1), "storage.objects.*", "permissions[1]"),
        (schemas.ROLE, ("title",), "x" * 101, "title"),
        (schemas.POOL, ("workloadIdentityPoolId",), "gcp-pool", "workloadIdentityPoolId"),
        (schemas.POOL, ("workloadIdentityPoolId",), "kb", "workloadIdentityPoolId"),
        (schemas.POOL, ("displayName",), "x" * 33, "displayName"),
        (schemas.POOL_PROVIDER, ("oidc",), None, "oidc"),
        (schemas.POOL_PROVIDER, ("aws",), {"accountId": "123456789012"}, "oidc"),
        (schemas.POOL_PROVIDER, ("attributeMapping",), {"attribute.a": "b"}, "attributeMapping"),
        (schemas.POOL_PROVIDER, ("attributeMapping",), None, "attributeMapping"),
        (schemas.POOL_PROVIDER, ("attributeCondition",), "x" * 4097, "attributeCondition"),
        (schemas.POOL_PROVIDER, ("oidc", "issuerUri"), "http://issuer.example", "oidc.issuerUri"),
        (
            schemas.POOL_PROVIDER,
            ("oidc", "allowedAudiences"),
            ["kb"] * 11,
            "oidc.allowedAudiences",
        ),
    ],
)
def test_what_the_documentation_forbids_is_refused_at_that_place(
    token: str, path: tuple[str | int, ...], value: Any, refused: str
) -> None:
    found = failures(token, changed(GCP[token], path, value))

    assert any(where.startswith(refused) for where, _ in found), found
