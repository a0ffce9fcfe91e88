"""What a schema says of a property, each entry broken once: required, of a form, one value, a length."""

import re
from typing import Any

import pytest

from infra.local_cloud.aws import schemas as aws_types
from infra.local_cloud.aws.schema import Schema as AwsSchema
from infra.local_cloud.azure_native import schemas as azure_types
from infra.local_cloud.azure_native.schema import Schema as AzureSchema
from infra.local_cloud.gcp import schemas as gcp_types
from infra.local_cloud.gcp.rules import CHARACTERS_MAX
from infra.local_cloud.gcp.schema import Schema as GcpSchema
from tests.infra.local_cloud.gcp.examples import GCP
from tests.infra.local_cloud.lives.life import failures
from tests.infra.local_cloud.mutations import changed
from tests.infra.local_cloud.payload_examples import VALID

EXAMPLES: dict[str, dict[str, Any]] = VALID | GCP
MODELLED: dict[str, AzureSchema | GcpSchema] = {**azure_types.SCHEMAS, **gcp_types.SCHEMAS}
SCHEMAS: dict[str, AwsSchema | AzureSchema | GcpSchema] = {**aws_types.SCHEMAS, **MODELLED}


def patterns(token: str) -> dict[str, re.Pattern[str]]:
    """The forms of a type's properties."""
    every = azure_types.PATTERNS if token in azure_types.SCHEMAS else gcp_types.PATTERNS
    known = {**every, **MODELLED[token].patterns}
    return {name: known[name][0] for name in known if name in EXAMPLES[token]}


@pytest.mark.parametrize(
    ("token", "name"),
    [
        (token, name)
        for token, schema in SCHEMAS.items()
        for name in schema.required
        if "." not in name  # what lies deeper is broken by Google's own table
    ],
)
def test_what_is_required_is_missed_by_its_name(token: str, name: str) -> None:
    assert (name, "is required") in failures(token, changed(EXAMPLES[token], (name,), None))


@pytest.mark.parametrize(
    ("token", "name"), [(token, name) for token in MODELLED for name in patterns(token)]
)
def test_a_form_that_is_not_kept_is_refused_by_its_name(token: str, name: str) -> None:
    assert not patterns(token)[name].fullmatch("\n")
    assert name in dict(failures(token, EXAMPLES[token] | {name: "\n"}))


def test_every_form_is_that_of_a_property_that_some_example_gives() -> None:
    forms = {*azure_types.PATTERNS, *gcp_types.PATTERNS}
    forms |= {name for schema in MODELLED.values() for name in schema.patterns}

    assert forms == {name for token in MODELLED for name in patterns(token)}


@pytest.mark.parametrize(
    ("token", "name"),
    [(token, name) for token, schema in azure_types.SCHEMAS.items() for name in schema.fixed],
)
def test_the_only_value_that_there_can_be_is_named(token: str, name: str) -> None:
    found = dict(failures(token, EXAMPLES[token] | {name: "another"}))

    assert azure_types.SCHEMAS[token].fixed[name] in found[name]


@pytest.mark.parametrize(
    ("token", "name", "most"),
    [
        (token, name, most)
        for token, names in CHARACTERS_MAX.items()
        for name, most in names.items()
    ],
)
def test_a_text_that_is_too_long_by_one_is_refused_by_its_name(
    token: str, name: str, most: int
) -> None:
    assert failures(token, EXAMPLES[token] | {name: "a" * most}) == []
    assert name in dict(failures(token, EXAMPLES[token] | {name: "a" * (most + 1)}))
