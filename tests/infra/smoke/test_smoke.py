"""The whole of a smoke test, on the local cloud."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import PROJECT, clean_environ
from tests.e2e.processes import lasting_names_of

pytestmark = [
    pytest.mark.engine,
    pytest.mark.emulator,
    pytest.mark.proof,
    pytest.mark.timeout(900),
]


def test_a_smoke_test_passes_and_leaves_nothing(tmp_path: Path) -> None:
    page = tmp_path / "report.md"
    answer = subprocess.run(
        [Path(sys.prefix) / "bin" / "kb", "smoke", "-s", "local", "--json", "--report", page],
        env=clean_environ(KB_STATE_DIR=str(tmp_path / "state")),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    report = json.loads(answer.stdout)

    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert report["passed"] is True
    assert report["left_behind"] is None
    steps = {step["name"]: step["code"] for step in report["steps"]}
    assert steps == dict.fromkeys(("up", "migrate", "verify", "ask", "drift", "down"), 0)
    assert "# Smoke test of local: passed" in page.read_text()
    assert "AccountKey" not in page.read_text()
    assert not (PROJECT / "Pulumi.local-smoke.yaml").exists()
    assert not (tmp_path / "state" / "local-smoke").exists()
    assert lasting_names_of(tmp_path / "state") == set()
