"""A process is recognised by the mark that it carries."""

import os
import subprocess
import sys
from collections.abc import Iterator

import psutil
import pytest

from infra.local_cloud import processes


@pytest.fixture
def marked() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(
        [sys.executable, "-c", "input()"],
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, processes.MARK: "the-mark"},
    ) as process:
        yield process
        process.kill()


def test_a_process_that_is_just_becoming_another_program_is_not_taken_for_ended(
    marked: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Between the old program's end and the new one's start the system shows no variables at all.
    real = psutil.Process.environ
    empty: Iterator[dict[str, str]] = iter([{}, {}, {}])
    monkeypatch.setattr(
        psutil.Process, "environ", lambda process: next(empty, None) or real(process)
    )

    found = processes.find(mark="the-mark", process_id=marked.pid)

    assert found
    assert found.pid == marked.pid


def test_a_process_with_another_mark_is_not_found(marked: subprocess.Popen[bytes]) -> None:
    assert processes.find(mark="another", process_id=marked.pid) is None


def test_a_process_that_has_ended_is_not_found(marked: subprocess.Popen[bytes]) -> None:
    marked.kill()
    marked.wait()

    assert processes.find(mark="the-mark", process_id=marked.pid) is None
