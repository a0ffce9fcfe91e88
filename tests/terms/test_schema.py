"""The committed JSON Schema of the outputs: current, and what the last release promised."""

from typing import Any

import jsonschema
import pytest

from app.terms.compatibility import breaking_changes
from app.terms.outputs import SCHEMA_VERSION, SECRET_FIELDS, Outputs
from app.terms.schema import SCHEMAS, last_released, main, outputs_schema, schema_file, text_of
from tests.terms.test_outputs import AWS


def test_the_committed_schema_says_what_the_source_says() -> None:
    committed = schema_file(SCHEMAS).read_text(encoding="utf-8")

    assert committed == text_of(outputs_schema()), "run: python -m app.terms.schema"


def test_who_reads_by_the_last_released_schema_still_understands_the_outputs() -> None:
    version, released = last_released()

    assert version in (SCHEMA_VERSION, SCHEMA_VERSION - 1)
    if version == SCHEMA_VERSION:
        advice = "raise SCHEMA_VERSION in app/terms/outputs.py"
        assert breaking_changes(released, outputs_schema()) == (), advice


def test_a_release_that_breaks_its_version_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    version, released = last_released()
    before = schema_file(SCHEMAS / "released", version).read_text(encoding="utf-8")
    required = {**released, "required": [*released["required"], "aws_bucket"]}
    monkeypatch.setattr("app.terms.schema.outputs_schema", lambda: required)

    assert main(["release"]) == 1
    assert schema_file(SCHEMAS / "released", version).read_text(encoding="utf-8") == before


def test_the_schema_accepts_the_outputs_of_an_environment() -> None:
    jsonschema.validate(AWS, outputs_schema())


@pytest.mark.parametrize(
    "wrong",
    [
        {**AWS, "aws_bucket": 7},
        {**AWS, "aws_bukket": "x"},
        {**AWS, "schema_version": 2},
        {name: value for name, value in AWS.items() if name != "aws_region"},
        {name: value for name, value in AWS.items() if name != "given"},
    ],
    ids=["wrong type", "unknown", "other version", "half a store", "missing"],
)
def test_the_schema_refuses_what_the_programs_refuse(wrong: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, outputs_schema())


def test_the_schema_says_which_fields_are_secrets() -> None:
    fields = outputs_schema()["properties"]

    marked = {name for name in Outputs.model_fields if "password" in str(fields[name])}
    assert marked == SECRET_FIELDS
