"""An environment of a real account that does not name it is deployed with a warning."""

from collections.abc import Mapping

import pytest

from infra.access.accounts import Configured, account_advice
from infra.local_cloud.stacks import is_local
from infra.settings import Environment, Settings

NAMED = {
    "aws:allowedAccountIds": '["123456789012"]',
    "azure-native:subscriptionId": "00000000-0000-0000-0000-000000000000",
    "gcp:project": "example",
}


def _configured(values: Mapping[str, str] = NAMED) -> Configured:
    return lambda key: values.get(key)


def _environment(name: str, *clouds: str) -> Environment:
    settings = Settings.model_validate({"clouds": list(clouds)})
    return Environment(name=name, project="knowledge-base-cloud", settings=settings)


@pytest.mark.parametrize(
    ("cloud", "key"),
    [
        ("aws", "aws:allowedAccountIds"),
        ("azure", "azure-native:subscriptionId"),
        ("gcp", "gcp:project"),
    ],
)
def test_an_account_that_nobody_named_is_one_sentence_with_its_key(cloud: str, key: str) -> None:
    environment = _environment("prod", cloud)
    (sentence,) = account_advice(environment, _configured({}))

    assert sentence.startswith("Pulumi.prod.yaml ")
    assert key in sentence
    assert account_advice(environment, _configured()) == []


def test_an_account_that_is_ruled_out_is_named_as_well() -> None:
    configured = _configured({"aws:forbiddenAccountIds": '["123456789012"]'})

    assert account_advice(_environment("dev", "aws"), configured) == []


@pytest.mark.parametrize("name", ["local", "local-two", "local-Two", "localhost", "dev", "prod"])
def test_what_is_emulated_needs_no_account(name: str) -> None:
    environment = _environment(name, "aws", "azure", "gcp")

    assert environment.is_emulated == is_local(name)
    assert bool(account_advice(environment, _configured({}))) != is_local(name)
