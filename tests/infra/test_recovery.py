"""What a killed engine leaves is put right; what a living one holds is left alone."""

import json
import os
import socket
import subprocess
from pathlib import Path

import pytest

from infra.recovery import recover


@pytest.fixture
def backend(tmp_path: Path) -> Path:
    for folder in ("locks/organization/kb/local", "stacks/kb"):
        (tmp_path / ".pulumi" / folder).mkdir(parents=True)
    return tmp_path


def lock(backend: Path, *, process_id: int, hostname: str = socket.gethostname()) -> Path:
    path = backend / ".pulumi/locks/organization/kb/local/one.json"
    path.write_text(json.dumps({"pid": process_id, "hostname": hostname}))
    return path


def dead_process_id() -> int:
    with subprocess.Popen(["true"]) as process:
        process.wait()
    return process.pid


def test_the_lock_of_a_dead_engine_is_taken_away_and_said(backend: Path) -> None:
    path = lock(backend, process_id=dead_process_id())

    lines = recover(backend, "local")

    assert not path.exists()
    assert len(lines) == 1


@pytest.mark.parametrize("hostname", [socket.gethostname(), "another-host"])
def test_the_lock_of_an_engine_that_may_live_stays(backend: Path, hostname: str) -> None:
    living = os.getpid() if hostname == socket.gethostname() else dead_process_id()
    path = lock(backend, process_id=living, hostname=hostname)

    assert recover(backend, "local") == ()
    assert path.exists()


@pytest.mark.parametrize("half", [b"", b'{"version": 3, "check'])
def test_half_a_state_gives_way_to_the_one_before(backend: Path, half: bytes) -> None:
    state = backend / ".pulumi/stacks/kb/local.json"
    state.write_bytes(half)
    state.with_suffix(".json.bak").write_text('{"version": 3}')

    recover(backend, "local")

    assert json.loads(state.read_text()) == {"version": 3}


@pytest.mark.parametrize("half", [b"", b'{"user.cache_control":""'])
def test_half_a_file_of_attributes_is_deleted_and_a_whole_one_stays(
    backend: Path, half: bytes
) -> None:
    torn = backend / ".pulumi/stacks/kb/local.json.attrs"
    whole = backend / ".pulumi/stacks/kb/local.json.bak.attrs"
    torn.write_bytes(half)
    whole.write_text("{}")

    lines = recover(backend, "local")

    assert (torn.exists(), whole.exists(), len(lines)) == (False, True, 1)


def test_a_whole_state_is_never_replaced(backend: Path) -> None:
    state = backend / ".pulumi/stacks/kb/local.json"
    state.write_text('{"version": 3, "new": true}')
    state.with_suffix(".json.bak").write_text('{"version": 3}')

    assert recover(backend, "local") == ()
    assert json.loads(state.read_text())["new"]


def test_a_state_that_a_living_engine_is_writing_is_left_alone(backend: Path) -> None:
    lock(backend, process_id=os.getpid())
    state = backend / ".pulumi/stacks/kb/local.json"
    state.write_bytes(b"{")
    state.with_suffix(".json.bak").write_text('{"version": 3}')

    recover(backend, "local")

    assert state.read_bytes() == b"{"
