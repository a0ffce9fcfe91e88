"""No property of a served type is let through unseen: each refuses, by its name, what it can never be."""

import pytest

from infra.local_cloud.aws import schemas as aws_types
from infra.local_cloud.azure_native import models
from infra.local_cloud.azure_native import schemas as azure_types
from infra.local_cloud.gcp import schemas as gcp_types
from tests.infra.local_cloud import watch_examples
from tests.infra.local_cloud.gcp.examples import GCP
from tests.infra.local_cloud.lives.life import failures
from tests.infra.local_cloud.payload_examples import VALID

EXAMPLES = VALID | watch_examples.AWS | watch_examples.AZURE | GCP
NEVER = [[1.5]]
"""No text, number, switch or object, and no list of those either."""


def properties(token: str) -> set[str]:
    """Everything that a program may give to a type."""
    if token in aws_types.SCHEMAS:
        aws = aws_types.SCHEMAS[token]
        return {*aws.members, *aws.own}
    if token in gcp_types.SCHEMAS:
        gcp = gcp_types.SCHEMAS[token]
        # A name with a dot lies within another property.
        return {name for name in (*gcp.body, *gcp.place, *gcp.own) if "." not in name}
    azure = azure_types.SCHEMAS[token]
    return {*azure.place, *(models.properties(azure.model) if azure.model else azure.body)}


@pytest.mark.parametrize("token", EXAMPLES)
def test_each_property_refuses_what_it_can_never_be(token: str) -> None:
    let_through = {
        name
        for name in properties(token)
        if not any(
            path.partition("[")[0].partition(".")[0] == name
            for path, _ in failures(token, {**EXAMPLES[token], name: NEVER})
        )
    }

    assert let_through == set()


def test_every_type_has_an_example() -> None:
    served = {*aws_types.SCHEMAS, *azure_types.SCHEMAS, *gcp_types.SCHEMAS}

    assert EXAMPLES.keys() == served
