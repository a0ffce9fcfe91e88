"""An engine that is killed in the middle of an update."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import clean_environ, run_kb
from tests.e2e.processes import EMULATORS, lasting_names_of, processes_of

pytestmark = [pytest.mark.engine, pytest.mark.emulator, pytest.mark.timeout(600)]


def test_what_an_up_without_outputs_has_made_can_be_taken_down(tmp_path: Path) -> None:
    assert run_kb(tmp_path, "up", "-s", "local").returncode == 0
    (state,) = (tmp_path / "local" / "state" / ".pulumi" / "stacks").rglob("local.json")
    kept = json.loads(state.read_text())
    (stack,) = (
        resource
        for resource in kept["checkpoint"]["latest"]["resources"]
        if resource["type"] == "pulumi:pulumi:Stack"
    )
    del stack["outputs"]
    state.write_text(json.dumps(kept))

    down = run_kb(tmp_path, "down", "-s", "local", "--yes")
    again = run_kb(tmp_path, "down", "-s", "local", "--yes")

    assert down.returncode == 0, down.stdout + down.stderr
    assert " deleted" in down.stdout
    assert again.returncode == 1
    assert "is not up" in again.stderr
    assert lasting_names_of(tmp_path) == set()


def test_a_killed_engine_leaves_no_process_and_the_next_up_goes_on(tmp_path: Path) -> None:
    with subprocess.Popen(
        [Path(sys.prefix) / "bin" / "kb", "up", "-s", "local"],
        env=clean_environ(KB_STATE_DIR=str(tmp_path)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as up:
        assert up.stdout
        next(line for line in up.stdout if "create" in line and "s3/bucket:Bucket" in line)
        engines = [process for process in processes_of(tmp_path) if process.name() == "pulumi"]
        for engine in engines:
            engine.kill()
        rest = up.stdout.read()

    left = lasting_names_of(tmp_path)
    again = run_kb(tmp_path, "up", "-s", "local")
    after = run_kb(tmp_path, "up", "-s", "local")
    down = run_kb(tmp_path, "down", "-s", "local", "--yes")

    assert engines
    assert up.returncode == 1
    assert "ended by signal 9" in rest
    assert "Traceback" not in rest
    assert left == EMULATORS
    assert again.returncode == 0, again.stdout + again.stderr
    assert "unchanged" in after.stdout
    assert "created" not in after.stdout
    assert down.returncode == 0, down.stdout + down.stderr
    assert lasting_names_of(tmp_path) == set()
