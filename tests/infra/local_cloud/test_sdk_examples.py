"""What the SDKs show is accepted; what exists and is not served is refused by its name."""

from typing import Any

import pytest

from infra.local_cloud.aws import schemas as aws_types
from infra.local_cloud.aws import watch_schemas
from infra.local_cloud.azure_native import models
from infra.local_cloud.azure_native import schemas as azure_types
from infra.local_cloud.azure_native import watch_schemas as watch_types
from infra.local_cloud.gcp import schemas as gcp_types
from tests.infra.local_cloud import sdk_examples, sdk_payloads
from tests.infra.local_cloud.gcp.examples import GCP
from tests.infra.local_cloud.lives.life import failures
from tests.infra.local_cloud.mutations import changed, text
from tests.infra.local_cloud.payload_examples import AWS, VALID
from tests.infra.local_cloud.sdk_examples import inputs_of, programs_of

Properties = dict[str, Any]
EXAMPLES = VALID | GCP
_ACTION = {"noncurrentVersionExpiration": {"noncurrentDays": 3650}}


def unserved(token: str) -> set[str]:
    """The properties of a type that exist and that the local cloud does not keep."""
    if token in AWS:
        return set(aws_types.SCHEMAS[token].refused)
    schema = gcp_types.SCHEMAS[token] if token in GCP else azure_types.SCHEMAS[token]
    return set(schema.unserved)


def served(token: str) -> set[str]:
    """The properties of a type that the local cloud keeps."""
    if token in AWS:
        return {*aws_types.SCHEMAS[token].members, *aws_types.SCHEMAS[token].own}
    if token in GCP:
        gcp = gcp_types.SCHEMAS[token]
        return {name for name in (*gcp.body, *gcp.place, *gcp.own) if "." not in name}
    azure = azure_types.SCHEMAS[token]
    return {*azure.place, *(models.properties(azure.model) if azure.model else azure.body)}


def completed(token: str, inputs: Properties) -> Properties:
    """An example with what its page leaves out for brevity ("... other configuration ...")."""
    if token == watch_schemas.BUDGET:
        return {"budgetType": "COST", "timeUnit": "MONTHLY"} | inputs
    if token == aws_types.LIFECYCLE:
        return inputs | {"rules": [_ACTION | rule for rule in inputs["rules"]]}
    return inputs


SHOWN = [
    (token, name, completed(token, inputs))
    for token in (*AWS, *GCP)
    for name, inputs in programs_of(token)
]


def test_every_type_of_aws_and_google_is_shown() -> None:
    assert {token for token, _, _ in SHOWN} == {*AWS, *GCP}


@pytest.mark.parametrize(
    ("token", "inputs"),
    [(token, inputs) for token, _, inputs in SHOWN if not inputs.keys() & unserved(token)],
    ids=[
        f"{token.rpartition(':')[2]}-{name}"
        for token, name, inputs in SHOWN
        if not inputs.keys() & unserved(token)
    ],
)
def test_a_program_of_the_documentation_is_accepted(token: str, inputs: Properties) -> None:
    assert failures(token, inputs) == []


@pytest.mark.parametrize("token", EXAMPLES)
def test_what_is_not_served_is_refused_by_its_name_and_said_to_exist(token: str) -> None:
    for name in unserved(token):
        found = dict(failures(token, EXAMPLES[token] | {name: "x"}))

        assert "is not a property" not in found[name]


@pytest.mark.parametrize("token", EXAMPLES)
def test_every_property_of_the_sdk_is_served_or_refused_by_its_name(token: str) -> None:
    assert served(token) | unserved(token) == inputs_of(token)
    assert not served(token) & unserved(token)


KINDS = ("a list", "an object", "a string", "a number", "a whole number", "true or false")


@pytest.mark.parametrize("token", EXAMPLES)
def test_every_property_of_an_object_of_the_sdk_is_taken_for_one_of_its_kind(token: str) -> None:
    mistaken = [
        (path, reason)
        for path, reason in failures(token, sdk_payloads.of_sdk(token))
        if "is not a property" in reason or reason.removeprefix("must be ") in KINDS
    ]

    assert mistaken == []


@pytest.mark.parametrize("token", EXAMPLES)
def test_what_the_sdk_requires_is_missed_by_its_name(token: str) -> None:
    for name in sdk_examples.required_of(token):
        assert (name, "is required") in failures(token, changed(EXAMPLES[token], (name,), None))


@pytest.mark.parametrize(
    "token",
    # Which members an alert's criteria must have hangs on their kind: test_whole_payloads.
    [token for token in EXAMPLES if token != watch_types.METRIC_ALERT],
)
def test_what_the_sdk_requires_of_an_object_is_missed_by_its_name(token: str) -> None:
    whole = sdk_payloads.of_sdk(token)
    deeper = [where for where, reason in failures(token, whole) if "is not served" in reason]
    refused = (*unserved(token), *deeper)
    let_through = [
        text(path)
        for path in sdk_payloads.required_of(token)
        if not text(path).startswith(refused)
        # A name that the program gives stands in brackets.
        and (text(path), "is required")
        not in {
            (where.replace('["a"]', ".a"), reason)
            for where, reason in failures(token, changed(whole, path, None))
        }
    ]

    assert let_through == []
