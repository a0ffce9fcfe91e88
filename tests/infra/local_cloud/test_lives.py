"""Every type that is served is made, imported, changed, replaced and deleted, and its drift is found.

Without an engine: what the engine would ask is asked of the handlers, on the real emulators.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from infra.local_cloud.aws import schemas
from infra.local_cloud.control_plane import ControlPlane
from infra.local_cloud.handlers import Session
from infra.local_cloud.servers import Endpoints
from tests.infra.local_cloud.lives import aws, azure, gcp, watching
from tests.infra.local_cloud.lives.life import CLOUDS, REGION, Properties, World, failures

pytestmark = [pytest.mark.emulator, pytest.mark.timeout(600)]

LIVES = aws.LIVES | azure.LIVES | gcp.LIVES | watching.LIVES
"""In the order in which they can be made."""

CONFIG = {"location": "koreacentral", "project": "example-1", "region": REGION}


@pytest.fixture(scope="module")
def emulated(
    emulators: Endpoints, gcs_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Everything that is served, with one of each once a test has asked for them."""
    plane = ControlPlane(tmp_path_factory.mktemp("lives") / "control_plane.json")
    endpoints = Endpoints(emulators.aws_url, emulators.azure_blob_url, gcs_url)
    world = World(Session("local-test", endpoints, plane, CONFIG))
    for cloud in CLOUDS.values():
        world.handlers |= cloud.open(world.session).handlers
    aws.prepare(world)
    azure.prepare(world)
    yield world
    for token in reversed(world.states):
        world.handlers[token].delete(world.id(token), world.states[token].outputs)
    aws.clean(world)
    azure.clean(world)
    assert plane.ids() == []


@pytest.fixture
def standing(emulated: World) -> World:
    """One of each type, as its row says, to be looked at."""
    if not emulated.whole:
        _mend(emulated)
    emulated.whole = True
    return emulated


@pytest.fixture
def world(standing: World) -> World:
    """One of each type, to be changed: a test that ends well says so itself."""
    standing.whole = False
    return standing


def _mend(world: World) -> None:
    for token, life in LIVES.items():
        inputs = life.inputs(world)
        if token not in world.states or world.seen(token) is None:
            world.make(token, inputs)
        elif world.seen(token) != world.prepared(token, inputs):
            world.update(token, inputs)


def test_every_type_that_is_served_has_a_row(emulated: World) -> None:
    assert LIVES.keys() ^ emulated.handlers.keys() == set()


@pytest.mark.parametrize("token", LIVES)
def test_a_row_is_a_payload_that_a_check_takes(token: str, standing: World) -> None:
    life, inputs = LIVES[token], standing.inputs[token]

    assert failures(token, inputs) == []
    for changes in (life.update, life.replacement):
        assert failures(token, changed(inputs, changes)) == []


@pytest.mark.parametrize("token", LIVES)
def test_what_was_made_is_there_as_it_was_asked_for(token: str, standing: World) -> None:
    assert standing.seen(token) == standing.inputs[token]
    assert standing.states[token].outputs.keys() >= standing.inputs[token].keys()


@pytest.mark.parametrize("token", LIVES)
def test_an_import_by_id_alone_finds_what_a_program_would_say(token: str, standing: World) -> None:
    found = standing.handlers[token].read(standing.id(token), {}, {})
    asked = standing.inputs[token]

    assert found is not None
    assert failures(token, found.inputs) == []
    assert parsed(found.inputs) == parsed(
        {name: asked[name] for name in asked.keys() - LIVES[token].untold}
    )
    assert found.outputs.keys() >= found.inputs.keys()


@pytest.mark.parametrize("token", LIVES)
def test_a_change_in_place_is_done_and_undone(token: str, world: World) -> None:
    life, before = LIVES[token], world.inputs[token]
    wanted = changed(before, life.update)
    assert not life.update.keys() & world.handlers[token].replaces
    assert life.update or before.keys() <= world.handlers[token].replaces
    world.update(token, wanted)
    after = world.seen(token)
    world.update(token, before)

    assert after == wanted
    assert world.seen(token) == before
    world.whole = True


@pytest.mark.parametrize("token", LIVES)
def test_drift_is_found_in_that_property_and_mended(token: str, world: World) -> None:
    life, inputs = LIVES[token], world.inputs[token]
    life.drift(world, world.id(token))
    found = world.seen(token)
    assert found is not None
    drifted = {name for name in inputs.keys() | found if inputs.get(name) != found.get(name)}
    if life.update:
        world.update(token, inputs)
    else:
        world.handlers[token].delete(world.id(token), world.states[token].outputs)
        world.make(token, inputs)

    assert drifted == {life.drifted}
    assert world.seen(token) == inputs
    world.whole = True


@pytest.mark.parametrize("token", LIVES)
def test_what_is_replaced_is_gone_and_what_takes_its_place_is_there(
    token: str, world: World
) -> None:
    life, handler = LIVES[token], world.handlers[token]
    old, before = world.states[token], world.inputs[token]
    assert life.replacement.keys() & handler.replaces
    for child in life.children:
        world.handlers[child].delete(world.id(child), world.states[child].outputs)
    for _ in ("once", "and again, which does no harm"):
        handler.delete(old.id, old.outputs)
    assert world.seen(token) == (life.remains and {**before, **life.remains})
    new = world.make(token, changed(before, life.replacement))
    found = world.seen(token)
    handler.delete(new.id, new.outputs)
    world.make(token, before)

    assert found == world.prepared(token, changed(before, life.replacement))


def test_a_bucket_that_never_had_versions_is_disabled(emulated: World) -> None:
    versioning, s3 = emulated.handlers[schemas.VERSIONING], emulated.aws("s3")
    s3.create_bucket(Bucket="kb-without-versions")
    inputs = {"bucket": "kb-without-versions", "versioningConfiguration": {"status": "Disabled"}}
    made = versioning.create(inputs)
    before = versioning.read(made.id, inputs, made.outputs)
    s3.put_bucket_versioning(
        Bucket="kb-without-versions", VersioningConfiguration={"Status": "Enabled"}
    )
    after = versioning.read(made.id, inputs, made.outputs)
    versioning.delete(made.id, made.outputs)
    s3.delete_bucket(Bucket="kb-without-versions")

    assert before is not None
    assert before.inputs["versioningConfiguration"] == {"status": "Disabled"}
    assert after is not None
    assert after.inputs["versioningConfiguration"] == {"status": "Enabled"}
    assert versioning.read(made.id, inputs, made.outputs) is None


def parsed(inputs: Properties) -> Properties:
    """The inputs with their JSON documents read: how one is written means nothing."""
    return {
        name: json.loads(value) if isinstance(value, str) and value[:1] == "{" else value
        for name, value in inputs.items()
    }


def changed(inputs: Properties, changes: dict[str, Any]) -> Properties:
    """The inputs with other properties; None takes one away."""
    return {name: value for name, value in {**inputs, **changes}.items() if value is not None}
