"""Every constraint in the code of the checks is broken by a payload of the tables, at its property.

A place in the code that refuses and that no payload reaches fails by its line: so does one that is new.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from infra.local_cloud.azure_native import schemas as azure_types
from infra.local_cloud.azure_native import watch_schemas
from infra.local_cloud.credentials import MOTO_ACCOUNT_ID
from infra.local_cloud.handlers import Failure
from infra.local_cloud.values import UNKNOWN
from tests.infra.local_cloud import forbidden_aws, forbidden_azure, forbidden_watch, refusal_sites
from tests.infra.local_cloud.gcp import forbidden as forbidden_gcp
from tests.infra.local_cloud.gcp import forbidden_budgets
from tests.infra.local_cloud.gcp import test_payloads as of_google
from tests.infra.local_cloud.gcp import whole_payloads as whole_gcp
from tests.infra.local_cloud.gcp.examples import GCP
from tests.infra.local_cloud.lives.life import CLOUDS, failures
from tests.infra.local_cloud.mutations import changed, paths, replaced, text
from tests.infra.local_cloud.payload_examples import AZURE, VALID
from tests.infra.local_cloud.refusal_sites import Site
from tests.infra.local_cloud.test_payloads import MUTATIONS
from tests.infra.local_cloud.test_whole_payloads import broken, wholes

Properties = dict[str, Any]
EXAMPLES = VALID | GCP
FORBIDDEN = [
    *forbidden_aws.FORBIDDEN,
    *forbidden_azure.FORBIDDEN,
    *forbidden_watch.FORBIDDEN,
    *forbidden_gcp.FORBIDDEN,
    *forbidden_budgets.FORBIDDEN,
]
CONFIGURATIONS: list[tuple[str, Properties, str]] = [
    ("aws", {"endpoints": "[]"}, "endpoints"),
    ("aws", {"country": "ko"}, "country"),
    ("aws", {"allowedAccountIds": '["1"]'}, "allowedAccountIds"),
    ("aws", {"forbiddenAccountIds": f'["{MOTO_ACCOUNT_ID}"]'}, "forbiddenAccountIds"),
    ("azure-native", {"country": "ko"}, "country"),
    ("gcp", {"storageCustomEndpoint": "http://x"}, "storageCustomEndpoint"),
    ("gcp", {"defaultLabels": "{}"}, "defaultLabels"),
    ("gcp", {"country": "ko"}, "country"),
]
"""A plugin, what it is configured with, what it refuses of that."""


def rows() -> Iterator[tuple[str, Properties, str]]:
    """What the tables have refused: type, inputs, what the path of a refusal begins with."""
    for token, (_, inputs, path) in [*MUTATIONS, *of_google.MUTATIONS]:
        yield token, inputs, path
    for token in VALID:
        for whole in wholes(token):
            for _, inputs, path in broken(token, whole):
                yield token, inputs, path
    for token in GCP:
        for _, inputs, path in whole_gcp.broken(whole_gcp.whole(token)):
            yield token, inputs, path
    for token, where, value, path in FORBIDDEN:
        yield token, changed(EXAMPLES[token], where, value), path
    for token, name in of_google.REQUIRED:
        everything = {**GCP[token], **whole_gcp.whole(token).payload}
        there = of_google.path_of(everything, name)
        yield token, changed(everything, there, None), text(there)
    account = changed(AZURE[azure_types.ACCOUNT], ("accessTier",), None)
    yield azure_types.ACCOUNT, account | {"kind": "BlobStorage"}, "accessTier"
    setting = changed(AZURE[watch_schemas.DIAGNOSTICS], ("metrics",), None)
    yield watch_schemas.DIAGNOSTICS, changed(setting, ("logs",), None), "logs"


def refusals() -> Iterator[tuple[list[Failure], str]]:
    """What the checks say of each row, and what the path of a refusal begins with."""
    for token, inputs, path in rows():
        yield failures(token, inputs), path
    for plugin, config, path in CONFIGURATIONS:
        yield CLOUDS[plugin].config_failures(config), path


@pytest.fixture(scope="module")
def reached() -> tuple[set[Site], set[Site]]:
    """The places that refused a property that a table says, and the reasons that held."""
    told: set[Site] = set()
    with refusal_sites.recorded() as record:
        for found, path in refusals():
            reasons = {reason for where, reason in found if where.startswith(path)}
            told |= {site for site, reason in record.refused if reason in reasons}
            record.refused.clear()
        for token, inputs in EXAMPLES.items():
            for there in paths(inputs):
                for value in (None, UNKNOWN):
                    failures(token, replaced(inputs, there, value))
    return told, record.held


def test_every_place_that_refuses_is_reached_by_a_payload_whose_property_it_names(
    reached: tuple[set[Site], set[Site]],
) -> None:
    places, _ = refusal_sites.sites()

    assert sorted(map(str, places - reached[0])) == []


def test_every_reason_of_several_is_once_the_one_that_holds(
    reached: tuple[set[Site], set[Site]],
) -> None:
    _, reasons = refusal_sites.sites()

    assert sorted(map(str, reasons - reached[1])) == []
