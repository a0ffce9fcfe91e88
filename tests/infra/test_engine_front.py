"""The front of the language host hands it the virtual environment that Pulumi.yaml names."""

import shutil
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

import infra.engine

FRONT = Path(infra.engine.__file__).parent / "python_host" / "pulumi-language-python"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project folder beside an engine whose host prints its arguments."""
    engine = tmp_path / "engine"
    (engine / "bin").mkdir(parents=True)
    (engine / "libexec").mkdir()
    shutil.copy(FRONT, engine / "bin")
    host = engine / "libexec" / "pulumi-language-python"
    host.write_text('#!/bin/sh\nfor argument; do echo "$argument"; done\n')
    host.chmod(0o755)
    (tmp_path / "a project").mkdir()
    return tmp_path / "a project"


def arguments_of_host(project: Path, directory: Path) -> list[str]:
    front = project.parent / "engine" / "bin" / "pulumi-language-python"
    answer = subprocess.run(
        [front, "127.0.0.1:4000"], cwd=directory, capture_output=True, text=True, check=True
    )
    return answer.stdout.splitlines()


@pytest.mark.parametrize(
    ("yaml", "virtual_environment"),
    [
        ("runtime:\n  name: python\n  options:\n    virtualenv: .venv\n", ".venv"),
        ("runtime:\n  options:\n    virtualenv: '.venv' # ours\n", ".venv"),
        ('runtime:\n  options:\n    virtualenv: "my env"\n', "my env"),
        ("runtime: {name: python, options: {virtualenv: ../.venv}}\n", "../.venv"),
        ("runtime: {options: {toolchain: pip, virtualenv: .venv, x: y}}\n", ".venv"),
    ],
    ids=["block", "quoted with comment", "with a space", "flow", "flow among others"],
)
def test_the_virtual_environment_of_the_project_reaches_the_host(
    project: Path, yaml: str, virtual_environment: str
) -> None:
    (project / "Pulumi.yaml").write_text(f"name: kb\n{yaml}")
    (project / "infra").mkdir()

    expected = [f"-root={project}", f"-virtualenv={virtual_environment}", "127.0.0.1:4000"]

    assert arguments_of_host(project, project) == expected
    assert arguments_of_host(project, project / "infra") == expected


@pytest.mark.parametrize(
    "yaml",
    ["runtime: python\n", "# virtualenv: .venv\n", "description: its virtualenv: none\n"],
    ids=["none", "in a comment", "in a sentence"],
)
def test_without_a_virtual_environment_the_host_gets_its_arguments_alone(
    project: Path, yaml: str
) -> None:
    (project / "Pulumi.yaml").write_text(f"name: kb\n{yaml}")

    assert arguments_of_host(project, project) == ["127.0.0.1:4000"]


def test_without_a_project_the_host_gets_its_arguments_alone(project: Path) -> None:
    assert arguments_of_host(project, project) == ["127.0.0.1:4000"]


# As the engine does: the host leads a process group of its own.
ENGINE = "import subprocess, sys; subprocess.Popen(sys.argv[1:], process_group=0).wait()"


def test_the_host_and_its_program_end_when_the_engine_is_killed(project: Path) -> None:
    host = project.parent / "engine" / "libexec" / "pulumi-language-python"
    host.write_text("#!/bin/sh\nsleep 600 &\necho $$ $!\nexec sleep 600\n")
    front = project.parent / "engine" / "bin" / "pulumi-language-python"
    with subprocess.Popen(
        [sys.executable, "-c", ENGINE, str(front), "127.0.0.1:4000"],
        cwd=project,
        stdout=subprocess.PIPE,
        text=True,
    ) as engine:
        assert engine.stdout
        family = [psutil.Process(int(word)) for word in engine.stdout.readline().split()]
        alive = [process.is_running() for process in family]
        engine.kill()

    _, left = psutil.wait_procs(family, timeout=30)

    assert alive == [True, True]
    assert not left
