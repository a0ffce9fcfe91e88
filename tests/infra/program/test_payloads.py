from typing import Any

import pytest

from infra.local_cloud.aws import payloads as aws_payloads
from infra.local_cloud.azure_native import payloads as azure_payloads
from infra.local_cloud.gcp import payloads as gcp_payloads
from tests.infra.program.recording import Recording, Resource, run_program

PAYLOADS = {"aws": aws_payloads, "azure-native": azure_payloads, "gcp": gcp_payloads}

TRUST = {"oidc_issuer": "https://issuer.example", "oidc_subject": "repo:o/r:environment:it's"}
EVERYTHING: dict[str, Any] = {
    "clouds": ["aws", "azure", "gcp"],
    "agent_trust": TRUST,
    "migrator_trust": TRUST,
    "migration": "open",
    "aws_access_keys": True,
    "azure_shared_key": True,
    "tiering": {
        "cool_after_days": 10,
        "cold_after_days": 20,
        "allow_offline": True,
        "archive": [{"folder": "기록/", "after_days": 30}],
        "expire": [{"folder": "drafts/", "after_days": 5}, {"folder": "a b/", "after_days": 6}],
        "old_versions": {"cool_after_days": 1, "archive_after_days": 2, "kept_days": 3},
    },
}


def _refusals(resources: list[Resource]) -> dict[str, Any]:
    found = {}
    for resource in resources:
        payloads = PAYLOADS[resource.token.partition(":")[0]]
        failures = payloads.failures(resource.token, dict(resource.inputs))
        if failures:
            found[f"{resource.token} {resource.name}"] = failures
    return found


def test_the_vendors_models_take_every_resource_of_every_environment(recorded: Recording) -> None:
    assert _refusals(recorded.resources) == {}


@pytest.mark.parametrize("prefix", ["", "kb/", "team/kb/"])
def test_the_vendors_models_take_everything_that_can_be_configured(prefix: str) -> None:
    assert _refusals(run_program({**EVERYTHING, "prefix": prefix}).resources) == {}


def test_the_vendors_models_take_a_policy_that_moves_nothing() -> None:
    tiering = {"cool_after_days": None, "cold_after_days": None}

    assert _refusals(run_program({"tiering": tiering}).resources) == {}
