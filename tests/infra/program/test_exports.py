import ast
from typing import Any

import pulumi
import pytest

from app.terms.outputs import SECRET_FIELDS, Outputs, OutputsError, parse_outputs
from infra.exports import export_outputs
from tests.infra.program.recording import ACCOUNT_KEY, PROJECT, Recording, run_program

ALL: dict[str, Any] = dict.fromkeys(name for name in Outputs.model_fields if name != "given")


def test_exactly_the_outputs_of_the_contract_are_exported(recorded: Recording) -> None:
    assert recorded.exports.keys() == Outputs.model_fields.keys()


def test_one_module_exports_so_that_nothing_is_exported_unchecked() -> None:
    exporting = {
        str(path.relative_to(PROJECT))
        for path in (PROJECT / "infra").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Attribute) and node.attr == "export")
        or (isinstance(node, ast.ImportFrom) and "export" in {it.name for it in node.names})
    }

    assert exporting == {"infra/exports.py"}


def test_the_programs_can_read_what_is_exported(recorded: Recording) -> None:
    outputs = parse_outputs(recorded.exports, environment="any")

    assert outputs.primary == "azure"
    assert outputs.clouds == ("azure", *outputs.clouds[1:])
    assert set(outputs.clouds) >= {"azure", "aws"}


def test_a_secret_is_a_secret_of_the_engine_and_nothing_else_is(recorded: Recording) -> None:
    there = {name for name in SECRET_FIELDS if recorded.exports[name] is not None}

    assert recorded.secrets == there


def test_no_secret_is_part_of_an_output_that_is_none(local: Recording) -> None:
    open_text = repr({name: it for name, it in local.exports.items() if name not in SECRET_FIELDS})

    assert ACCOUNT_KEY not in open_text
    assert "secret-of" not in open_text


@pytest.mark.parametrize("name", ["schema_version", "aws_bucket", "azure_connection_string"])
def test_an_output_that_is_forgotten_is_named(name: str) -> None:
    forgotten = {it: value for it, value in ALL.items() if it != name}

    with pytest.raises(pulumi.RunError, match=f"'{name}'"):
        export_outputs(forgotten, environment="test")


def test_an_output_that_the_contract_does_not_know_is_named() -> None:
    with pytest.raises(pulumi.RunError, match="'aws_bukket'"):
        export_outputs({**ALL, "aws_bukket": "x"}, environment="test")


def test_a_value_that_breaks_the_contract_fails_the_update() -> None:
    with pytest.raises(pulumi.RunError, match="azure_account_url"):
        run_program({"clouds": ["azure"]}, account_url=7)


def test_where_s3_answers_comes_from_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:5000")

    assert run_program({}).exports["aws_endpoint_url"] == "http://127.0.0.1:5000"
    assert run_program({"clouds": ["azure"]}).exports["aws_endpoint_url"] is None


def test_where_cloud_storage_answers_comes_from_the_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", "http://127.0.0.1:4443")

    assert run_program({"clouds": ["gcp"]}).exports["gcp_endpoint_url"] == "http://127.0.0.1:4443"
    assert run_program({"clouds": ["azure"]}).exports["gcp_endpoint_url"] is None


def test_masked_secrets_are_not_taken_for_secrets(local: Recording) -> None:
    masked = {**local.exports, "azure_connection_string": "[secret]"}

    with pytest.raises(OutputsError, match="azure_connection_string is masked"):
        parse_outputs(masked, environment="local")


def test_half_a_key_is_refused(local: Recording) -> None:
    with pytest.raises(OutputsError, match="aws_agent_secret_access_key is missing"):
        parse_outputs({**local.exports, "aws_agent_secret_access_key": None}, environment="local")
