"""A build that is interrupted, killed, stalled or disturbed: no half engine, no compiler left running."""

import signal
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.infra.engine_workshop import WAIT_SECONDS_MAX, Workshop, open_workshop

pytestmark = pytest.mark.engine


@pytest.fixture
def workshop(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    # One compiler's cache for all tests of this process: Go's own packages are compiled once.
    go_objects = tmp_path_factory.getbasetemp() / "go-objects"
    return open_workshop(tmp_path, go_objects)


@pytest.fixture
def half_way(workshop: Workshop) -> Iterator[subprocess.Popen[str]]:
    """A build in another process that has compiled a few packages of many."""
    with workshop.start_in_another_process() as process:
        assert process.stdout
        assert any(line == "compile 3\n" for line in process.stdout)
        assert process.poll() is None
        yield process
        process.kill()


def test_after_a_kill_the_next_build_removes_the_leftovers_and_succeeds(
    workshop: Workshop, half_way: subprocess.Popen[str]
) -> None:
    half_way.send_signal(signal.SIGKILL)
    half_way.wait(WAIT_SECONDS_MAX)

    assert not workshop.found()
    assert workshop.cache.partial(workshop.recipe.key).is_dir()
    workshop.build()
    assert workshop.files() == {workshop.recipe.key}


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT], ids=lambda number: number.name
)
def test_an_interrupted_build_leaves_nothing_half_done_and_no_compiler(
    workshop: Workshop, half_way: subprocess.Popen[str], number: signal.Signals
) -> None:
    half_way.send_signal(number)
    half_way.wait(WAIT_SECONDS_MAX)

    key = workshop.recipe.key
    assert half_way.returncode != 0
    assert not workshop.found()
    assert workshop.files() == {f"{key}.log"}
    # Who compiled would hold the lock still.
    with workshop.cache.locked(key, _fail_instead_of_waiting):
        pass


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=lambda number: number.name)
def test_a_download_that_stalls_ends_with_its_build(
    workshop: Workshop, number: signal.Signals
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(WAIT_SECONDS_MAX)
        workshop.require_a_library()
        proxy = f"http://127.0.0.1:{silent.getsockname()[1]}"
        stalled = replace(workshop, environment={**workshop.environment, "GOPROXY": proxy})
        with stalled.start_in_another_process() as process, silent.accept()[0]:
            process.send_signal(number)
            process.wait(WAIT_SECONDS_MAX)

            with workshop.cache.locked(workshop.recipe.key, _fail_at_the_deadline):
                pass


def test_while_a_build_runs_nobody_else_removes_what_it_works_in(
    workshop: Workshop, half_way: subprocess.Popen[str]
) -> None:
    other = workshop.with_another_library()

    other.build()

    assert workshop.cache.partial(workshop.recipe.key).is_dir()
    assert half_way.wait(WAIT_SECONDS_MAX) == 0
    assert workshop.found()
    assert other.found()


def _fail_at_the_deadline(seconds: float) -> None:
    if seconds > WAIT_SECONDS_MAX:
        pytest.fail("the lock of a build that was killed is still held")


def _fail_instead_of_waiting(seconds: float) -> None:
    pytest.fail("the lock of an interrupted build is still held")
