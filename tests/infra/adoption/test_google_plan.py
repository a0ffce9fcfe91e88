"""What a plan says of an adopted bucket of Google Cloud, without a cloud."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from app.terms.answers import Refusal
from infra.adoption import Adoption
from infra.adoption_plan.compare import Difference
from infra.adoption_plan.google_bucket import google_bucket_differences
from infra.adoption_plan.google_looks import cloud_storage
from infra.settings import Settings
from infra.tiering import FolderRule, TieringPolicy
from tests.infra.adoption.json_service import json_service

POLICY = TieringPolicy(cold_after_days=None, expire=(FolderRule(folder="drafts/", after_days=180),))


def _settings(bucket: str) -> Settings:
    return Settings(
        clouds=("gcp",), primary="gcp", adopt=Adoption(gcp_bucket=bucket), tiering=POLICY
    )


OURS: dict[str, Any] = {
    "name": "theirs",
    "iamConfiguration": {
        "uniformBucketLevelAccess": {"enabled": True, "lockedTime": "2026-01-01T00:00:00Z"},
        "publicAccessPrevention": "enforced",
    },
    "versioning": {"enabled": True},
    "softDeletePolicy": {"retentionDurationSeconds": "7776000", "effectiveTime": "2026-01-01"},
    "lifecycle": {
        "rule": [
            {
                "action": {"type": "Delete"},
                "condition": {"daysSinceNoncurrentTime": 90, "isLive": False},
            },
            {"action": {"type": "AbortIncompleteMultipartUpload"}, "condition": {"age": 7}},
            {
                "action": {"type": "SetStorageClass", "storageClass": "NEARLINE"},
                "condition": {"age": 30, "isLive": True, "matchesPrefix": ["kb/"]},
            },
            {
                "action": {"type": "Delete"},
                "condition": {"age": 180, "isLive": True, "matchesPrefix": ["kb/drafts/"]},
            },
        ]
    },
}
"""As Cloud Storage answers for a bucket that is set as ours would be."""


def _set(bucket: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    changed: dict[str, Any] = json.loads(json.dumps(bucket))
    *parents, last = path.split(".")
    part: Any = changed
    for name in parents:
        part = part[int(name)] if name.isdecimal() else part[name]
    part[int(last) if last.isdecimal() else last] = value
    return changed


@pytest.fixture(scope="module")
def answers() -> dict[str, Any]:
    """What the service says of each bucket, by its name."""
    return {}


@pytest.fixture(scope="module")
def cloud_storage_url(answers: dict[str, Any]) -> Iterator[str]:
    """A service that answers as Cloud Storage does: 200, 404, and 403 for what is forbidden."""

    def answer(path: str) -> tuple[int, Any]:
        name = path.removeprefix("/storage/v1/b/")
        code = 403 if name == "forbidden" else 200 if name in answers else 404
        error = {"error": {"code": code, "message": "me@example.com has no access."}}
        return code, answers.get(name, error)

    with json_service(answer) as url:
        yield url


@pytest.fixture
def plan_of(answers: dict[str, Any], cloud_storage_url: str) -> Iterator[Any]:
    """Bucket as the service has it → the plan by property."""
    with requests.Session() as session:
        session.trust_env = False
        look = cloud_storage(session, endpoint=cloud_storage_url)

        def plan(bucket: dict[str, Any] | None, name: str = "theirs") -> dict[str, Difference]:
            answers.clear()
            if bucket is not None:
                answers[name] = bucket
            return {it.property: it for it in google_bucket_differences(look, _settings(name))}

        yield plan


def test_a_bucket_that_is_set_as_ours_differs_in_nothing(plan_of: Any) -> None:
    found = plan_of(OURS)

    assert {name: it.verdict for name, it in found.items() if it.verdict != "same"} == {}
    assert len(found) == 4 + len(OURS["lifecycle"]["rule"])


@pytest.mark.parametrize(
    ("path", "value", "aspect", "named"),
    [
        ("iamConfiguration.publicAccessPrevention", "inherited", "access", "publicAccess"),
        ("versioning.enabled", False, "versions", "versioning.enabled"),
        ("softDeletePolicy.retentionDurationSeconds", "0", "versions", "softDeletePolicy"),
        ("lifecycle.rule.2.condition.age", 31, "lifecycle", "NEARLINE LIVE kb/"),
        ("lifecycle.rule.0.condition.daysSinceNoncurrentTime", 1, "lifecycle", "Delete ARCHIVED"),
    ],
)
def test_each_property_that_differs_is_named_and_is_its_owners(
    plan_of: Any, path: str, value: Any, aspect: str, named: str
) -> None:
    (found,) = (it for it in plan_of(_set(OURS, path, value)).values() if it.verdict != "same")

    assert (found.aspect, found.verdict) == (aspect, "owner")
    assert named in found.property
    assert found.now != found.wanted
    assert None not in (found.now, found.wanted)


def test_a_rule_of_somebody_else_is_named_by_what_it_does_to_what(plan_of: Any) -> None:
    theirs = {"action": {"type": "Delete"}, "condition": {"age": 7, "matchesPrefix": ["logs/"]}}
    rules = [*OURS["lifecycle"]["rule"], theirs, theirs]
    found = plan_of(_set(OURS, "lifecycle.rule", rules))

    differing = {name: it for name, it in found.items() if it.verdict != "same"}
    assert list(differing) == [
        "lifecycleRules[Delete logs/]",
        "lifecycleRules[Delete logs/ #2]",
    ]
    assert {(it.wanted, it.verdict) for it in differing.values()} == {(None, "owner")}


def test_what_is_not_set_at_all_is_nothing_now(plan_of: Any) -> None:
    found = plan_of({"iamConfiguration": OURS["iamConfiguration"]})

    for name in ("versioning.enabled", "softDeletePolicy.retentionDurationSeconds"):
        assert (found[name].now, found[name].verdict) == (None, "owner")


def test_a_bucket_with_access_control_lists_is_refused(plan_of: Any) -> None:
    bucket = _set(OURS, "iamConfiguration.uniformBucketLevelAccess.enabled", False)

    with pytest.raises(Refusal, match="access control lists"):
        plan_of(bucket)


def test_a_bucket_that_is_not_there_or_not_shown_is_one_sentence(plan_of: Any) -> None:
    with pytest.raises(Refusal, match=r"adopt\.gcp_bucket: there is no bucket 'theirs'"):
        plan_of(None)
    with pytest.raises(Refusal, match=r"'forbidden': me@example\.com has no access\.\Z"):
        plan_of(None, "forbidden")


def test_a_service_that_does_not_answer_is_one_sentence() -> None:
    with requests.Session() as session:
        look = cloud_storage(session, endpoint="http://127.0.0.1:9")
        with pytest.raises(Refusal, match="cannot be asked"):
            look("theirs")


def test_nothing_of_a_bucket_of_google_can_be_named_to_be_changed() -> None:
    with pytest.raises(ValueError, match="there is none"):
        Adoption(gcp_bucket="theirs", change=("lifecycle",))
