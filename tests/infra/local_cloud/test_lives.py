"""Every type that is served is made, imported, changed, replaced and deleted, and its drift is found.

Without an engine: what the engine would ask is asked of the handlers, on the real emulators.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from infra.local_cloud.control_plane import ControlPlane
from infra.local_cloud.handlers import Session
from infra.local_cloud.servers import Endpoints
from tests.infra.local_cloud.lives import aws, azure, gcp
from tests.infra.local_cloud.lives.life import CLOUDS, REGION, Properties, World, failures

pytestmark = [pytest.mark.emulator, pytest.mark.timeout(600)]

LIVES = aws.LIVES | azure.LIVES | gcp.LIVES
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
def world(emulated: World) -> World:
    """One of each type, as its row says, whatever the last test left."""
    for token, life in LIVES.items():
        if token not in emulated.states or emulated.seen(token) is None:
            emulated.make(token, life.inputs(emulated))
        elif emulated.inputs[token] != emulated.prepared(token, life.inputs(emulated)):
            emulated.update(token, life.inputs(emulated))
    return emulated


def test_every_type_that_is_served_has_a_row(emulated: World) -> None:
    assert LIVES.keys() ^ emulated.handlers.keys() == set()


@pytest.mark.parametrize("token", LIVES)
def test_a_row_is_a_payload_that_a_check_takes(token: str, world: World) -> None:
    life, inputs = LIVES[token], world.inputs[token]

    assert failures(token, inputs) == []
    for changes in (life.update, life.replacement):
        assert failures(token, changed(inputs, changes)) == []


@pytest.mark.parametrize("token", LIVES)
def test_what_was_made_is_there_as_it_was_asked_for(token: str, world: World) -> None:
    assert world.seen(token) == world.inputs[token]
    assert world.states[token].outputs.keys() >= world.inputs[token].keys()


@pytest.mark.parametrize("token", LIVES)
def test_an_import_by_id_alone_finds_what_a_program_would_say(token: str, world: World) -> None:
    found = world.handlers[token].read(world.id(token), {}, {})
    asked = world.inputs[token]

    assert found is not None
    assert failures(token, found.inputs) == []
    assert found.inputs == {name: asked[name] for name in asked.keys() - LIVES[token].untold}
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


@pytest.mark.parametrize("token", LIVES)
def test_a_replacement_takes_its_place(token: str, world: World) -> None:
    life, handler = LIVES[token], world.handlers[token]
    old, before = world.states[token], world.inputs[token]
    assert life.replacement.keys() & handler.replaces
    handler.delete(old.id, old.outputs)
    new = world.make(token, changed(before, life.replacement))

    try:
        assert world.seen(token) == world.inputs[token]
        assert new.id == old.id or handler.read(old.id, before, old.outputs) is None
    finally:
        handler.delete(new.id, new.outputs)


@pytest.mark.parametrize("token", LIVES)
def test_what_was_deleted_is_gone_and_can_be_deleted_again(token: str, world: World) -> None:
    state = world.states[token]
    for _ in range(2):
        world.handlers[token].delete(state.id, state.outputs)

    assert world.seen(token) is None


def changed(inputs: Properties, changes: dict[str, Any]) -> Properties:
    """The inputs with other properties; None takes one away."""
    return {name: value for name, value in {**inputs, **changes}.items() if value is not None}
