"""What the vendors' models and their documentation refuse is refused, each constraint broken once."""

from typing import Any

import pytest

from infra.local_cloud.aws import payloads as aws
from infra.local_cloud.aws import schemas as aws_types
from infra.local_cloud.azure_native import payloads as azure
from infra.local_cloud.azure_native import schemas as azure_types
from infra.local_cloud.values import UNKNOWN
from tests.infra.local_cloud import forbidden_aws, forbidden_azure
from tests.infra.local_cloud.mutations import Mutation, changed, of_aws, of_azure
from tests.infra.local_cloud.payload_examples import AWS, AZURE, VALID

Properties = dict[str, Any]


def failures(token: str, inputs: Properties) -> list[tuple[str, str]]:
    if token in AWS:
        return aws.failures(token, inputs)
    return azure.failures(token, inputs)


def mutations() -> list[tuple[str, Mutation]]:
    found: list[tuple[str, Mutation]] = []
    for token, inputs in AWS.items():
        schema = aws_types.SCHEMAS[token]
        broken = of_aws(schema.service, schema.operation, dict(schema.members), inputs)
        found += [(token, mutation) for mutation in broken]
    for token, inputs in AZURE.items():
        model = azure_types.SCHEMAS[token].model
        if model:
            place = azure_types.SCHEMAS[token].place
            found += [
                (token, mutation)
                for mutation in of_azure(model, inputs, place=place)
                # azure-native takes the location from the configuration or the resource group.
                if mutation[0::2] != ("a member missing", "location")
            ]
    return found


MUTATIONS = mutations()


def test_the_examples_cover_every_type_that_is_served() -> None:
    assert AWS.keys() == aws_types.SCHEMAS.keys()
    assert AZURE.keys() == azure_types.SCHEMAS.keys()


@pytest.mark.parametrize("token", VALID)
def test_a_valid_payload_is_accepted(token: str) -> None:
    assert failures(token, VALID[token]) == []


@pytest.mark.parametrize(
    ("token", "mutation"),
    MUTATIONS,
    ids=[f"{token.rpartition(':')[2]}-{what}-{path}" for token, (what, _, path) in MUTATIONS],
)
def test_a_payload_with_one_constraint_broken_is_refused_at_that_place(
    token: str, mutation: Mutation
) -> None:
    _, inputs, path = mutation
    found = failures(token, inputs)

    assert any(where.startswith(path) for where, _ in found), found


@pytest.mark.parametrize("token", VALID)
def test_a_property_that_does_not_exist_is_refused_by_its_name(token: str) -> None:
    (failure,) = failures(token, VALID[token] | {"unknownProperty": 1})

    assert failure[0] == "unknownProperty"


@pytest.mark.parametrize("token", VALID)
def test_unknown_values_are_passed_over(token: str) -> None:
    assert failures(token, dict.fromkeys(VALID[token], UNKNOWN)) == []


@pytest.mark.parametrize(
    ("token", "path", "value", "refused"), [*forbidden_aws.FORBIDDEN, *forbidden_azure.FORBIDDEN]
)
def test_what_the_documentation_forbids_is_refused_at_that_place(
    token: str, path: tuple[str | int, ...], value: Any, refused: str
) -> None:
    found = failures(token, changed(VALID[token], path, value))

    assert any(where.startswith(refused) for where, _ in found), found
