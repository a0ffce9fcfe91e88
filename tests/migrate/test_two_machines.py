"""Two machines, two journals, one source and one destination at once: nothing is lost or overwritten."""

import json
import random
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store.contract import BlobStore
from benchmarks.sinks import Fault, Sink, sink
from tests.migrate.scene import contents, plant
from tests.migrate.services import DIALECTS, service
from tests.migrate.test_kills import SEED, Command, local

FILES = {f"{number % 11}/{number:04}": b"x%d" % number for number in range(600)}


def check_both(
    first: Command, second: Command, store: BlobStore, files: dict[str, bytes] = FILES
) -> None:
    """Run both at once, and look at the answers and the store."""
    running = [command.start("run", "--json") for command in (first, second)]
    answers = [process.communicate(timeout=240) for process in running]
    ends = [json.loads(answer.splitlines()[-1]) for answer, _ in answers]

    assert [process.returncode for process in running] == [0, 0]
    assert [errors for _, errors in answers] == ["", ""]
    assert contents(store) == files
    # Each file is one machine's and the other's to find: none was moved by both.
    assert sum(end["counts"]["copied"] for end in ends) == len(files)
    assert sum(end["counts"]["already_there"] for end in ends) == len(files)
    for command in (first, second):
        code, events = command.finish("verify")
        assert (code, events[-1]["proved"]) == (0, len(files))


@pytest.mark.proof
def test_two_machines_share_the_work_of_one_folder(tmp_path: Path) -> None:
    files = dict(list(FILES.items())[:150])
    source = plant(tmp_path / "source", files)
    to, store = local(tmp_path)

    check_both(
        Command(source, to, tmp_path / "here", {}),
        Command(source, to, tmp_path / "there", {}),
        store,
        files,
    )


@pytest.fixture(scope="module")
def at() -> Iterator[Sink]:
    with sink(ledger=True) as running:
        yield running


# The sink is compiled with Go: see tests/benchmarks/test_sink.py.
@pytest.mark.proof
@pytest.mark.parametrize("dialect", DIALECTS)
def test_two_machines_share_the_work_of_one_bucket(tmp_path: Path, at: Sink, dialect: str) -> None:
    source = plant(tmp_path / "source", FILES)
    here = service(at, dialect)
    at.set_faults(Fault("slow", "write", share=0.3, seconds=0.02))

    check_both(
        here.command(source, tmp_path / "here"),
        here.command(source, tmp_path / "there"),
        here.store,
    )
    at.set_faults()
    assert set(here.uploads().values()) == {1}


@pytest.mark.proof
@pytest.mark.timeout(600)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_two_machines_that_are_killed_in_turn_still_end_as_one(
    tmp_path: Path, at: Sink, dialect: str
) -> None:
    source = plant(tmp_path / "source", FILES)
    here = service(at, dialect)
    machines = [here.command(source, tmp_path / name) for name in ("here", "there")]
    choose = random.Random(SEED)  # noqa: S311 - moments, not secrets
    for number in range(8):
        at.set_faults(Fault("hold_before", "write", first=choose.randrange(1, 80)))
        running = [command.start("run", out=subprocess.DEVNULL) for command in machines]
        at.await_held()
        running[number % 2].send_signal(signal.SIGKILL)
        # The other one goes on, and is killed at the next request that is held.
        at.set_faults(Fault("hold_after", "write", first=choose.randrange(1, 40)), held="serve")
        at.await_held()
        running[1 - number % 2].send_signal(signal.SIGKILL)
        at.set_faults()
        for process in running:
            process.communicate(timeout=60)
    codes = [command.finish("run")[0] for command in machines]

    assert codes == [0, 0]
    assert contents(here.store) == FILES
    assert set(here.uploads().values()) == {1}
    assert [command.finish("verify")[0] for command in machines] == [0, 0]
