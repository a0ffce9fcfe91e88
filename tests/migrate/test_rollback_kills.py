"""`kb migrate rollback` killed again and again, as a process: what stood before stands again."""

import signal
from pathlib import Path

import pytest

from app.store.contract import BlobStore, Properties
from app.store.keys import Key
from tests.migrate.scene import contents, plant
from tests.migrate.standing import everything
from tests.migrate.test_kills import CLOUDS, Command, local


def check_killed_rollbacks(
    command: Command, store: BlobStore, source: Path, *, files: int, kills: int
) -> None:
    """Migrate over what is there, kill runs and rollbacks on their way, and look whether that can be seen."""
    plant(source, {f"{number % 9}/{number:04}": b"new %d" % number for number in range(files)})
    for number in range(0, files, 3):
        key = Key(f"{number % 9}/{number:04}")
        store.write(key, b"old %d" % number, properties=Properties(content_type="text/x-former"))
    before = everything(store)
    for number in range(kills):
        command.interrupt(
            signal.SIGKILL,
            "run",
            "-v",
            "--replace",
            after_lines=files * (number + 1) // (kills + 1),
        )
    assert command.finish("run", "--replace")[0] == 0
    moved = contents(store)
    killed = 0
    for _ in range(kills):
        code, _ = command.interrupt(
            signal.SIGKILL, "rollback", "--yes", after_lines=files // (kills + 2)
        )
        killed += code == -signal.SIGKILL
    code, events = command.finish("rollback", "--yes")

    assert len(moved) == files
    assert killed == kills
    assert (code, events[-1]["event"]) == (0, "rollback")
    assert everything(store) == before


def test_killed_rollbacks_cannot_be_seen_in_the_end(tmp_path: Path) -> None:
    to, store = local(tmp_path)
    source = tmp_path / "source"

    check_killed_rollbacks(
        Command(source, to, tmp_path / "state", {}), store, source, files=150, kills=2
    )


def test_a_polite_end_of_a_rollback_says_how_to_go_on(tmp_path: Path) -> None:
    to, store = local(tmp_path)
    source = plant(tmp_path / "source", {f"{n:04}": b"x" for n in range(600)})
    command = Command(source, to, tmp_path / "state", {})
    assert command.finish("run")[0] == 0

    code, errors = command.interrupt(signal.SIGTERM, "rollback", "--yes", after_lines=50)

    assert code == 1
    assert f"To go on: kb migrate rollback --source {source}" in errors
    assert len(errors.strip().splitlines()) == 1
    assert 0 < len(contents(store)) < 600
    assert command.finish("rollback", "--yes")[0] == 0
    assert contents(store) == {}


@pytest.mark.proof
@pytest.mark.emulator
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("cloud", sorted(CLOUDS))
def test_ten_killed_rollbacks_cannot_be_seen_in_the_end(
    tmp_path: Path, request: pytest.FixtureRequest, cloud: str
) -> None:
    to, store, variables = CLOUDS[cloud](tmp_path, request)
    source = tmp_path / "source"
    command = Command(source, to, tmp_path / "state", variables)

    check_killed_rollbacks(command, store, source, files=900, kills=10)
