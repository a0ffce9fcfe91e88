"""Storms, lost answers, silence and vanished buckets: what arrives is whole, and the next run ends it."""

import random
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.sinks import Fault, Sink, sink
from migrate.reading import LARGE_BYTES_MIN
from migrate.records import State
from tests.migrate.scene import contents, plant
from tests.migrate.services import DIALECTS, Inside, Service, moved, service
from tests.migrate.standing import Everything
from tests.migrate.test_kills import SEED

# The sink is compiled with Go: see tests/benchmarks/test_sink.py.
pytestmark = [
    pytest.mark.proof,
    pytest.mark.timeout(600),
    pytest.mark.parametrize("dialect", DIALECTS),
]

FILES = 250


@pytest.fixture(scope="module")
def at() -> Iterator[Sink]:
    with sink(ledger=True) as running:
        yield running


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Small files, and one that goes up in parts."""
    choose = random.Random(SEED)  # noqa: S311 - contents, not secrets
    made = {f"{number % 7}/{number:03}": choose.randbytes(number * 9) for number in range(FILES)}
    made["large"] = choose.randbytes(LARGE_BYTES_MIN + 1)
    return plant(tmp_path_factory.mktemp("weather") / "source", made)


@pytest.fixture
def here(at: Sink, dialect: str) -> Iterator[Service]:
    yield service(at, dialect)
    at.set_faults()


@pytest.fixture
def command(here: Service, tmp_path: Path, source: Path) -> Inside:
    return here.command(source, tmp_path / "state")


@pytest.fixture(scope="module")
def calms(
    at: Sink, source: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Everything]:
    """What runs in calm weather leave."""
    found = {}
    for dialect in DIALECTS:
        peaceful = service(at, dialect)
        state = tmp_path_factory.mktemp("peace") / "state"
        assert peaceful.command(source, state).finish("run")[0] == 0
        found[dialect] = moved(peaceful.store)
    return found


@pytest.fixture
def calm(calms: dict[str, Everything], dialect: str) -> Everything:
    return calms[dialect]


def check_arrived(command: Inside, here: Service, calm: Everything) -> None:
    """Look from outside: all is there, as in calm weather, each sent once with effect; the journal agrees."""
    status = command.finish("status")[1][-1]
    code, proof = command.finish("verify")

    assert moved(here.store) == calm
    assert set(here.uploads().values()) == {1}
    assert status["states"] == {**dict.fromkeys(State, 0), State.DONE: len(calm)}
    assert (code, proof[-1]["proved"], proof[-1]["read"]) == (0, len(calm), 0)


# What a run rides out by itself.
PASSING = {
    "a storm of 503": [Fault("busy", first=60, last=160)],
    "a storm of 503 on writes from the first on": [Fault("busy", "write", last=100)],
    "slow answers": [Fault("slow", share=0.1, seconds=0.3)],
    "500 after the effect": [Fault("error_after", "write", share=0.2)],
    "500 without effect": [Fault("error_before", "write", share=0.2)],
    "answers torn after the effect": [Fault("cut_after", "write", share=0.2)],
    "connections cut before the effect": [Fault("cut_before", "write", share=0.2)],
    "all of them, and torn reads": [
        Fault("cut_after", "write", share=0.1),
        Fault("error_before", "write", share=0.1),
        Fault("slow", "write", share=0.1, seconds=0.1),
        Fault("busy", "write", share=0.1),
        Fault("cut_after", "read", share=0.1),
    ],
}


@pytest.mark.parametrize("weather", sorted(PASSING))
def test_passing_weather_cannot_be_seen_in_the_end(
    command: Inside, here: Service, calm: Everything, weather: str
) -> None:
    here.at.set_faults(*PASSING[weather])
    code, events = command.finish("run")
    here.at.set_faults()

    assert [event["reason"] for event in events if event.get("result") == "left_out"] == []
    assert (code, events[-1]["ending"]) == (0, "complete")
    check_arrived(command, here, calm)


# What ends a run with one sentence.
LASTING = {
    "500 for everything": Fault("error_before", first=40),
    "every connection cut": Fault("cut_before", first=40),
    "500 after each write's effect, and no reads": Fault("error_after", first=40),
}


@pytest.mark.parametrize("weather", sorted(LASTING))
def test_lasting_weather_ends_the_run_with_a_sentence_and_the_next_one_goes_on(
    command: Inside, here: Service, calm: Everything, weather: str
) -> None:
    here.at.set_faults(LASTING[weather])
    code, events = command.finish("run")
    here.at.set_faults()
    standing = contents(here.store)
    again, then = command.finish("run")

    assert code == 1
    assert "The destination failed" in events[-1]["error"]["message"]  # type: ignore[index] # JSON
    assert events[-2]["ending"] == "failed"
    assert (again, then[-1]["ending"]) == (0, "complete")
    assert standing.items() <= contents(here.store).items()
    check_arrived(command, here, calm)


@pytest.mark.parametrize("fault", ["cut_after", "short", "empty"])
def test_a_listing_that_never_comes_whole_moves_nothing(
    command: Inside, here: Service, calm: Everything, fault: str
) -> None:
    assert command.finish("run")[0] == 0
    sent = len(here.writes())
    here.at.set_faults(Fault(fault, "list"))
    code, events = command.finish("run")
    looked, found = command.finish("verify")
    here.at.set_faults()

    assert (code, looked) == (1, 1)
    assert "did not answer" in events[-1]["error"]["message"]  # type: ignore[index] # JSON
    assert [event["event"] for event in found if "event" in event] == []
    assert len(here.writes()) == sent
    check_arrived(command, here, calm)


def test_a_bucket_deleted_in_mid_run_ends_it_and_one_made_again_gets_everything(
    command: Inside, here: Service, calm: Everything
) -> None:
    here.at.set_faults(Fault("hold_before", "write", first=150))
    process = command.start("run", "--json")
    here.at.await_held()
    here.at.drop(here.name)
    here.at.set_faults(held="serve")
    answer, errors = process.communicate(timeout=120)
    missing = command.finish("run")
    here.create()
    again, events = command.finish("run")

    assert process.returncode == missing[0] == 1
    assert "does not exist" in answer.splitlines()[-1]
    assert len(errors.splitlines()) == 1
    assert (again, events[-1]["ending"]) == (0, "complete")
    assert moved(here.store) == calm
    assert command.finish("verify")[0] == 0


@pytest.mark.parametrize("fault", ["hold_before", "hold_after"])
def test_a_run_that_sleeps_while_its_connections_are_closed_goes_on(
    command: Inside, here: Service, calm: Everything, fault: str
) -> None:
    here.at.set_faults(Fault(fault, "write", first=100))
    process = command.start("run", out=subprocess.DEVNULL)
    here.at.await_held()
    process.send_signal(signal.SIGSTOP)
    # As after a night: what was under way is lost, and so are the idle connections.
    here.at.set_faults(held="drop")
    here.at.hang_up()
    process.send_signal(signal.SIGCONT)
    _, errors = process.communicate(timeout=120)

    assert (process.returncode, errors) == (0, "")
    check_arrived(command, here, calm)


@pytest.mark.parametrize(
    ("number", "exit_code"), [(signal.SIGTERM, 1), (signal.SIGINT, 130)], ids=["SIGTERM", "Ctrl-C"]
)
def test_a_polite_end_while_the_service_is_silent_waits_for_what_is_in_flight(
    command: Inside, here: Service, calm: Everything, number: signal.Signals, exit_code: int
) -> None:
    here.at.set_faults(Fault("hold_after", "write", first=100))
    process = command.start("run", out=subprocess.DEVNULL)
    here.at.await_held()
    process.send_signal(number)
    here.at.set_faults(held="serve")
    _, errors = process.communicate(timeout=120)
    half = len(here.uploads())
    again, events = command.finish("run")

    assert process.returncode == exit_code
    assert "To go on: kb migrate run" in errors
    assert 100 <= half < len(calm)
    assert again == 0
    assert events[-1]["counts"]["copied"] == len(calm) - half  # type: ignore[index] # JSON
    check_arrived(command, here, calm)
