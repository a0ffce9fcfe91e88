"""What a new version of a JSON Schema is needed for."""

from typing import Any

import pytest

from app.terms.compatibility import breaking_changes

RELEASED: dict[str, Any] = {
    "title": "Outputs",
    "type": "object",
    "additionalProperties": False,
    "required": ["version", "cloud"],
    "dependentRequired": {"bucket": ["region"]},
    "properties": {
        "version": {"const": 1, "type": "integer"},
        "cloud": {"enum": ["aws", "azure"], "type": "string"},
        "bucket": {"anyOf": [{"type": "string", "minLength": 1}, {"type": "null"}]},
        "region": {"type": "string", "maxLength": 20, "pattern": "^[a-z]"},
        "secret": {"anyOf": [{"type": "string", "format": "password"}, {"type": "null"}]},
        "names": {"type": "array", "items": {"type": "string", "maxLength": 9}},
        "free": {},
    },
}


def changed(name: str | None = None, **changes: Any) -> dict[str, Any]:
    """The released schema with other keywords, of a field or of the whole; None takes one away."""

    def apply(schema: dict[str, Any]) -> dict[str, Any]:
        return {key: it for key, it in {**schema, **changes}.items() if it is not None}

    if name is None:
        return apply(RELEASED)
    fields = RELEASED["properties"]
    return {**RELEASED, "properties": {**fields, name: apply(fields[name])}}


def with_fields(**fields: Any) -> dict[str, Any]:
    kept = {name: it for name, it in {**RELEASED["properties"], **fields}.items() if it is not None}
    return {**RELEASED, "properties": kept}


@pytest.mark.parametrize(
    "current",
    [
        RELEASED,
        with_fields(project={"type": "string"}),
        {
            **with_fields(project={"type": "string"}),
            "dependentRequired": {"bucket": ["region"], "project": ["bucket"]},
        },
        changed("cloud", enum=["aws", "azure", "gcp"]),
        changed("cloud", enum=None),
        changed("region", maxLength=30),
        changed("region", maxLength=None, pattern=None),
        changed("region", description="where it lies", title="Region", examples=["eu"]),
        changed("bucket", anyOf=[{"type": "string"}, {"type": "null"}]),
        changed("region", type=None, anyOf=[{"type": "string"}, {"type": "null"}]),
        changed("names", items={"type": "string"}),
        changed(dependentRequired={}),
    ],
    ids=[
        "nothing",
        "an optional field more",
        "an optional field more that needs another",
        "a value more",
        "any value",
        "a wider bound",
        "no bound",
        "other words",
        "no bound in an alternative",
        "an alternative more",
        "wider items",
        "a field that needs no other",
    ],
)
def test_what_is_added_or_widened_needs_no_new_version(current: dict[str, Any]) -> None:
    assert breaking_changes(RELEASED, current) == ()


@pytest.mark.parametrize(
    ("current", "sentence"),
    [
        (with_fields(bucket=None), "bucket was removed or renamed"),
        (changed(required=["version", "cloud", "region"]), "region is required and was optional"),
        (changed(required=["version"]), "cloud is optional and was required"),
        (
            {
                **with_fields(project={"type": "string"}),
                "required": ["version", "cloud", "project"],
            },
            "project is new and required",
        ),
        (changed("version", const=2), "version: 1 was allowed"),
        (changed("cloud", enum=["aws"]), "cloud: 'azure' was allowed"),
        (changed("region", enum=["eu"]), "region: only 'eu' are allowed"),
        (changed("region", type="integer"), "region: type string was allowed"),
        (changed("bucket", anyOf=[{"type": "null"}]), "bucket: type string was allowed"),
        (
            changed("bucket", anyOf=[{"type": "string", "minLength": 3}, {"type": "null"}]),
            "bucket: minLength was 1 and is 3",
        ),
        (changed("bucket", anyOf=None, type="string"), "bucket: type null was allowed"),
        (changed("region", maxLength=10), "region: maxLength was 20 and is 10"),
        (changed("region", minLength=1), "region: minLength was None and is 1"),
        (changed("region", pattern="^[a-c]"), "region: pattern was '^[a-z]' and is '^[a-c]'"),
        (
            changed("secret", anyOf=[{"type": "string"}, {"type": "null"}]),
            "secret: format was 'password' and is None",
        ),
        (
            changed("names", items={"type": "string", "maxLength": 8}),
            "names.items: maxLength was 9 and is 8",
        ),
        (changed("free", type="string"), "free: type any was allowed"),
        (changed("free", uniqueItems=True), "free: uniqueItems was None and is True"),
        (
            changed(dependentRequired={"bucket": ["region", "free"]}),
            "bucket needs free and did not",
        ),
        (changed(additionalProperties=True), "additionalProperties was False and is True"),
    ],
    ids=lambda it: it if isinstance(it, str) else "",
)
def test_what_is_taken_away_or_narrowed_needs_a_new_version_and_is_named(
    current: dict[str, Any], sentence: str
) -> None:
    assert breaking_changes(RELEASED, current) == (sentence,)
