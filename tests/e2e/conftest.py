"""One local environment, brought up once by the command line, for the tests that only look at it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

from infra import engine

PROJECT = Path(__file__).resolve().parents[2]
SAMPLES = PROJECT / "samples" / "kb"
STORAGE_VARIABLES = ("STORAGE_", "AWS_", "AZURE_", "GCS_", "KB_", "PULUMI_", "ANTHROPIC_")


class Kb(Protocol):
    """`kb WORDS` as a person runs it."""

    def __call__(self, *words: str, **variables: str) -> subprocess.CompletedProcess[str]: ...


def clean_environ(**variables: str) -> dict[str, str]:
    """The process's environment without anything that names a store, an environment or a key."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(STORAGE_VARIABLES)
    }
    return {**kept, **variables}


def run_kb(state: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.prefix) / "bin" / "kb", *words],
        env=clean_environ(KB_STATE_DIR=str(state), COLUMNS="100", **variables),
        cwd=state,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )


@pytest.fixture(scope="session", autouse=True)
def _engine_is_here() -> None:
    engine.ensure()


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A state folder of its own; whatever was started in it is stopped at the end."""
    folder = tmp_path_factory.mktemp("state")
    yield folder
    run_kb(folder, "local", "stop", "-s", "local")


@pytest.fixture(scope="module")
def kb(state: Path) -> Kb:
    """The command line, on a state folder of its own."""
    return lambda *words, **variables: run_kb(state, *words, **variables)


@pytest.fixture(scope="module")
def kb_up(kb: Kb) -> Kb:
    """The command line, with the local environment up."""
    answer = kb("up", "-s", "local")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return kb
