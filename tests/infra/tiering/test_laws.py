"""Each rule of a vendor has a source and a fixture that breaks it; ours break none that is refused."""

import copy
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.terms.outputs import Cloud
from infra.local_cloud.aws import lifecycle_rules
from infra.local_cloud.azure_native import policy_rules
from infra.local_cloud.gcp import payloads as gcp_payloads
from infra.tiering import TieringPolicy
from infra.tiering.effects import compiled_rules
from infra.tiering.laws import LAWS, Facts, judge
from infra.tiering.manners import soft_delete_days
from tests.infra.tiering.generated import policies

Rules = list[dict[str, Any]]


def s3(**members: Any) -> dict[str, Any]:
    return {"id": "one", "status": "Enabled", "filter": {"prefix": "kb/"}, **members}


def s3_move(days: int, to: str) -> dict[str, Any]:
    return {"days": days, "storage_class": to}


def azure(*, filters: dict[str, Any] | None = None, **actions: Any) -> dict[str, Any]:
    held = {"blob_types": ["blockBlob"], "prefix_match": ["docs/kb/"], **(filters or {})}
    return {
        "name": "one",
        "type": "Lifecycle",
        "enabled": True,
        "definition": {"filters": held, "actions": actions},
    }


def azure_cool(**condition: int) -> dict[str, Any]:
    return azure(base_blob={"tier_to_cool": condition})


def changed(days: int) -> dict[str, int]:
    return {"days_after_modification_greater_than": days}


def created(days: int) -> dict[str, int]:
    return {"days_after_creation_greater_than": days}


def accessed(days: int) -> dict[str, int]:
    return {"days_after_last_access_time_greater_than": days}


def rested(days: int) -> dict[str, int]:
    return {"days_after_last_tier_change_greater_than": days}


def gcs(action: str, condition: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {"action": {"type": action, **members}, "condition": condition}


LIVE = {"with_state": "LIVE"}
OLD = {"with_state": "ARCHIVED"}
OLDEST = s3(noncurrent_version_expiration={"noncurrent_days": 30})
NAMES = [f"kb/{number}/" for number in range(51)]

BREAKING: dict[str, tuple[Rules, Facts]] = {
    "s3-rules": ([s3(id=f"rule{number}") for number in range(1001)], Facts()),
    "s3-id-length": ([s3(id="x" * 256)], Facts()),
    "s3-id-once": ([s3(), s3()], Facts()),
    "s3-filter": ([s3(filter={"prefix": "kb/", "object_size_greater_than": 1})], Facts()),
    "s3-prefix": ([s3(filter={"prefix": "kb/*"})], Facts()),
    "s3-order": (
        [s3(transitions=[s3_move(30, "GLACIER_IR"), s3_move(90, "STANDARD_IA")])],
        Facts(),
    ),
    "s3-days": (
        [
            s3(
                noncurrent_version_transitions=[
                    {"noncurrent_days": 0, "storage_class": "STANDARD_IA"}
                ]
            )
        ],
        Facts(),
    ),
    "s3-expiry-days": ([s3(expiration={"days": 0})], Facts()),
    "s3-expiry-last": (
        [s3(transitions=[s3_move(30, "STANDARD_IA")], expiration={"days": 30})],
        Facts(),
    ),
    "s3-marker": (
        [s3(expiration={"days": 30, "expired_object_delete_marker": True})],
        Facts(),
    ),
    "s3-newer-versions": (
        [
            s3(
                noncurrent_version_expiration={
                    "noncurrent_days": 30,
                    "newer_noncurrent_versions": 101,
                }
            )
        ],
        Facts(),
    ),
    "s3-versioning": ([OLDEST], Facts(versioned=False)),
    "s3-128-kb": ([s3(transitions=[s3_move(30, "STANDARD_IA")])], Facts(small_documents=98)),
    "s3-minimum-days": (
        [s3(transitions=[s3_move(30, "STANDARD_IA"), s3_move(59, "GLACIER_IR")])],
        Facts(),
    ),
    "s3-minimum-size": (
        [
            s3(
                filter={"object_size_greater_than": 131_071},
                transitions=[s3_move(30, "STANDARD_IA")],
            )
        ],
        Facts(),
    ),
    "s3-offline": ([s3(transitions=[s3_move(30, "GLACIER")])], Facts()),
    "azure-rules": ([azure_cool(**changed(1)) | {"name": f"r{it}"} for it in range(101)], Facts()),
    "azure-name": ([azure_cool(**changed(1)) | {"name": "not alphanumeric"}], Facts()),
    "azure-name-once": ([azure_cool(**changed(1)), azure_cool(**changed(2))], Facts()),
    "azure-prefixes": (
        [azure(filters={"prefix_match": [f"docs/{it}" for it in range(11)]})],
        Facts(),
    ),
    "azure-container": ([azure(filters={"prefix_match": ["kb/"]})], Facts()),
    "azure-wildcards": ([azure(filters={"prefix_match": ["docs/*.md"]})], Facts()),
    "azure-tags": ([azure(filters={"blob_index_match": [{"name": "a"}] * 11})], Facts()),
    "azure-block-blobs": (
        [
            azure(
                filters={"blob_types": ["blockBlob", "appendBlob"]},
                base_blob={"tier_to_cool": changed(30)},
            )
        ],
        Facts(),
    ),
    "azure-one-age": ([azure_cool(**changed(30), **created(30))], Facts()),
    "azure-days": ([azure_cool(**changed(-1))], Facts()),
    "azure-old-ages": ([azure(version={"delete": changed(30)})], Facts()),
    "azure-tracking": ([azure_cool(**accessed(30))], Facts(tracks_access=False)),
    "azure-rest": ([azure_cool(**changed(30), **rested(7))], Facts()),
    "azure-rehydrated": ([azure(base_blob={"tier_to_archive": changed(30)})], Facts()),
    "azure-warming": (
        [
            azure(
                base_blob={
                    "tier_to_cool": changed(30),
                    "enable_auto_tier_to_hot_from_cool": True,
                }
            )
        ],
        Facts(),
    ),
    "azure-zones": (
        [azure(version={"tier_to_archive": created(30)})],
        Facts(redundancy="Standard_ZRS"),
    ),
    "azure-versioning": ([azure(version={"delete": created(30)})], Facts(versioned=False)),
    "azure-young-versions": (
        [azure(version={"delete": created(30)})],
        Facts(kept_days=30, soft_delete_days=29),
    ),
    "azure-minimum-days": (
        [azure(base_blob={"tier_to_cool": changed(30), "tier_to_cold": changed(59)})],
        Facts(),
    ),
    "azure-offline": ([azure(base_blob={"tier_to_archive": changed(30)})], Facts()),
    "gcs-rules": ([gcs("Delete", {"age": 1, **LIVE})] * 101, Facts()),
    "gcs-prefixes": ([gcs("Delete", {**LIVE, "matches_prefixes": NAMES})], Facts()),
    "gcs-condition": ([gcs("Delete", {})], Facts()),
    "gcs-days": ([gcs("Delete", {"age": -1, **LIVE})], Facts()),
    "gcs-classes": ([gcs("SetStorageClass", {"age": 1}, storage_class="STANDARD")], Facts()),
    "gcs-uploads": ([gcs("AbortIncompleteMultipartUpload", {"age": 7, **LIVE})], Facts()),
    "gcs-states": ([gcs("Delete", {"age": 1, "with_state": "OLD"})], Facts()),
    "gcs-state-said": ([gcs("Delete", {"age": 1})], Facts()),
    "gcs-versioning": ([gcs("Delete", {"age": 1, **OLD})], Facts(versioned=False)),
    "gcs-minimum-days": (
        [
            gcs("SetStorageClass", {"age": 30, **LIVE}, storage_class="COLDLINE"),
            gcs("Delete", {"age": 89, **LIVE}),
        ],
        Facts(),
    ),
    "gcs-soft-delete": ([], Facts(soft_delete_days=6)),
    "gcs-promise": ([], Facts(soft_delete_days=90, kept_days=91)),
}

SERVICES = {"s3": "aws", "azure": "azure", "gcs": "gcp"}


def broken_by(rules: Rules, cloud: Cloud, facts: Facts) -> set[str]:
    return {judgement.law.name for judgement in judge(rules, cloud, facts)}


def test_every_law_has_a_fixture_that_breaks_it_and_a_name_of_its_own() -> None:
    assert sorted(law.name for law in LAWS) == sorted(BREAKING)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name)
def test_a_fixture_breaks_its_law(law: Any) -> None:
    rules, facts = BREAKING[law.name]
    facts = Facts(**{**_members(facts), "container": "docs"})

    assert law.name in broken_by(rules, law.cloud, facts)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name)
def test_a_law_says_where_it_is_written_and_when_it_was_read(law: Any) -> None:
    assert SERVICES[law.name.split("-")[0]] == law.cloud
    assert law.source.startswith(("https://", "botocore ", "pulumi-gcp "))
    assert law.date is None or date(2026, 1, 1) <= law.date <= date(2026, 12, 31)


def _members(facts: Facts) -> dict[str, Any]:
    return {name: getattr(facts, name) for name in Facts.__dataclass_fields__}


CLOUDS: tuple[Cloud, ...] = ("aws", "azure", "gcp")


@settings(max_examples=60, derandomize=True)
@given(policies(by_access=True), st.sampled_from(CLOUDS), st.sampled_from(["", "kb/", "team/kb/"]))
def test_what_is_compiled_is_refused_by_no_law_and_keeps_its_promises(
    policy: TieringPolicy, cloud: Cloud, prefix: str
) -> None:
    rules = compiled_rules(policy, cloud, prefix=prefix, container="docs")
    facts = Facts(
        container="docs",
        tracks_access=policy.by == "access",
        kept_days=policy.old_versions.kept_days,
        soft_delete_days=soft_delete_days(cloud, policy),
    )

    judged = judge(rules, cloud, facts)
    assert [it for it in judged if it.law.weight == "refused"] == []
    risky = {it.law.name for it in judged if it.law.weight == "risky"}
    assert risky <= {"s3-offline", "azure-offline"}
    assert policy.archive or not risky


CHECKED_ELSEWHERE = [
    *("s3-rules", "s3-id-length", "s3-id-once", "s3-filter", "s3-order", "s3-days"),
    *("s3-expiry-days", "s3-expiry-last", "s3-marker", "s3-newer-versions"),
    *("azure-rules", "azure-name", "azure-name-once", "azure-prefixes", "azure-wildcards"),
    *("azure-tags", "azure-block-blobs", "azure-one-age", "azure-rest", "azure-warming"),
    *("gcs-rules", "gcs-condition", "gcs-days", "gcs-uploads", "gcs-states"),
]
"""The laws that the local cloud checks as well, in code of its own."""


@pytest.mark.parametrize("name", CHECKED_ELSEWHERE)
def test_the_local_cloud_refuses_what_breaks_a_law_too(name: str) -> None:
    rules = _camel(copy.deepcopy(BREAKING[name][0]))

    if name.startswith("s3"):
        failures = lifecycle_rules.lifecycle_failures(rules)
    elif name.startswith("gcs"):
        bucket = {"location": "EU", "versioning": {"enabled": True}, "lifecycleRules": rules}
        failures = gcp_payloads.failures("gcp:storage/bucket:Bucket", bucket)
    else:
        failures = policy_rules.policy_failures({"rules": rules})
    assert failures


def _camel(value: Any) -> Any:
    """The names as the engine sends them."""
    if isinstance(value, dict):
        return {_camel_name(name): _camel(member) for name, member in value.items()}
    return [_camel(member) for member in value] if isinstance(value, list) else value


def _camel_name(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)
