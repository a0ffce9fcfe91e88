"""Wrong inputs: one sentence, the right exit code, never a traceback."""

import json
import re
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from tests.e2e.conftest import SAMPLES, Kb, run_kb

pytestmark = [pytest.mark.engine, pytest.mark.emulator, pytest.mark.timeout(300)]


def assert_refused(
    answer: subprocess.CompletedProcess[str], *, exit_code: int, saying: str
) -> None:
    assert answer.returncode == exit_code, answer.stdout + answer.stderr
    assert saying in answer.stderr.replace("\n", " ")
    assert "Traceback" not in answer.stderr + answer.stdout
    assert len(answer.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "words",
    [
        ("up",),
        ("down", "--yes"),
        ("drift",),
        ("outputs",),
        ("env", "--shell"),
        ("ls",),
        ("ask", "--model", "offline", "why?"),
        ("migrate", "plan", "--source", str(SAMPLES)),
    ],
    ids=lambda words: words[0],
)
def test_an_unknown_environment_is_refused_with_those_that_there_are(
    kb: Kb, words: tuple[str, ...]
) -> None:
    answer = kb(*words, "-s", "staging")

    assert_refused(answer, exit_code=2, saying="Pulumi.staging.yaml")
    assert "dev" in answer.stderr


@pytest.mark.parametrize("words", [("outputs",), ("env", "--dotenv"), ("ls",)], ids=str)
def test_an_environment_that_is_not_up_is_refused(kb: Kb, words: tuple[str, ...]) -> None:
    assert_refused(kb(*words, "-s", "local"), exit_code=1, saying="Run: kb up -s local")


def test_whether_an_environment_that_is_not_up_drifted_cannot_be_told(kb: Kb) -> None:
    answer = kb("drift", "-s", "local", "--json")

    # Not 1: nothing has been found.
    assert_refused(answer, exit_code=2, saying="Run: kb up -s local")
    assert json.loads(answer.stdout)["error"]["code"] == "not_up"


def test_an_environment_whose_state_is_nowhere_is_said_with_what_to_do(
    kb: Kb, tmp_path: Path
) -> None:
    answer = kb("outputs", "-s", "dev", PULUMI_HOME=str(tmp_path))

    assert_refused(answer, exit_code=1, saying="pulumi login")


def test_a_missing_engine_is_said_with_how_to_get_one(kb: Kb, tmp_path: Path) -> None:
    answer = kb("outputs", "-s", "local", PATH="/usr/bin:/bin", XDG_CACHE_HOME=str(tmp_path))

    assert_refused(answer, exit_code=1, saying="official installer")


def test_a_missing_source_is_refused(kb: Kb, tmp_path: Path) -> None:
    answer = kb("migrate", "run", "--source", str(tmp_path / "nothing"), "--to", tmp_path.as_uri())

    assert_refused(answer, exit_code=2, saying="nothing")


@pytest.mark.parametrize("question", ["", "   "])
def test_an_empty_question_is_refused(kb: Kb, question: str) -> None:
    answer = kb(
        "ask", "--model", "offline", question, STORAGE_TYPE="filesystem", STORAGE_PATH=str(SAMPLES)
    )

    assert_refused(answer, exit_code=2, saying="question")


def test_an_unknown_command_is_a_usage_error(kb: Kb) -> None:
    answer = kb("provision")

    assert answer.returncode == 2
    assert "provision" in answer.stderr


def test_a_port_taken_by_a_stranger_is_said(tmp_path: Path) -> None:
    started = json.loads(run_kb(tmp_path, "local", "start", "--json").stdout)
    run_kb(tmp_path, "local", "stop")
    port = int(started["aws_url"].rpartition(":")[2])

    with socket.socket() as stranger:
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        stranger.bind(("127.0.0.1", port))
        stranger.listen()
        answer = run_kb(tmp_path, "local", "start")
    run_kb(tmp_path, "local", "stop")

    assert_refused(answer, exit_code=1, saying=str(port))


class TestOnAnEnvironmentThatIsUp:
    def test_an_emulator_that_is_down_is_said(self, kb_up: Kb) -> None:
        kb_up("local", "stop", "-s", "local")

        answer = kb_up("ls", "-s", "local")
        drift = kb_up("drift", "-s", "local")
        kb_up("local", "start", "-s", "local")

        assert_refused(answer, exit_code=1, saying="kb local start")
        assert_refused(drift, exit_code=2, saying="kb local start")

    @pytest.mark.parametrize(
        ("written", "instead", "saying"),
        [
            (r'"schema_version": ?1\b', '"schema_version": 0', "schema_version 0"),
            (
                r'"aws_bucket":',
                '"aws_bukket":',
                "aws_bucket is missing, and aws_bukket is no field",
            ),
        ],
        ids=["an older schema", "a renamed field"],
    )
    def test_outputs_that_do_not_fit_are_refused_by_name(
        self, kb_up: Kb, state: Path, tmp_path: Path, written: str, instead: str, saying: str
    ) -> None:
        older = tmp_path / "state"
        shutil.copytree(state, older, ignore=shutil.ignore_patterns("*.sock"))
        (checkpoint,) = (older / "local" / "state" / ".pulumi" / "stacks").rglob("local.json")
        text, count = re.subn(written, instead, checkpoint.read_text())
        assert count
        checkpoint.write_text(text)

        answer = run_kb(older, "ls", "-s", "local")

        assert_refused(answer, exit_code=1, saying=saying)
