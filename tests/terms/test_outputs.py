from typing import Any

import pytest

from app.terms.outputs import SECRET_FIELDS, Outputs, OutputsError, parse_outputs
from app.terms.variables import SECRET_VARIABLES, variables_of

AWS: dict[str, Any] = {
    "schema_version": 1,
    "environment": "dev",
    "primary": "aws",
    "prefix": "kb/",
    "aws_bucket": "kb-1",
    "aws_region": "eu-central-1",
    "aws_agent_access_key_id": "AKIDAGENT",
    "aws_agent_secret_access_key": "agent-secret",
    "aws_migrator_access_key_id": "AKIDMIGRATOR",
    "aws_migrator_secret_access_key": "migrator-secret",
}
AWS["given"] = list(AWS)


def test_no_outputs_says_that_the_environment_is_not_up() -> None:
    with pytest.raises(OutputsError, match="kb up -s dev"):
        parse_outputs({}, environment="dev")


@pytest.mark.parametrize("version", [None, 0, 2, "1"])
def test_another_schema_version_is_one_sentence_that_names_both(version: object) -> None:
    with pytest.raises(OutputsError, match=r"version .*reads version 1"):
        parse_outputs({**AWS, "schema_version": version}, environment="dev")


@pytest.mark.parametrize("field", ["environment", "primary", "prefix", "aws_bucket", "aws_region"])
def test_a_missing_field_is_named(field: str) -> None:
    values = {name: value for name, value in AWS.items() if name != field}

    with pytest.raises(OutputsError, match=field):
        parse_outputs(values, environment="dev")


def test_a_renamed_field_is_named() -> None:
    with pytest.raises(OutputsError, match="aws_bukket"):
        parse_outputs({**AWS, "aws_bukket": "x"}, environment="dev")


def test_no_error_shows_a_secret() -> None:
    with pytest.raises(OutputsError) as raised:
        parse_outputs({**AWS, "aws_agent_secret_access_key": ["agent-secret"]}, environment="dev")

    assert "agent-secret" not in str(raised.value)


def test_every_field_that_holds_a_secret_is_in_the_list() -> None:
    named = {name for name in Outputs.model_fields if "secret" in name or "connection" in name}

    assert named == SECRET_FIELDS


def test_no_secret_is_in_the_text_of_the_outputs() -> None:
    assert "agent-secret" not in repr(parse_outputs(AWS, environment="dev"))


def test_the_migrator_gets_its_own_credentials() -> None:
    outputs = parse_outputs(AWS, environment="dev")

    assert variables_of(outputs)["AWS_SECRET_ACCESS_KEY"] == "agent-secret"
    assert variables_of(outputs, identity="migrator")["AWS_SECRET_ACCESS_KEY"] == "migrator-secret"


def test_variables_are_exactly_those_that_the_environment_has() -> None:
    outputs = parse_outputs(AWS, environment="dev")

    assert set(variables_of(outputs)) == {
        "KB_STACK",
        "STORAGE_TYPE",
        "KB_PREFIX",
        "AWS_BUCKET_NAME",
        "AWS_REGION",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
    }


def test_every_variable_with_a_secret_is_masked_by_name() -> None:
    values = variables_of(parse_outputs(AWS, environment="dev"))

    assert {name for name, value in values.items() if value == "agent-secret"} <= SECRET_VARIABLES
