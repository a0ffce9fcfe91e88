"""`kill -9` between any two requests: the same end as without, and nothing is sent twice."""

import random
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.environment import MIGRATION_CONCURRENCY
from app.store.contract import Properties
from app.store.keys import Key
from benchmarks.sinks import Fault, Sink, sink
from migrate.reading import LARGE_BYTES_MIN
from migrate.records import State
from tests.migrate.scene import plant
from tests.migrate.services import DIALECTS, Service, in_state, moved, service
from tests.migrate.standing import everything, saved
from tests.migrate.test_kills import SEED, Command

# The sink is compiled with Go: see tests/benchmarks/test_sink.py.
pytestmark = [pytest.mark.proof, pytest.mark.timeout(1800)]

KILLS = 60
FILES = 1500


@pytest.fixture(scope="module")
def at() -> Iterator[Sink]:
    with sink(ledger=True) as running:
        yield running


@dataclass
class Victim:
    """Runs that are killed one after the other, each when the sink holds a certain request.

    Attributes:
        begun: for each path in how many kills its write was begun and not marked as done.
        haunted: requests of the last dead run are still on their way, to arrive while the next one works.
    """

    here: Service
    command: Command
    state: Path
    begun: Counter[str] = field(default_factory=Counter)
    haunted: bool = False

    def kill(self, fault: Fault, *, haunts: bool) -> None:
        """Run, and kill when the fault holds its request; what was held never arrives, or `haunts`."""
        at = self.here.at
        if not self.haunted:
            at.set_faults(fault)
        process = self.command.start("run", "--replace", out=subprocess.DEVNULL)
        try:
            if self.haunted:
                # It has listed, and does not know it yet: now the dead run's writes take effect.
                at.await_held()
                at.set_faults(fault, held="serve")
            at.await_held()
        finally:
            process.kill()
            process.communicate()
        if haunts:
            at.set_faults(Fault("hold_after", "list"), held="keep")
        else:
            at.set_faults()
        self.haunted = haunts
        self.begun.update(in_state(self.state, State.STARTED))

    def rest(self) -> None:
        """Let go of what is still on its way: it arrives, late."""
        self.here.at.set_faults(held="serve")


def tree(root: Path) -> dict[str, bytes]:
    choose = random.Random(SEED)  # noqa: S311 - contents, not secrets
    files = {
        f"{number % 23}/{number:04}.md": choose.randbytes(choose.randrange(6000))
        for number in range(FILES)
    }
    files |= {f"large/{n}": choose.randbytes(LARGE_BYTES_MIN + n) for n in range(3)}
    plant(root, files)
    return files


def furnish(here: Service, files: dict[str, bytes]) -> None:
    """Put into the store some of the same, some that is to be replaced, and what is nobody's business."""
    for number, (key, data) in enumerate(files.items()):
        if number % 10 == 0:
            here.store.write(Key(key), data, properties=Properties(content_type="text/x-same"))
        elif number % 10 == 1:
            here.store.write(
                Key(key), b"former " + data, properties=Properties(metadata={"by": "x"})
            )
    here.store.write(Key("nobody"), b"theirs")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_sixty_kills_between_requests_cannot_be_seen_in_the_end(
    tmp_path: Path, at: Sink, dialect: str
) -> None:
    files = tree(tmp_path / "source")
    here, peaceful = service(at, dialect), service(at, dialect)
    furnish(here, files)
    furnish(peaceful, files)
    before = everything(here.store)
    standing = here.uploads()
    undisturbed = peaceful.command(tmp_path / "source", tmp_path / "peace")
    assert undisturbed.finish("run", "--replace")[0] == 0
    victim = Victim(here, here.command(tmp_path / "source", tmp_path / "state"), tmp_path / "state")
    for number in range(KILLS):
        left = len(files) - FILES // 10 - (here.uploads() - standing).total()
        fault, haunts = _point(number, left, haunted=victim.haunted)
        victim.kill(fault, haunts=haunts)
    victim.rest()
    code, events = victim.command.finish("run", "--replace")
    uploads = here.uploads() - standing
    sent_in_vain = Counter(
        key for key, one in here.writes() if not one.part and one.effect not in (200, 201)
    )
    proof = victim.command.finish("verify", "--check", "read")
    look = victim.command.finish("verify")
    status = victim.command.finish("status")[1][-1]

    assert (code, events[-1]["ending"]) == (0, "complete")
    assert moved(here.store) == moved(peaceful.store)
    assert saved(here.store) == saved(peaceful.store)
    # What took effect took it once; what did not, or came too late, was on its way when a kill came.
    assert set(uploads.values()) == {1}
    assert uploads.keys() == files.keys() - before.keys() | {
        key for key in files.keys() & before.keys() if before[key][0] != files[key]
    }
    assert sent_in_vain <= victim.begun
    assert sent_in_vain.total() <= KILLS * MIGRATION_CONCURRENCY
    assert (proof[0], proof[1][-1]["proved"]) == (0, len(files))
    assert (look[0], look[1][-1]["read"]) == (0, 0)
    assert status["states"] == {**dict.fromkeys(State, 0), State.DONE: len(files)}
    assert victim.command.finish("rollback", "--yes")[0] == 0
    assert everything(here.store) == before


def _point(number: int, left: int, *, haunted: bool) -> tuple[Fault, bool]:
    """Return the request at which the kill comes, and whether what is held then arrives later."""
    choose = random.Random(SEED + number)  # noqa: S311 - moments, not secrets
    # What a dead run had on its way may yet take the next one's work from it.
    left -= MIGRATION_CONCURRENCY if haunted else 0
    if left < 1 or (not haunted and choose.random() < 0.1):
        return Fault(choose.choice(["hold_before", "hold_after"]), "list"), False
    fault = choose.choice(["hold_before", "hold_after"])
    haunts = fault == "hold_before" and left > 3 * MIGRATION_CONCURRENCY
    # Spread over what is left; the last kills would else await a write behind the end.
    first = choose.randint(1, max(1, min(left, 2 * left // (KILLS - number))))
    return Fault(fault, "write", first=first), haunts and choose.random() < 0.5
