"""The ten checks: a sound environment passes them, a broken one fails exactly the one that is about it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.store.contract import Properties
from app.terms.answers import Refusal
from migrate.checklist.course import CHECKS
from migrate.checklist.destination import destination_of
from migrate.checklist.route import Roads
from migrate.checklist.trial import Choices
from migrate.checklist.verdict import Result
from tests.contract.stores import Place
from tests.migrate import broken
from tests.migrate.broken import BROKEN, Broken, Ground, Notes
from tests.migrate.moving import MAPPED, Moves, fill, folder
from tests.migrate.scene import plant

ALL = [check.word for check in CHECKS]


@pytest.fixture
def place(tmp_path: Path, request: pytest.FixtureRequest) -> Place:
    return Place(tmp_path, request)


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy lies between."""
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)


def standing(folder: Path) -> dict[str, bytes]:
    """All files of a store, our own records' too, but for the folder in which it keeps its locks."""
    files = (path for path in folder.rglob("*") if path.is_file())
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
    return {name: data for name, data in found.items() if not name.startswith(".kb-private.")}


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(
            row,
            id=str(row),
            marks=[pytest.mark.emulator]
            + ([pytest.mark.proof] if row.made in broken.SECOND else []),
        )
        for row in BROKEN
    ],
)
def test_a_broken_environment_fails_exactly_its_check(row: Broken, place: Place) -> None:
    with row.made(place) as ground:
        notes = ground.checked()
    verdict = notes.outcome(row.check).verdict

    assert [each.check.word for each in notes.outcomes] == ALL
    assert notes.of(Result.FAILED) == [row.check]
    assert row.seen in verdict.evidence
    assert row.mend in verdict.next_step
    assert notes.ended["left_behind"] is None


@pytest.mark.emulator
def test_a_backup_is_looked_at_as_a_restore_reads_it(place: Place, moves: Moves) -> None:
    ground = broken.s3(place)
    opener = destination_of(ground.environments(), stack="trial", to=None).openers["migrator"]
    with closing(opener()) as store:
        fill(store, {key: (b"1", Properties("text/x-own")) for key in ("a", "a/b", "x" * 256)})
        moves.run(store, folder(place.folder / "backup"), scope=MAPPED)

    choices = replace(ground.choices, backup=place.folder / "backup")
    notes = replace(ground, choices=choices).checked()

    assert notes.of(Result.FAILED) == []
    assert "3 files read, equal to the store's" in notes.outcome("backup").verdict.evidence


def test_a_sound_folder_passes_and_is_left_as_it_was(place: Place) -> None:
    ground = broken.folder(place)
    documents = {"theirs.md": b"stays", "b/c.md": b"stays, too"}
    plant(place.folder / "store", documents)
    backup = plant(place.folder / "backup", documents)
    notes = replace(ground, choices=replace(ground.choices, backup=backup)).checked()

    assert notes.of(Result.FAILED) == []
    assert notes.of(Result.SKIPPED) == ["network", "cost"]
    assert "2 files read, equal to the store's" in notes.outcome("backup").verdict.evidence
    assert standing(place.folder / "store") == documents
    assert not (place.folder / "store" / ".kb").exists()
    assert list((place.folder / ".kb/checklists").iterdir()) == []


@pytest.mark.proof
@pytest.mark.emulator
@pytest.mark.parametrize("made", [broken.s3, broken.azure])
def test_a_sound_service_passes(made: Callable[[Place], Ground], place: Place) -> None:
    ground = made(place)
    notes = ground.checked()
    stack = ground.choices.stack
    opener = destination_of(ground.environments(), stack=stack, to=None).openers["migrator"]

    assert notes.of(Result.FAILED) == []
    assert "network" in notes.of(Result.PASSED)
    assert list(opener().scan()) == []


@pytest.mark.proof
@pytest.mark.emulator
def test_the_agents_key_is_tried_as_well_as_the_migrators(place: Place) -> None:
    def fate(request: Any) -> str:
        return "deny" if "agents-key" in request.headers.get("authorization", "") else "pass"

    with broken.relayed_s3(place, fate) as ground:
        notes = ground.checked()

    assert notes.of(Result.FAILED) == ["credentials"]
    assert "The agent may not list" in notes.outcome("credentials").verdict.evidence


@pytest.mark.proof
@pytest.mark.emulator
def test_what_nobody_may_delete_is_named_and_removed_by_the_next(place: Place) -> None:
    refusing = True

    def fate(request: Any) -> str:
        return "deny" if request.method == "DELETE" and refusing else "pass"

    with broken.relayed_s3(place, fate) as ground:
        first = ground.checked()
        refusing = False
        second = ground.checked()

    assert first.ended["left_behind"].startswith(".kb/checklist/")
    assert any("could not be removed" in line for line in first.remarks)
    assert second.ended["left_behind"] is None
    assert f"blobs in {first.ended['left_behind']}" in second.remarks[0]


def _resolving(*names: str) -> Roads:
    def resolve(host: str, port: int) -> object:
        if host not in names:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return []

    return Roads(resolve=resolve, proxies=dict)


@pytest.mark.parametrize(
    ("roads", "failed"),
    [(_resolving("login.microsoftonline.com"), "account"), (_resolving(), "network")],
    ids=["other names resolve: the account is missing", "none does: the network is"],
)
def test_a_name_that_resolves_nowhere_is_told_apart(
    roads: Roads, failed: str, tmp_path: Path
) -> None:
    choices = Choices(to="azure://nosuch/documents")
    notes = Ground({}, choices, tmp_path, roads=roads).checked()

    assert notes.of(Result.FAILED) == [failed]
    assert notes.of(Result.PASSED) == (["network"] if failed == "account" else [])


def test_ctrl_c_ends_it_and_nothing_stays(place: Place) -> None:
    ground = broken.folder(place)
    notes = Notes(
        on_about=lambda check: (
            signal.raise_signal(signal.SIGINT) if check.word == "concurrency" else None
        )
    )
    with pytest.raises(Refusal, match="To begin again: kb checklist") as caught:
        ground.checked(notes)

    assert caught.value.exit_code == 130
    assert [each.check.word for each in notes.outcomes] == ALL[:5]
    assert standing(place.folder / "store") == {}
    assert list((place.folder / ".kb/checklists").iterdir()) == []


_KILLED = """
import os, signal, sys
from pathlib import Path
from migrate.checklist.trial import Choices
from tests.migrate.broken import Ground, Notes

def end(check):
    if check.word == "performance":
        os.kill(os.getpid(), signal.SIGKILL)

Ground({}, Choices(to=sys.argv[1], writers=2), Path(sys.argv[2])).checked(Notes(on_about=end))
"""


def test_what_a_killed_one_left_is_removed_by_the_next(place: Place) -> None:
    ground = broken.folder(place)
    store, state = place.folder / "store", place.folder / ".kb/checklists"
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, store.as_uri(), str(place.folder)], check=False
    )
    left = standing(store)
    notes = ground.checked()

    assert killed.returncode == -signal.SIGKILL
    assert left
    assert "Removed what an earlier checklist left" in notes.remarks[0]
    assert standing(store) == {}
    assert list(state.iterdir()) == []


def test_another_machines_is_left_alone_until_it_is_old(place: Place) -> None:
    ground = broken.folder(place)
    store = place.folder / "store"
    plant(store, {".kb/checklist/runs/a": b"1", ".kb/checklist/ended/a": b"1"})
    old = time.time() - 2 * 3600
    os.utime(store / ".kb/checklist/ended/a", (old, old))
    ground.checked()

    assert standing(store) == {".kb/checklist/runs/a": b"1"}
