"""What Google's discovery documents and documentation refuse is refused, each constraint broken once."""

from typing import Any

import pytest

from infra.local_cloud.gcp import schemas
from infra.local_cloud.gcp.payloads import failures
from infra.local_cloud.values import UNKNOWN
from tests.infra.local_cloud.gcp.examples import GCP, PUBLISHED
from tests.infra.local_cloud.gcp.forbidden import FORBIDDEN
from tests.infra.local_cloud.gcp.mutations import of_google
from tests.infra.local_cloud.gcp.whole_payloads import broken, whole
from tests.infra.local_cloud.mutations import Mutation, changed, text

MUTATIONS: list[tuple[str, Mutation]] = [
    (token, mutation)
    for token, inputs in GCP.items()
    for mutation in of_google(
        schemas.SCHEMAS[token].api, schemas.SCHEMAS[token].model.partition(".")[0], inputs
    )
]


def test_the_examples_cover_every_type_that_is_served() -> None:
    assert GCP.keys() == schemas.SCHEMAS.keys()


@pytest.mark.parametrize("token", GCP)
def test_a_valid_payload_is_accepted(token: str) -> None:
    assert failures(token, GCP[token]) == []


@pytest.mark.parametrize(("token", "inputs"), PUBLISHED.values(), ids=PUBLISHED)
def test_what_google_publishes_as_right_is_accepted(token: str, inputs: dict[str, Any]) -> None:
    assert failures(token, inputs) == []


@pytest.mark.parametrize(
    ("token", "mutation"),
    MUTATIONS,
    ids=[f"{token.rpartition(':')[2]}-{what}-{path}" for token, (what, _, path) in MUTATIONS],
)
def test_a_broken_constraint_is_refused_at_its_property(token: str, mutation: Mutation) -> None:
    what, inputs, path = mutation

    found = failures(token, inputs)

    assert any(where.startswith(path) for where, _ in found), (what, found)


@pytest.mark.parametrize("token", GCP)
def test_what_is_not_known_yet_is_passed_over(token: str) -> None:
    unknown = dict.fromkeys(GCP[token], UNKNOWN)

    assert failures(token, unknown) == []


REQUIRED = [(token, name) for token, schema in schemas.SCHEMAS.items() for name in schema.required]


@pytest.mark.parametrize(("token", "name"), REQUIRED)
def test_what_is_required_is_missed_by_its_name(token: str, name: str) -> None:
    everything = {**GCP[token], **whole(token).payload}
    path = path_of(everything, name)

    assert (text(path), "is required") in failures(token, changed(everything, path, None))


def path_of(inputs: dict[str, Any], name: str) -> tuple[str | int, ...]:
    """The path of a dotted name, through the first item of each list on the way."""
    path: list[str | int] = []
    value: Any = inputs
    for part in name.split("."):
        if isinstance(value, list):
            path.append(0)
            value = value[0]
        path.append(part)
        value = value[part]
    return tuple(path)


@pytest.mark.parametrize(("token", "path", "value", "refused"), FORBIDDEN)
def test_what_the_documentation_forbids_is_refused_at_that_place(
    token: str, path: tuple[str | int, ...], value: Any, refused: str
) -> None:
    found = failures(token, changed(GCP[token], path, value))

    assert any(where.startswith(refused) for where, _ in found), found


@pytest.mark.parametrize("token", GCP)
def test_each_constraint_of_a_document_refuses_what_breaks_it(token: str) -> None:
    everything = whole(token)
    before = set(failures(token, everything.payload))
    let_through = []
    for what, inputs, path in broken(everything):
        found = set(failures(token, inputs)) - before
        if not any(where.startswith(path) for where, _ in found):
            let_through.append((what, path, found))

    assert let_through == []
