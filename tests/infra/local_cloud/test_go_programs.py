"""Go programs of the local cloud: built once, whole or not at all; tried with one of five lines."""

import os
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from infra.engine.cache import default_cache
from infra.go.toolchain import find_go
from infra.local_cloud.go_programs import FAKE_GCS, GoProgram
from infra.local_cloud.stacks import LocalCloudError

pytestmark = pytest.mark.engine

Build = Callable[[GoProgram], tuple[Path, list[str]]]


@pytest.fixture
def program(tmp_path: Path) -> GoProgram:
    module = tmp_path / "module"
    module.mkdir()
    (module / "go.mod").write_text("module example.test/hello\n\ngo 1.21\n")
    (module / "go.sum").write_text("")
    (module / "main.go").write_text('package main\n\nfunc main() {\n\tprintln("hello")\n}\n')
    return GoProgram("hello", module, "example.test/hello", "a second")


@pytest.fixture
def build(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Build:
    go = find_go(
        version_min=(1, 21),
        cache_directory=default_cache(os.environ).directory,
        environment=os.environ,
    )
    environment = {
        "PATH": f"{go.command.parent if go else ''}{os.pathsep}/usr/bin{os.pathsep}/bin",
        "HOME": str(tmp_path / "home"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        # Go's own packages are compiled once for all tests of this process.
        "GOCACHE": str(tmp_path_factory.getbasetemp() / "go-objects"),
    }

    def ensure(program: GoProgram) -> tuple[Path, list[str]]:
        said: list[str] = []
        return program.ensure(say=said.append, environment=environment), said

    return ensure


def _files(executable: Path) -> set[str]:
    names = {path.name for path in executable.parent.parent.iterdir()}
    return {name for name in names if not name.endswith(".lock")}


def test_a_program_is_built_once_and_says_so(program: GoProgram, build: Build) -> None:
    executable, said = build(program)
    again = build(program)
    answer = subprocess.run([executable], capture_output=True, text=True, check=True)

    assert answer.stderr == "hello\n"
    assert "Building hello (once per user, a second)" in said[0]
    assert again == (executable, [])
    assert _files(executable) == {executable.parent.name}


def test_of_two_at_once_one_builds(program: GoProgram, build: Build) -> None:
    with ThreadPoolExecutor() as pool:
        both = list(pool.map(build, [program, program]))

    assert both[0][0] == both[1][0]
    assert sum(bool(said) for _, said in both) == 1


def test_what_a_killed_build_left_is_no_hindrance(program: GoProgram, build: Build) -> None:
    executable, _ = build(program)
    leftover = executable.parent.with_suffix(".partial")
    executable.parent.rename(leftover)
    build(program)

    assert executable.exists()
    assert not leftover.exists()


def test_another_library_is_another_program(program: GoProgram, build: Build) -> None:
    executable, _ = build(program)
    (program.module / "go.sum").write_text("\n")

    assert build(program)[0] != executable


def test_a_failing_compiler_is_one_sentence_with_its_last_words(
    program: GoProgram, build: Build
) -> None:
    (program.module / "main.go").write_text("package main\n\nfunc main() {\n\tnonsense()\n}\n")
    with pytest.raises(LocalCloudError, match=r"main\.go:4:2: undefined: nonsense") as failure:
        build(program)

    assert "\n" not in str(failure.value)


def test_a_module_that_is_not_there_is_refused(program: GoProgram, build: Build) -> None:
    with pytest.raises(LocalCloudError, match="Building hello failed"):
        build(replace(program, package="example.test/other"))


def test_the_emulator_is_pinned_by_hash() -> None:
    pinned = (FAKE_GCS.module / "go.sum").read_text()

    assert f"{FAKE_GCS.package} v" in pinned
