"""The store on Google Cloud, as the program asks for it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.stores.gcp_names import (
    POOL_CHARACTERS_MAX,
    ROLE_CHARACTERS_MAX,
    SERVICE_ACCOUNT_CHARACTERS_MAX,
    name_beside,
)
from infra.stores.gcp_trust import cel_text
from tests.infra.program.recording import Recording, run_program

ISSUER = "https://token.actions.githubusercontent.com"
AGENT = "repo:owner/repository:environment:prod"
MIGRATOR = "repo:owner/repository:environment:move"
TRUSTS = {
    "agent_trust": {"oidc_issuer": ISSUER, "oidc_subject": AGENT},
    "migrator_trust": {"oidc_issuer": ISSUER, "oidc_subject": MIGRATOR},
}


@pytest.fixture(scope="module")
def closed() -> Recording:
    """Without a migrator, with nobody trusted."""
    return run_program({"clouds": ["gcp"]})


@pytest.fixture(scope="module")
def opened() -> Recording:
    """With a migrator, and a workload trusted for each identity."""
    return run_program({"clouds": ["gcp"], "migration": "open", **TRUSTS})


def test_the_bucket_is_closed_to_the_public_and_knows_no_lists_of_its_own(
    closed: Recording,
) -> None:
    bucket = closed.one("Bucket").inputs

    assert bucket["publicAccessPrevention"] == "enforced"
    assert bucket["uniformBucketLevelAccess"] is True


def test_the_bucket_keeps_versions_and_what_was_deleted_for_ever(closed: Recording) -> None:
    bucket = closed.one("Bucket").inputs

    assert bucket["versioning"] == {"enabled": True}
    assert bucket["softDeletePolicy"]["retentionDurationSeconds"] >= 7 * 86_400
    expiries = [
        rule["condition"]["daysSinceNoncurrentTime"]
        for rule in bucket["lifecycleRules"]
        if rule["action"]["type"] == "Delete"
    ]
    assert expiries == [90]


def test_the_bucket_is_protected_unless_it_is_disposable(closed: Recording) -> None:
    disposable = run_program({"clouds": ["gcp"], "disposable": True})

    assert closed.protected == {"Bucket"}
    assert closed.one("Bucket").inputs["forceDestroy"] is False
    assert disposable.protected == set()
    assert disposable.one("Bucket").inputs["forceDestroy"] is True


def test_names_and_places_are_those_of_the_configuration() -> None:
    recorded = run_program(
        {"clouds": ["gcp"], "gcp_bucket": "our-knowledge", "gcp_location": "EUROPE-WEST3"}
    )

    assert recorded.exports["gcp_bucket"] == "our-knowledge"
    assert recorded.exports["gcp_location"] == "EUROPE-WEST3"
    assert recorded.exports["gcp_project"] == "example"


def test_an_adopted_bucket_is_read_and_never_managed() -> None:
    recorded = run_program({"clouds": ["gcp"], "adopt": {"gcp_bucket": "their-documents"}})

    assert [it.inputs for it in recorded.read] == [{"id": "their-documents"}]
    assert not recorded.of("Bucket")
    assert recorded.exports["gcp_bucket"] == "their-documents"
    assert recorded.one("BucketIAMMember").inputs["bucket"] == "their-documents"


def test_no_key_is_made(opened: Recording) -> None:
    assert not opened.of("gcp:Key")
    assert not opened.of("gcp:HmacKey")
    assert not opened.secrets


def test_a_migrators_account_and_rights_exist_only_while_the_configuration_wants_one(
    closed: Recording, opened: Recording
) -> None:
    rights = ("Account", "BucketIAMMember", "IAMMember")

    assert not [it for token in rights for it in closed.of(token) if "migrator" in it.name]
    assert closed.exports["gcp_migrator_service_account"] is None
    assert len([it for token in rights for it in opened.of(token) if "migrator" in it.name]) == 3
    assert opened.exports["gcp_migrator_service_account"]


def test_what_google_keeps_the_name_of_stays_while_a_migrator_comes_and_goes(
    opened: Recording,
) -> None:
    gone = run_program({"clouds": ["gcp"], **TRUSTS})

    for token in ("IAMCustomRole", "WorkloadIdentityPool", "WorkloadIdentityPoolProvider"):
        # The program's parts run at once: in which order they ask is nobody's promise.
        assert {it.name: it.inputs for it in gone.of(token)} == {
            it.name: it.inputs for it in opened.of(token)
        }
        assert len(gone.of(token)) == 2


def test_an_identity_has_its_own_role_in_the_bucket_below_the_prefix_and_no_other(
    opened: Recording,
) -> None:
    for identity in ("agent", "migrator"):
        role = opened.named("IAMCustomRole", identity).inputs
        member = opened.named("BucketIAMMember", identity).inputs

        assert member["bucket"] == opened.exports["gcp_bucket"]
        assert member["role"] == f"projects/example/roles/{role['roleId']}"
        email = opened.exports[f"gcp_{identity}_service_account"]
        assert member["member"] == f"serviceAccount:{email}"
        assert (
            f"buckets/{opened.exports['gcp_bucket']}/objects/kb/"
            in (member["condition"]["expression"])
        )


def test_without_a_prefix_the_whole_bucket_is_meant() -> None:
    recorded = run_program({"clouds": ["gcp"], "prefix": ""})

    assert recorded.one("BucketIAMMember").inputs.get("condition") is None


def test_a_workload_is_trusted_by_its_whole_subject_in_a_pool_of_its_own(
    opened: Recording,
) -> None:
    for identity, subject in (("agent", AGENT), ("migrator", MIGRATOR)):
        pool = opened.named("WorkloadIdentityPool", identity).inputs["workloadIdentityPoolId"]
        provider = opened.named("WorkloadIdentityPoolProvider", identity).inputs
        binding = opened.named("IAMMember", identity).inputs

        assert provider["workloadIdentityPoolId"] == pool
        assert provider["oidc"] == {"issuerUri": ISSUER}
        assert provider["attributeMapping"] == {"google.subject": "assertion.sub"}
        assert provider["attributeCondition"] == f"assertion.sub == '{subject}'"
        assert binding["role"] == "roles/iam.workloadIdentityUser"
        assert binding["member"].startswith("principal://iam.googleapis.com/")
        assert binding["member"].endswith(f"/workloadIdentityPools/{pool}/subject/{subject}")
        exported = opened.exports[f"gcp_{identity}_workload_provider"]
        assert exported.endswith(f"/workloadIdentityPools/{pool}/providers/oidc")


def test_nobody_from_outside_is_trusted_unless_the_configuration_says_who(
    closed: Recording,
) -> None:
    assert not closed.of("WorkloadIdentityPool")
    assert not closed.of("IAMMember")
    assert closed.exports["gcp_agent_workload_provider"] is None


@pytest.mark.parametrize("environment", ["a", "dev-eu-west-1-with-a-long-name", "Feature_42.x"])
def test_a_bucket_can_be_named_and_labelled_after_any_environment(environment: str) -> None:
    recorded = run_program({"clouds": ["gcp"]}, environment=environment)
    bucket = recorded.one("Bucket")

    # pulumi-gcp appends eight characters and changes nothing else of the name.
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{2,54}", bucket.name)
    assert all(
        re.fullmatch(r"[a-z0-9_-]{1,63}", value) for value in bucket.inputs["labels"].values()
    )


BUCKETS = st.from_regex(r"[a-z0-9][a-z0-9_-]{1,61}[a-z0-9]", fullmatch=True)
OWNERS = st.sampled_from(["agent", "migrator"])
LIMITS = st.sampled_from([SERVICE_ACCOUNT_CHARACTERS_MAX, POOL_CHARACTERS_MAX, ROLE_CHARACTERS_MAX])


@given(bucket=BUCKETS, owner=OWNERS, characters_max=LIMITS)
def test_a_name_beside_a_bucket_is_one_that_google_takes(
    bucket: str, owner: str, characters_max: int
) -> None:
    name = name_beside(bucket, owner, characters_max=characters_max)

    assert re.fullmatch(r"kb-[a-z0-9-]*[a-z0-9]", name)
    assert 6 <= len(name) <= characters_max
    assert name.endswith(f"-{owner}")


@given(buckets=st.lists(BUCKETS, min_size=2, max_size=2, unique=True), characters_max=LIMITS)
def test_no_two_buckets_have_one_name_beside_them(buckets: list[str], characters_max: int) -> None:
    one, other = (name_beside(it, "agent", characters_max=characters_max) for it in buckets)

    assert one != other


def test_a_subject_cannot_end_the_text_that_it_stands_in() -> None:
    assert cel_text("it's \\ ' || true") == "'it\\'s \\\\ \\' || true'"
