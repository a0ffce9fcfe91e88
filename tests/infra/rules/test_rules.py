"""Each rule finds what breaks it, names the property, and lets pass what does not."""

import json
from typing import Any

import pytest

from infra.local_cloud.values import UNKNOWN
from infra.rules import RULES, STACK_RULES, findings
from tests.infra.program.recording import PROJECT
from tests.infra.rules import aws_fixtures, azure_fixtures, gcp_fixtures
from tests.infra.rules.fixtures import Fixture

FIXTURES = {**aws_fixtures.FIXTURES, **azure_fixtures.FIXTURES, **gcp_fixtures.FIXTURES}
EACH = [
    pytest.param(rule, fixture, id=f"{rule}-{fixture.type.rpartition(':')[2]}")
    for rule, fixtures in FIXTURES.items()
    for fixture in fixtures
]

DOCUMENTS = [
    pytest.param(rule, fixture, id=fixture.type.rpartition(":")[2])
    for rule in ("s3-tls", "aws-nobody-unnamed", "iam-no-wildcards", "iam-whole-subjects")
    for fixture in FIXTURES[rule]
]
PAGE = PROJECT / "docs" / "guide" / "rules.md"


def broken_rules(token: str, inputs: Any) -> set[tuple[str, str]]:
    return {(it.rule, it.path) for it in findings(token, inputs, posture="lasting")}


def test_every_rule_has_a_fixture_that_fails_it() -> None:
    assert FIXTURES.keys() == {rule.name for rule in RULES}


def test_every_rule_has_a_name_of_its_own() -> None:
    names = [rule.name for rule in (*RULES, *STACK_RULES)]

    assert len(names) == len(set(names))


@pytest.mark.parametrize(("rule", "fixture"), EACH)
def test_a_payload_that_keeps_every_rule_has_no_findings(rule: str, fixture: Fixture) -> None:
    assert fixture.good is None or not broken_rules(fixture.type, fixture.good)


@pytest.mark.parametrize(("rule", "fixture"), EACH)
def test_a_change_that_breaks_a_rule_is_found_by_that_rule_and_its_property(
    rule: str, fixture: Fixture
) -> None:
    for path, change in fixture.bad.items():
        inputs = {**(fixture.good or {}), **change}

        assert broken_rules(fixture.type, inputs) == {(rule, path)}


@pytest.mark.parametrize(("rule", "fixture"), EACH)
def test_what_is_not_known_yet_is_no_finding(rule: str, fixture: Fixture) -> None:
    unknown = dict.fromkeys(fixture.good or {}, UNKNOWN)

    assert fixture.good is None or not broken_rules(fixture.type, unknown)


@pytest.mark.parametrize(("rule", "fixture"), DOCUMENTS)
def test_a_policy_document_may_be_an_object(rule: str, fixture: Fixture) -> None:
    def as_objects(inputs: Any) -> dict[str, Any]:
        return {
            name: json.loads(value) if isinstance(value, str) and value[:1] == "{" else value
            for name, value in inputs.items()
        }

    for path, change in fixture.bad.items():
        inputs = as_objects({**(fixture.good or {}), **change})

        assert broken_rules(fixture.type, inputs) == {(rule, path)}


def test_a_rule_of_a_stricter_posture_asks_nothing_of_a_milder_one() -> None:
    key = "aws:iam/accessKey:AccessKey"

    assert findings(key, {}, posture="emulated") == []
    assert findings(key, {}, posture="disposable") == []
    assert [it.rule for it in findings(key, {}, posture="lasting")] == ["aws-no-long-lived-keys"]


def test_a_finding_is_a_sentence_that_names_property_and_rule() -> None:
    (found,) = findings(
        "azure-native:storage:StorageAccount",
        {**azure_fixtures.ACCOUNT, "allowBlobPublicAccess": True},
        posture="emulated",
    )

    assert str(found) == (
        "allowBlobPublicAccess is true, must be false: nobody unnamed may read (rule azure-public-access)"
    )


def test_the_guide_has_a_row_for_each_rule_and_no_other() -> None:
    since = {"emulated": "always", "disposable": "real accounts", "lasting": "lasting"}
    rows = {f"| `{it.name}` | {it.demand} | {since[it.since]} |" for it in (*RULES, *STACK_RULES)}

    assert {line for line in PAGE.read_text().splitlines() if line.startswith("| `")} == rows
