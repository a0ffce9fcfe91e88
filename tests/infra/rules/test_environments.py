"""Every environment keeps every rule, but for what its configuration asks for by name."""

from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.rules import Declared, Posture, stack_findings
from tests.infra.program.recording import ENVIRONMENTS, Recording, environment_config, run_program

OURS: Final = "knowledge-base-cloud:"
EMAILS: Final = ["team@example.com"]
KEYS: Final = {
    "aws_access_keys": "aws-no-long-lived-keys",
    "azure_shared_key": "azure-no-long-lived-keys",
}


def found_in(recorded: Recording, posture: Posture) -> set[str]:
    """The findings in what a program asked for."""
    stack = [
        Declared(
            type=resource.token,
            name=resource.name,
            inputs=resource.inputs,
            protected=resource.token.rpartition(":")[2] in recorded.protected,
        )
        for resource in recorded.resources
    ]
    return {str(finding) for finding in stack_findings(stack, posture=posture)}


def posture_of(environment: str, config: dict[str, Any]) -> Posture:
    if environment == "local":
        return "emulated"
    return "disposable" if config.get("disposable") else "lasting"


def with_emails(config: dict[str, Any]) -> dict[str, Any]:
    """The configuration, filled in where its file asks for it."""
    return {**config, f"{OURS}watch": {**config[f"{OURS}watch"], "emails": EMAILS}}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_environment_keeps_every_rule(environment: str) -> None:
    config = with_emails(environment_config(environment))
    recorded = run_program(config, environment=environment)

    ours = {name.removeprefix(OURS): value for name, value in config.items()}
    assert found_in(recorded, posture_of(environment, ours)) == set()


def test_an_environment_that_tells_nobody_is_found() -> None:
    recorded = run_program(environment_config("prod"), environment="prod")

    (finding,) = found_in(recorded, "lasting")
    assert finding.endswith(
        "has no TopicSubscription: alarms would reach nobody (rule somebody-is-told)"
    )


SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "clouds": st.sampled_from([["aws"], ["azure"], ["aws", "azure"]]),
        "prefix": st.sampled_from(["", "kb/", "team/kb/"]),
        "disposable": st.booleans(),
        "migration": st.sampled_from(["closed", "open", "rollback"]),
        "aws_encryption": st.sampled_from(["s3", "kms"]),
        "aws_access_keys": st.booleans(),
        "azure_shared_key": st.booleans(),
        "azure_redundancy": st.sampled_from(["Standard_LRS", "Standard_GRS"]),
        "tiering": st.fixed_dictionaries(
            {"old_versions": st.fixed_dictionaries({"kept_days": st.integers(7, 365)})}
        ),
    },
)


def test_made_up_settings_keep_every_rule_but_for_the_keys_that_they_ask_for() -> None:
    _require_rules(4)


@pytest.mark.proof
def test_very_many_made_up_settings_keep_every_rule() -> None:
    _require_rules(300)


def _require_rules(examples: int) -> None:
    @settings(
        max_examples=examples,
        derandomize=examples < 100,
    )
    @given(config=SETTINGS)
    def law(config: dict[str, Any]) -> None:
        recorded = run_program({**config, "watch": {"emails": EMAILS}})
        posture = posture_of("any", config)
        clouds = config.get("clouds", ["aws", "azure"])
        asked_for = {
            rule
            for key, rule in KEYS.items()
            if config.get(key) and key.partition("_")[0] in clouds and posture == "lasting"
        }

        rules = {it.rpartition("(rule ")[2].rstrip(")") for it in found_in(recorded, posture)}
        assert rules == asked_for

    law()
