"""Whatever fails, and whenever it is killed: a migration that is rolled back has never been."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest

from app.store.backends.memory import MemoryStore
from app.store.conformance.faults import Fault, Faulty, Moment
from app.store.contract import BlobStore, Properties
from app.store.errors import StoreError
from app.store.keys import parse_key
from app.terms.answers import Refusal
from migrate.rollback import Undone
from tests.migrate.scene import Scene, plant
from tests.migrate.standing import Everything, everything

FILES = {
    "new": b"1",
    "replaced": b"mine",
    "same": b"equal",
    "same size": b"MINE..",
    "too": b"mine, too",
}
STANDING = {
    "replaced": b"theirs",
    "same": b"equal",
    "same size": b"theirs",
    "too": b"theirs, too",
    "other": b"never ours",
}
MOMENTS: Final[tuple[Moment, Moment]] = ("before", "after")
CALLS_MAX = 200
PART_BYTES = 4
ROOT: Final = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is saved goes in parts: more calls that can fail."""
    monkeypatch.setattr("migrate.saving.PART_BYTES", PART_BYTES)


def prepared(place: Path, store: BlobStore) -> tuple[Scene, Everything]:
    """A source, and a destination that holds something already."""
    for key, data in STANDING.items():
        store.write(parse_key(key), data, properties=Properties(metadata={"owner": "them"}))
    return Scene(plant(place / "source", FILES), store, place / "journal"), everything(store)


def every(step: int) -> Iterator[list[Fault]]:
    """Yield all ways in which the N-th call can fail, for N = 0, step, 2 · step, …"""
    for number in range(0, CALLS_MAX, step):
        yield [Fault(number, moment, lasting) for moment in MOMENTS for lasting in (False, True)]


def attempt(act: Callable[[], object]) -> None:
    with suppress(StoreError, Refusal):
        act()


def through(place: Path, store: BlobStore, in_run: Fault | None, in_rollback: Fault | None) -> bool:
    """Run and roll back through faults, then roll back until it is done; return whether they fired."""
    scene, before = prepared(place, store)
    running, rolling = Faulty(store, in_run), Faulty(store, in_rollback)
    attempt(lambda: scene.run(store=running, replace=True))
    attempt(lambda: scene.roll_back(store=rolling))
    endings = scene.roll_back()
    assert not set(endings.values()) & {Undone.KEPT, Undone.FAILED}, (in_run, in_rollback)
    assert everything(store) == before, (in_run, in_rollback)
    return running.fired or rolling.fired


def storm(place: Path, *, step: int, in_rollback: bool) -> int:
    """Let every step-th call of a run or of a rollback fail, until none is left; return how many did."""
    total = 0
    for faults in every(step):
        fired = 0
        for n, fault in enumerate(faults):
            both = (None, fault) if in_rollback else (fault, None)
            fired += through(place / f"{n}-{fault.number}", MemoryStore(), *both)
        if not fired:
            break
        total += fired
    return total


@pytest.mark.parametrize("in_rollback", [False, True], ids=["run", "rollback"])
def test_faults_cannot_be_seen_after_the_rollback(tmp_path: Path, in_rollback: bool) -> None:
    assert storm(tmp_path, step=5, in_rollback=in_rollback) >= 16


@pytest.mark.proof
@pytest.mark.parametrize("in_rollback", [False, True], ids=["run", "rollback"])
def test_a_fault_at_any_call_cannot_be_seen_in_the_end(tmp_path: Path, in_rollback: bool) -> None:
    assert storm(tmp_path, step=1, in_rollback=in_rollback) >= 60


@pytest.mark.proof
@pytest.mark.timeout(1200)
def test_faults_in_both_cannot_be_seen_in_the_end(tmp_path: Path) -> None:
    tried = 0
    for number in range(30):
        for other in range(0, 30, 3):
            for moment in MOMENTS:
                place = tmp_path / f"{number}-{other}-{moment}"
                in_run = Fault(number, moment, lasting=bool(other % 2))
                tried += through(place, MemoryStore(), in_run, Fault(other, moment))
    assert tried > 300


def killed(folder: Path, *, step: int) -> int:
    """Kill runs and rollbacks at every step-th call of theirs, from a process of its own: it forks."""
    command = [sys.executable, "-m", "tests.migrate.killing", str(folder), str(step)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=1500)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def test_kills_cannot_be_seen_after_the_rollback(tmp_path: Path) -> None:
    assert killed(tmp_path, step=9) >= 10


@pytest.mark.proof
@pytest.mark.timeout(1800)
def test_a_kill_at_any_call_cannot_be_seen_after_the_rollback(tmp_path: Path) -> None:
    assert killed(tmp_path, step=1) >= 100
