"""Getting uv: from the system or PyPI, and one sentence when the Python is not one that will do."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

BOOTSTRAP = Path(__file__).resolve().parents[2] / "bootstrap" / "uv"

TOO_OLD = """#!/bin/sh
case "$1" in
    -V) echo Python 3.9.2 ;;
    *) exit 1 ;;
esac
"""
WITHOUT_VENV = """#!/bin/sh
case "$*" in
    *ensurepip*) exit 1 ;;
esac
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout in which nothing is installed yet."""
    folder = tmp_path / "checkout" / "bootstrap"
    folder.mkdir(parents=True)
    for name in ("uv", "uv.txt"):
        (folder / name).write_bytes((BOOTSTRAP.parent / name).read_bytes())
    (folder / "uv").chmod(0o755)
    return folder.parent


def bootstrap(checkout: Path, *, python: Path, path: str = "") -> subprocess.CompletedProcess[str]:
    environment = {"PATH": f"{path}{os.pathsep}/usr/bin:/bin", "PYTHON": str(python)}
    command = [checkout / "bootstrap" / "uv"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def command(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (TOO_OLD, "is Python 3.9.2, and 3.11 or newer is needed"),
        (WITHOUT_VENV, "the package python3-venv"),
        (None, "install Python 3.11 or newer"),
    ],
    ids=["too old", "without venv", "none"],
)
def test_a_python_that_will_not_do_is_refused_in_one_sentence(
    checkout: Path, tmp_path: Path, text: str | None, sentence: str
) -> None:
    python = tmp_path / "python"
    if text is not None:
        command(python, text)

    answer = bootstrap(checkout, python=python)

    assert answer.returncode == 1
    assert sentence in answer.stderr
    assert answer.stderr.count("\n") == 1
    assert not (checkout / ".tools").exists()


def test_a_uv_of_the_system_that_is_new_enough_is_taken(checkout: Path, tmp_path: Path) -> None:
    uv = command(tmp_path / "bin" / "uv", "#!/bin/sh\necho uv 0.13.0\n")

    answer = bootstrap(checkout, python=Path(sys.executable), path=str(uv.parent))

    assert answer.stdout == f"{uv}\n"
    assert not (checkout / ".tools").exists()


def test_a_uv_of_the_system_that_is_too_old_is_not_taken(checkout: Path, tmp_path: Path) -> None:
    uv = command(tmp_path / "bin" / "uv", "#!/bin/sh\necho uv 0.1.0\n")
    python = command(tmp_path / "python", f'{WITHOUT_VENV}exec {sys.executable} "$@"\n')

    answer = bootstrap(checkout, python=python, path=str(uv.parent))

    assert answer.stdout == ""
    assert "python3-venv" in answer.stderr
