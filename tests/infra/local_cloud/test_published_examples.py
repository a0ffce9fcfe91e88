"""What the vendors' own documentation shows is accepted."""

from typing import Any

import pytest

from infra.local_cloud.aws import payloads as aws
from infra.local_cloud.azure_native import payloads as azure
from infra.local_cloud.azure_native.schemas import SCHEMAS
from tests.infra.local_cloud.published_examples import AZURE, of_aws

PUBLISHED = list(of_aws())


def test_microsoft_shows_every_type_of_azure_that_is_served() -> None:
    assert {token for token, _ in AZURE.values()} == SCHEMAS.keys()


def test_the_vendor_shows_several_of_our_operations() -> None:
    assert len(PUBLISHED) > 10


@pytest.mark.parametrize(
    ("token", "inputs"),
    [(token, inputs) for token, _, inputs in PUBLISHED],
    ids=[example for _, example, _ in PUBLISHED],
)
def test_a_published_request_of_aws_is_accepted(token: str, inputs: dict[str, Any]) -> None:
    assert aws.failures(token, inputs) == []


@pytest.mark.parametrize("name", AZURE)
def test_a_published_request_of_azure_is_accepted(name: str) -> None:
    token, inputs = AZURE[name]

    assert azure.failures(token, inputs) == []
