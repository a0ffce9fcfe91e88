"""Which `pulumi` on PATH is taken, and why another is not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.engine import PULUMI, candidates, find
from infra.engine.cache import default_cache

PROJECT = Path(__file__).resolve().parents[2]
NEW_ENOUGH = PULUMI.version
BINARY_BYTES = 2 << 20
"""The size of a real program, which a version manager's small script has not."""


class Machine:
    """A machine with some folders on PATH; its `pulumi` count how often they are asked."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.environment = {"PATH": "", "XDG_CACHE_HOME": str(root / "cache")}

    def install(
        self, name: str, *, says: str, host: bool = True, size: int = 0, place: Path | None = None
    ) -> Path:
        directory = place or self._root / name
        directory.mkdir(parents=True)
        script = f"#!/bin/sh\necho asked >> {self._root}/questions\n{says}\nexit 0\n"
        _write_command(directory / "pulumi", script + "#" * size)
        if host:
            _write_command(directory / "pulumi-language-python", "#!/bin/sh\n")
        before = self.environment["PATH"]
        self.environment["PATH"] = f"{before}{os.pathsep}{directory}" if before else str(directory)
        return directory

    @property
    def questions(self) -> int:
        asked = self._root / "questions"
        return len(asked.read_text().splitlines()) if asked.exists() else 0

    def objections(self) -> list[str]:
        found = candidates(
            version_min=NEW_ENOUGH,
            cache_directory=default_cache(self.environment).directory,
            environment=self.environment,
        )
        return [candidate.objection for candidate in found]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.parametrize("version", [NEW_ENOUGH, "3.1000.0", "4.0.0"])
def test_a_complete_pulumi_on_path_is_taken(machine: Machine, version: str) -> None:
    directory = machine.install("good", says=f"echo v{version}")

    engine = find(environment=machine.environment)

    assert engine is not None
    assert (engine.bin_directory, engine.version, engine.origin) == (directory, version, "path")


@pytest.mark.parametrize(
    ("says", "host", "objection"),
    [
        ("echo v3.1.0", True, f"older than {NEW_ENOUGH}"),
        (f"echo v{NEW_ENOUGH}-alpha.1", True, f"older than {NEW_ENOUGH}"),
        (f"echo v{NEW_ENOUGH}", False, "pulumi-language-python is not beside it"),
        ("echo usage", True, "it does not say its version"),
        ("exit 3", True, "it does not say its version"),
    ],
    ids=["old", "a pre-release of it", "without language host", "something else", "broken"],
)
def test_a_pulumi_that_would_not_do_is_passed_over(
    machine: Machine, says: str, host: bool, objection: str
) -> None:
    machine.install("bad", says=says, host=host)

    assert find(environment=machine.environment) is None
    assert machine.objections() == [objection]


def test_a_good_pulumi_behind_an_old_one_is_taken(machine: Machine) -> None:
    machine.install("old", says="echo v3.1.0")
    good = machine.install("good", says=f"echo v{NEW_ENOUGH}")

    engine = find(environment=machine.environment)

    assert engine is not None
    assert engine.bin_directory == good


def test_a_pulumi_that_is_linked_onto_path_is_complete_with_the_host_beside_the_real_one(
    machine: Machine, tmp_path: Path
) -> None:
    real = machine.install("real", says=f"echo v{NEW_ENOUGH}")
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "pulumi").symlink_to(real / "pulumi")
    machine.environment["PATH"] = str(tmp_path / "links")

    engine = find(environment=machine.environment)

    assert engine is not None
    assert engine.bin_directory == real


def test_a_program_is_asked_for_its_version_once(machine: Machine) -> None:
    machine.install("good", says=f"echo v{NEW_ENOUGH}", size=BINARY_BYTES)

    engines = [find(environment=machine.environment) for _ in range(3)]

    assert all(engines)
    assert machine.questions == 1


def test_a_program_that_was_replaced_is_asked_again(machine: Machine) -> None:
    directory = machine.install("good", says=f"echo v{NEW_ENOUGH}", size=BINARY_BYTES)
    find(environment=machine.environment)
    _write_command(directory / "pulumi", "#!/bin/sh\necho v3.2.1\nexit 0\n" + "#" * BINARY_BYTES)

    assert find(environment=machine.environment) is None


def test_the_script_of_a_version_manager_is_asked_each_time(machine: Machine) -> None:
    machine.install("shims", says=f"echo v{NEW_ENOUGH}")

    engines = [find(environment=machine.environment) for _ in range(3)]

    assert all(engines)
    assert machine.questions == 3


def test_a_built_engine_on_path_is_not_taken_for_the_users_own(machine: Machine) -> None:
    place = default_cache(machine.environment).directory / "0123456789abcdef" / "bin"
    machine.install("built", says=f"echo v{NEW_ENOUGH}", place=place)

    assert find(environment=machine.environment) is None
    assert machine.objections() == []


def test_a_bare_python_can_import_the_engine() -> None:
    # -S: no site-packages. -I would drop the project's folder as well.
    command = [sys.executable, "-S", "-c", "import infra.engine"]
    answer = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)

    assert answer.stderr == ""
    assert answer.returncode == 0


def _write_command(path: Path, text: str) -> None:
    # A new file each time: a program that is running or was just written cannot always be opened for writing.
    path.unlink(missing_ok=True)
    path.write_text(text)
    path.chmod(0o755)
