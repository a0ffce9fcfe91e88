"""Building an engine: once, whole or not at all, whatever happens meanwhile.

The recipe is a program of five lines, compiled by the real Go: the road of the real engine, in a second.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from infra.engine import PULUMI, EngineError, Program, Progress, Recipe, ensure, find
from infra.engine.cache import EngineCache, default_cache
from infra.engine.toolchain import find_go

pytestmark = pytest.mark.engine

PROJECT = Path(__file__).resolve().parents[2]
VERSION = "9.9.9"
WAIT_SECONDS_MAX = 120

BUILD_IN_ANOTHER_PROCESS = """
import os, sys
from pathlib import Path
from infra.engine import Program, Recipe, ensure
module = Path(sys.argv[1])
program = Program("pulumi", "9.9.9", module, "example.test/pulumi", "bin")
recipe = Recipe("9.9.9", (1, 21), (program,), ((module / "host", "bin/pulumi-language-python"),))
ensure(lambda event: print(event.phase, event.done, flush=True), recipe=recipe)
"""


@dataclass(frozen=True)
class Workshop:
    """A user with a recipe and an empty cache."""

    recipe: Recipe
    environment: dict[str, str]

    @property
    def cache(self) -> EngineCache:
        return default_cache(self.environment)

    @property
    def module(self) -> Path:
        return self.recipe.programs[0].module_directory

    def build(self, on_progress: Callable[[Progress], None] = lambda event: None) -> Path:
        return ensure(on_progress, recipe=self.recipe, environment=self.environment).bin_directory

    def found(self) -> bool:
        return find(recipe=self.recipe, environment=self.environment) is not None

    def files(self) -> set[str]:
        """Names in the cache, without the locks: those stay, and are empty."""
        names = {path.name for path in self.cache.directory.glob("*")}
        return {name for name in names if not name.endswith(".lock")}

    def start_in_another_process(self) -> subprocess.Popen[str]:
        """Start a build that compiles everything, Go's own packages too, so that it can be met half-way."""
        environment = {k: v for k, v in self.environment.items() if k != "GOCACHE"}
        return subprocess.Popen(
            [sys.executable, "-c", BUILD_IN_ANOTHER_PROCESS, self.module],
            cwd=PROJECT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


@pytest.fixture(scope="session")
def go_objects(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A compiler's cache for all tests of this process: Go's own packages are compiled once."""
    return tmp_path_factory.mktemp("go-objects")


@pytest.fixture
def workshop(tmp_path: Path, go_objects: Path) -> Workshop:
    module = tmp_path / "module"
    module.mkdir()
    (module / "go.mod").write_text("module example.test/pulumi\n\ngo 1.21\n")
    (module / "main.go").write_text(
        f'package main\n\nfunc main() {{\n\tprintln("v{VERSION}")\n}}\n'
    )
    (module / "host").write_text("#!/bin/sh\n")
    program = Program("pulumi", VERSION, module, "example.test/pulumi", "bin")
    recipe = Recipe(
        VERSION, (1, 21), (program,), ((module / "host", "bin/pulumi-language-python"),)
    )
    environment = {
        "PATH": f"{_go_directory()}{os.pathsep}/usr/bin{os.pathsep}/bin",
        "HOME": str(tmp_path / "home"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "GOCACHE": str(go_objects),
    }
    return Workshop(recipe, environment)


def _go_directory() -> Path:
    """The Go of this machine, or the one that building its engine has fetched."""
    go = find_go(
        version_min=PULUMI.go_version_min,
        cache_directory=default_cache(os.environ).directory,
        environment=os.environ,
    )
    return go.command.parent if go else Path("/nonexistent")


@pytest.fixture
def half_way(workshop: Workshop) -> Iterator[subprocess.Popen[str]]:
    """A build in another process that has compiled a few packages of many."""
    with workshop.start_in_another_process() as process:
        assert process.stdout
        assert any(line == "compile 3\n" for line in process.stdout)
        assert process.poll() is None
        yield process
        process.kill()


def test_a_built_engine_is_found_and_runs(workshop: Workshop) -> None:
    directory = workshop.build()

    engine = find(recipe=workshop.recipe, environment=workshop.environment)
    said = subprocess.run([directory / "pulumi"], capture_output=True, text=True, check=True).stderr

    assert engine is not None
    assert (engine.bin_directory, engine.version, engine.origin) == (directory, VERSION, "cache")
    assert said == f"v{VERSION}\n"
    assert os.access(directory / "pulumi-language-python", os.X_OK)


def test_an_engine_that_is_here_is_not_built_again(workshop: Workshop) -> None:
    workshop.build()
    events: list[Progress] = []

    workshop.build(events.append)

    assert events == []


def test_a_build_leaves_nothing_but_the_engine(workshop: Workshop, tmp_path: Path) -> None:
    workshop.build()

    assert workshop.files() == {workshop.recipe.key}
    assert not (tmp_path / "home" / "go").exists()


def test_of_two_callers_at_once_one_builds_and_the_other_waits_for_it(workshop: Workshop) -> None:
    events: dict[str, list[Progress]] = {"first": [], "second": []}
    second_waits = threading.Event()

    def second(event: Progress) -> None:
        events["second"].append(event)
        second_waits.set()

    with ThreadPoolExecutor(1) as pool:
        futures = []

        def first(event: Progress) -> None:
            if not events["first"]:
                futures.append(pool.submit(workshop.build, second))
                assert second_waits.wait(WAIT_SECONDS_MAX)
            events["first"].append(event)

        directory = workshop.build(first)

    assert futures[0].result() == directory
    assert {event.phase for event in events["second"]} == {"wait"}
    assert "wait" not in {event.phase for event in events["first"]}


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
        _require_a_library(workshop)
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
    other = _with_another_library(workshop)

    other.build()

    assert workshop.cache.partial(workshop.recipe.key).is_dir()
    assert half_way.wait(WAIT_SECONDS_MAX) == 0
    assert workshop.found()
    assert other.found()


def test_what_a_killed_build_of_another_recipe_left_is_removed(workshop: Workshop) -> None:
    leftover = workshop.cache.partial("0123456789abcdef")
    leftover.mkdir(parents=True)
    (leftover / "4 GiB").touch()

    workshop.build()

    assert workshop.files() == {workshop.recipe.key}


def test_a_damaged_engine_is_not_found_and_built_anew(workshop: Workshop) -> None:
    program = workshop.build() / "pulumi"
    program.write_bytes(b"")

    assert not workshop.found()
    workshop.build()
    assert workshop.found()
    assert workshop.files() == {workshop.recipe.key}


def test_another_library_makes_another_engine(workshop: Workshop) -> None:
    workshop.build()

    assert not _with_another_library(workshop).found()


def test_a_failing_compiler_is_one_sentence_with_its_last_words(workshop: Workshop) -> None:
    (workshop.module / "main.go").write_text("package main\n\nfunc main() {\n\tnonsense()\n}\n")

    with pytest.raises(EngineError) as failure:
        workshop.build()

    assert "main.go:4:2: undefined: nonsense" in str(failure.value)
    assert "official installer" in str(failure.value)
    assert "\n" not in str(failure.value)
    log = workshop.cache.log(workshop.recipe.key)
    assert str(log) in str(failure.value)
    assert "undefined: nonsense" in log.read_text()
    assert workshop.files() == {log.name}


def test_a_library_that_is_not_the_pinned_one_is_refused(workshop: Workshop) -> None:
    _require_a_library(workshop)
    (workshop.module / "go.sum").unlink()
    environment = {**workshop.environment, "GOPROXY": "off", "GOFLAGS": "-mod=mod"}

    with pytest.raises(EngineError, match=r"go\.sum"):
        replace(workshop, environment=environment).build()


def test_a_result_that_says_another_version_is_not_kept(workshop: Workshop) -> None:
    (workshop.module / "main.go").write_text('package main\n\nfunc main() { println("v1.0.0") }\n')

    with pytest.raises(EngineError, match=r"'v1\.0\.0' instead of 9\.9\.9"):
        workshop.build()

    assert not workshop.found()


def test_a_full_disk_is_said_before_anything_is_done(workshop: Workshop) -> None:
    greedy = replace(workshop, recipe=replace(workshop.recipe, bytes_result=1 << 60))

    with pytest.raises(EngineError, match=r"needs 1073741824\.0 GiB of disk .* has .* GiB free"):
        greedy.build()

    assert greedy.files() == set()


def test_a_cache_that_cannot_be_written_is_one_sentence(workshop: Workshop, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")

    with pytest.raises(EngineError, match="XDG_CACHE_HOME"):
        workshop.build()


def _require_a_library(workshop: Workshop) -> None:
    (workshop.module / "go.mod").write_text(
        "module example.test/pulumi\n\ngo 1.21\n\nrequire example.test/library v1.0.0\n"
    )
    (workshop.module / "go.sum").write_text(
        f"example.test/library v1.0.0 h1:{'A' * 43}=\n"
        f"example.test/library v1.0.0/go.mod h1:{'A' * 43}=\n"
    )
    (workshop.module / "main.go").write_text(
        'package main\n\nimport "example.test/library"\n\nfunc main() { library.Run() }\n'
    )


def _with_another_library(workshop: Workshop) -> Workshop:
    module = workshop.module.with_name("another-module")
    module.mkdir()
    for name in ("go.mod", "main.go", "host"):
        (module / name).write_bytes((workshop.module / name).read_bytes())
    (module / "go.mod").write_text("module example.test/pulumi\n\ngo 1.22\n")
    program = replace(workshop.recipe.programs[0], module_directory=module)
    return replace(workshop, recipe=replace(workshop.recipe, programs=(program,)))


def _fail_at_the_deadline(seconds: float) -> None:
    if seconds > WAIT_SECONDS_MAX:
        pytest.fail("the lock of a build that was killed is still held")


def _fail_instead_of_waiting(seconds: float) -> None:
    pytest.fail("the lock of an interrupted build is still held")
