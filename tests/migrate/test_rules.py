"""Rules say in which tier a file is stored, and with which content type; of several the first that fits."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from app.store.backends.memory import MemoryStore
from app.store.errors import Unavailable
from app.store.keys import Key
from app.store.stack import StackOptions, open_stack
from app.terms.answers import UsageRefusal
from infra.local_cloud import credentials
from migrate.rules import chosen_rules
from migrate.scope import EVERYTHING, Scope, kept_scope
from migrate.sides import Sides
from migrate.walk import Folder
from tests.contract.stores import Place, s3
from tests.migrate.calling import Kb
from tests.migrate.conftest import DESTINATIONS
from tests.migrate.scene import Scene, Watched, plant
from tests.migrate.test_plan_file import carry_out, planned

FILES: Final = {
    "archive/2019/old.md": b"old",
    "archive/note.txt": b"note",
    "new.md": b"new",
    "x=y.bin": b"x",
}
TYPES: Final = ["archive/*.txt=text/x-note", "*.md=text/markdown; charset=utf-8", "x=*=a/b"]
TIERS: Final = {"s3": "standard_ia", "azure": "cool", "gcs": "coldline"}


@pytest.fixture
def place(tmp_path: Path, request: pytest.FixtureRequest) -> Place:
    return Place(tmp_path, request)


def scene_on(place: Place, service: str) -> Scene:
    store = DESTINATIONS[service](place)
    place.request.addfinalizer(store.close)
    return Scene(place.folder / "source", store, place.folder / "journal")


def scope(*, tiers: list[str] | None = None, types: list[str] | None = None) -> Scope:
    rules = chosen_rules(tiers=tiers or (), content_types=types or ())
    return replace(EVERYTHING, rules=rules)


def fitted(scene: Scene, chosen: Scope) -> Scope:
    return chosen.fitted(Sides(Folder(scene.root), scene.store, scene.pair))


def types_in(scene: Scene) -> dict[str, str | None]:
    return {name: scene.store.read(Key(name)).properties.content_type for name in FILES}


@pytest.mark.emulator
@pytest.mark.parametrize("service", TIERS)
def test_a_file_is_stored_in_the_tier_of_the_first_rule_that_fits(
    place: Place, service: str
) -> None:
    scene = scene_on(place, service)
    plant(scene.root, FILES)
    usual = "hot" if service == "azure" else "standard"
    rules = [f"archive/*/*={TIERS[service]}", f"archive/**={usual}"]

    scene.run(scope=fitted(scene, scope(tiers=rules, types=TYPES)))

    # As HEAD says it.
    tiers = {name: str(scene.store.stat(Key(name)).tier).casefold() for name in FILES}
    assert tiers == dict.fromkeys(FILES, usual) | {"archive/2019/old.md": TIERS[service]}
    assert types_in(scene)["new.md"] == "text/markdown; charset=utf-8"


def test_a_file_is_stored_with_the_type_of_the_first_rule_that_fits(scene: Scene) -> None:
    plant(scene.root, FILES)

    scene.run(scope=scope(types=[*TYPES, "**=not/this"]))

    assert types_in(scene) == {
        "archive/2019/old.md": "text/markdown; charset=utf-8",
        "archive/note.txt": "text/x-note",
        "new.md": "text/markdown; charset=utf-8",
        "x=y.bin": "a/b",
    }
    assert scene.store.read(Key("new.md")).properties.metadata.keys() == {"sha256", "mtime"}


def test_layers_keep_tiers_and_types(tmp_path: Path) -> None:
    backend = MemoryStore()
    store = open_stack(backend, StackOptions(deduplicate=True, compress=True))
    scene = Scene(tmp_path / "source", store, tmp_path / "journal")
    plant(scene.root, {**FILES, "new.md": b"a line that is repeated\n" * 1000})

    scene.run(scope=scope(tiers=["*.md=Cool"], types=TYPES))

    assert [str(info.key) for info in backend.scan() if info.tier == "Cool"] == [
        "archive/2019/old.md",
        "new.md",
    ]
    assert types_in(scene)["new.md"] == "text/markdown; charset=utf-8"


def test_a_plan_keeps_its_rules_and_so_does_the_journal(scene: Scene) -> None:
    plant(scene.root, FILES)
    chosen = scope(tiers=["new.md=Cool"], types=TYPES)
    plan = planned(scene, scope=chosen)
    assert plan.scope.rules == chosen.rules
    watched = Watched(scene.store)

    def fail(key: Key) -> None:
        if key == "new.md":
            raise Unavailable("no answer", key=key)

    watched.before_write = fail
    carry_out(plan, scene, store=watched)
    carry_out(plan, scene)

    assert kept_scope(chosen.text()).rules == chosen.rules
    assert scene.store.stat(Key("new.md")).tier == "Cool"
    assert types_in(scene)["archive/note.txt"] == "text/x-note"


@pytest.mark.parametrize(
    "words",
    [
        ["--tier", "cool"],
        ["--tier", "=cool"],
        ["--tier", "*.md="],
        ["--content-type", "*.md=markdown"],
        ["--content-type", "*.md=text/markdown; charset=\u00fc"],
        ["--content-type", "*.md=text/plain\nX-Other: 1"],
    ],
)
def test_what_is_no_rule_is_refused_with_a_sentence(kb: Kb, words: list[str]) -> None:
    answer = kb("run", *words)

    assert answer.code == 2
    assert words[0] in answer.err


def test_a_destination_that_keeps_only_bytes_refuses_rules_before_the_first(
    kb: Kb, tmp_path: Path
) -> None:
    plant(tmp_path / "source", FILES)

    answers = [kb(verb, "--content-type", TYPES[0]) for verb in ("plan", "run")]

    assert [answer.code for answer in answers] == [2, 2]
    assert "nothing beside them" in answers[1].err
    assert not list((tmp_path / "destination").iterdir())


@pytest.mark.emulator
@pytest.mark.parametrize("service", TIERS)
def test_a_tier_that_the_destination_lacks_is_refused_with_those_that_it_has(
    place: Place, service: str
) -> None:
    scene = scene_on(place, service)
    plant(scene.root, {})

    with pytest.raises(UsageRefusal, match="no tier 'warm'") as refused:
        fitted(scene, scope(tiers=["**=warm"]))

    assert TIERS[service] in str(refused.value).casefold()


@pytest.mark.emulator
def test_commands_take_rules_in_plans_and_name_them_for_going_on(
    kb: Kb, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(tmp_path / "source", FILES)
    store = s3(place)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", credentials.MOTO_ACCESS_KEY_ID)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", credentials.MOTO_SECRET_ACCESS_KEY)
    to = f"s3://{store._bucket}?endpoint_url={place.moto_url}&region={credentials.MOTO_REGION}"
    rules = ["--tier", "archive/**=glacier_ir", "--content-type", TYPES[1]]

    people = kb("plan", *rules, to=to)
    plan = kb("plan", *rules, "--json", to=to)
    (tmp_path / "plan").write_text(plan.out)
    beside = kb("run", "--plan", "plan", *rules, to=to)
    moved = kb("run", "--plan", "plan", to=to)

    assert "--tier 'archive/**=glacier_ir' --content-type" in people.out
    assert json.loads(plan.out.splitlines()[0])["rules"] == {
        "tier": ["archive/**=GLACIER_IR"],
        "content_type": [TYPES[1]],
    }
    assert (beside.code, moved.code) == (2, 0)
    assert store.stat(Key("archive/note.txt")).tier == "GLACIER_IR"
    assert store.read(Key("new.md")).properties.content_type == "text/markdown; charset=utf-8"
    store.close()
