from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

from infra.settings import Settings, parse_settings
from tests.infra.program.recording import ENVIRONMENTS, PROJECT, environment_config, run_program

OURS = "knowledge-base-cloud:"


def _parse(values: dict[str, Any]) -> Settings:
    return parse_settings(values, namespace="knowledge-base-cloud", file="Pulumi.test.yaml")


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"clouds": ["aws", "ibm"]}, "knowledge-base-cloud:clouds[1]"),
        ({"clouds": "aws"}, "knowledge-base-cloud:clouds"),
        ({"clouds": []}, "knowledge-base-cloud:clouds"),
        ({"clouds": ["aws", "aws"]}, "knowledge-base-cloud:clouds"),
        ({"clouds": ["aws"], "primary": "azure"}, "knowledge-base-cloud:primary"),
        ({"prefix": "kb"}, "knowledge-base-cloud:prefix: 'kb' must look like '' or 'kb/'"),
        ({"prefix": "*/"}, "knowledge-base-cloud:prefix"),
        ({"prefix": "/kb/"}, "knowledge-base-cloud:prefix"),
        ({"disposable": "maybe"}, "knowledge-base-cloud:disposable"),
        ({"aws_bucket": "Upper"}, "knowledge-base-cloud:aws_bucket"),
        ({"gcp_bucket": "with.dot"}, "knowledge-base-cloud:gcp_bucket"),
        ({"gcp_location": "eu"}, "knowledge-base-cloud:gcp_location: 'eu' must look like 'EU'"),
        (
            {
                "clouds": ["gcp"],
                "agent_trust": {"oidc_issuer": "https://x.example", "oidc_subject": "가" * 43},
            },
            "agent_trust.oidc_subject",
        ),
        ({"azure_account": "with-dash"}, "knowledge-base-cloud:azure_account"),
        ({"azure_container": "kb"}, "knowledge-base-cloud:azure_container"),
        ({"azure_redundancy": "LRS"}, "knowledge-base-cloud:azure_redundancy"),
        ({"tiering": {"cool": 3}}, "knowledge-base-cloud:tiering.cool"),
        ({"tiering": {"cool_after_days": "x"}}, "knowledge-base-cloud:tiering.cool_after_days"),
        ({"tiering": 7}, "knowledge-base-cloud:tiering"),
        (
            {"tiering": {"expire": [{"folder": ".kb/", "after_days": 1}]}},
            "knowledge-base-cloud:tiering.expire[0]",
        ),
        (
            {"tiering": {"old_versions": {"kept_days": 400}}},
            "knowledge-base-cloud:tiering.old_versions",
        ),
        (
            {
                "azure_redundancy": "Standard_ZRS",
                "tiering": {"old_versions": {"archive_after_days": 9}},
            },
            "azure_redundancy",
        ),
        ({"agent_trust": {"oidc_issuer": "https://x.example"}}, "knowledge-base-cloud:agent_trust"),
        (
            {"agent_trust": {"oidc_issuer": "https://x.example", "oidc_subject": "repo:o/*"}},
            "knowledge-base-cloud:agent_trust",
        ),
        ({"agent_trust": {"aws_principals": ["*"]}}, "knowledge-base-cloud:agent_trust"),
        ({"watch": {"emails": ["nobody"]}}, "knowledge-base-cloud:watch: emails: 'nobody'"),
        ({"watch": {"emails": ["a@b.example"] * 2}}, "knowledge-base-cloud:watch: emails"),
        ({"watch": {"budget_month": 0}}, "knowledge-base-cloud:watch: budget_month is 0"),
        ({"watch": {"access_log_days": 7}}, "knowledge-base-cloud:watch: access_log_days is 7"),
        (
            {"watch": {"alarms": {"server_errors_percent": 100}}},
            "knowledge-base-cloud:watch.alarms: server_errors_percent is 100",
        ),
        ({"watch": {"alarms": {"quiet_hours": 7}}}, "knowledge-base-cloud:watch.alarms"),
        ({"watch": {"alarms": {"latency_milliseconds": 0}}}, "latency_milliseconds is 0"),
        ({"watch": {"pager": "x"}}, "knowledge-base-cloud:watch.pager: is no setting"),
        ({"cloudz": ["aws"]}, "knowledge-base-cloud:cloudz is no setting"),
        ({"migration": True}, "knowledge-base-cloud:migration"),
        ({"migration": "ajar"}, "knowledge-base-cloud:migration"),
        (
            {"migrator": True},
            "knowledge-base-cloud:migrator is called migration now: 'open' instead of true",
        ),
    ],
)
def test_a_wrong_value_is_one_sentence_that_names_its_key(
    wrong: dict[str, Any], named: str
) -> None:
    with pytest.raises(pulumi.RunError) as raised:
        run_program(wrong)

    message = str(raised.value)
    assert named in message
    assert message.startswith("Pulumi.test.yaml: ")
    assert "\n" not in message


def test_a_misspelled_key_is_answered_with_the_right_one() -> None:
    with pytest.raises(pulumi.RunError, match="did you mean clouds"):
        _parse({"cloudz": ["aws"]})


def test_no_configuration_is_a_configuration() -> None:
    assert _parse({}) == Settings()


def test_the_first_cloud_is_primary_unless_another_is_named() -> None:
    assert _parse({"clouds": ["azure", "aws"]}).primary == "azure"
    assert _parse({"clouds": ["azure", "aws"], "primary": "aws"}).primary == "aws"


def test_values_as_the_engine_writes_them_are_understood() -> None:
    settings = _parse(
        {"clouds": '["azure"]', "disposable": "true", "tiering": '{"cool_after_days":5}'}
    )

    assert settings.clouds == ("azure",)
    assert settings.disposable is True
    assert settings.tiering.cool_after_days == 5


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().prefix = "x/"  # type: ignore[misc] # what mypy refuses must fail at run time too


def test_the_schema_in_the_project_file_has_the_defaults_of_the_settings() -> None:
    declared = yaml.safe_load((PROJECT / "Pulumi.yaml").read_text())["config"]

    defaults = Settings().model_dump(mode="json")
    assert {key: entry["default"] for key, entry in declared.items()} == {
        key: defaults[key] for key in declared
    }


def test_every_key_is_explained_in_the_guide() -> None:
    guide = (PROJECT / "docs" / "guide" / "configuration.md").read_text()

    assert not [key for key in Settings.model_fields if f"`{key}`" not in guide]


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_environment_file_is_valid(environment: str) -> None:
    configured = environment_config(environment)

    ours = {
        key.removeprefix(OURS): value for key, value in configured.items() if key.startswith(OURS)
    }
    assert _parse(ours).primary == "azure"
    assert {"aws:region", "azure-native:location"} <= configured.keys()


def test_only_the_local_environment_has_a_salt_of_its_own() -> None:
    with_salt = [
        path.name
        for path in sorted(Path(PROJECT).glob("Pulumi.*.yaml"))
        if "encryptionsalt" in yaml.safe_load(path.read_text())
    ]

    assert with_salt == ["Pulumi.local.yaml"]
