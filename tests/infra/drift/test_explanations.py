"""The table of explanations: open, whole for what the program makes, and never silent."""

import pytest

from infra.drift.compare import Difference, Kind
from infra.drift.explanations import TABLE, explain
from infra.drift.explanations.terms import UNEXPLAINED
from tests.infra.program.recording import ENVIRONMENTS, environment_config, run_program

GONE = Difference("", "deleted", None, None)
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
ACCOUNT = "azure-native:storage:StorageAccount"


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_deletion_of_each_resource_of_the_program_is_explained(
    environment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL_S3", raising=False)
    recorded = run_program(environment_config(environment), environment=environment)

    tokens = {
        resource.token
        for resource in recorded.resources
        if resource.token.startswith(("aws:", "azure-native:", "gcp:"))
    }
    assert tokens
    assert not [token for token in sorted(tokens) if explain(token, GONE) is UNEXPLAINED]


def test_what_nobody_has_explained_is_said_to_be_unexplained() -> None:
    unknown = Difference("brandNew", "extra", None, 1)

    assert explain("gcp:storage/brandNew:BrandNew", GONE).breaks == "unexplained"
    assert explain("aws:s3/bucket:Bucket", unknown).breaks == "unexplained"


@pytest.mark.parametrize("token", sorted(TABLE))
def test_each_row_of_a_type_is_the_answer_to_some_difference(token: str) -> None:
    rows = TABLE[token]
    reached = {
        explain(token, Difference(path, kind, None, value))
        for row in rows
        for path in {row.path, row.path.replace("*", "x"), row.path.replace("*", "")}
        for kind in row.kinds or ("changed", "extra", "removed")
        for value in ("x", True, False, "Allow")
    }

    assert [row for row in rows if row not in reached] == []


@pytest.mark.parametrize(
    ("token", "difference", "breaks"),
    [
        (ROLE_POLICY, ("policy.Statement[Documents].Action", "extra", "s3:*"), "safety"),
        (ROLE_POLICY, ("policy.Statement[Documents].Action", "removed", None), "agent"),
        (ROLE_POLICY, ("policy.Statement[Listing].Condition", "removed", None), "safety"),
        (ROLE_POLICY, ("policy.Statement[Everything]", "extra", {}), "safety"),
        (ACCOUNT, ("allowSharedKeyAccess", "changed", True), "safety"),
        (ACCOUNT, ("allowSharedKeyAccess", "changed", False), "agent"),
        (ACCOUNT, ("networkRuleSet.defaultAction", "changed", "Allow"), "safety"),
        (ACCOUNT, ("networkRuleSet.defaultAction", "changed", "Deny"), "agent"),
    ],
)
def test_the_same_property_breaks_different_things_in_different_directions(
    token: str, difference: tuple[str, Kind, object], breaks: str
) -> None:
    path, kind, found = difference

    assert explain(token, Difference(path, kind, "declared", found)).breaks == breaks
