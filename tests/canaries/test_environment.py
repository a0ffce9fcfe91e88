"""An environment with keys is brought up, used and taken down: its secrets are nowhere but as ciphertext."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.terms.outputs import SECRET_FIELDS
from tests.canaries.scene import PROJECT, Scene

pytestmark = [
    pytest.mark.engine,
    pytest.mark.emulator,
    pytest.mark.proof,
    pytest.mark.timeout(600),
]

SOURCE = ("--source", str(PROJECT / "samples" / "kb" / "faq"))


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """A shell that holds keys of other accounts, in which `local` is brought up."""
    folder = tmp_path / "scene"
    folder.mkdir()
    found = Scene(folder)
    found.variables = {
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": found.plant("the shell's AWS key", "{}/+/x"),
        "AWS_SESSION_TOKEN": found.plant("the shell's session", "{}//+=="),
        "ARM_CLIENT_SECRET": found.plant("the shell's Azure secret", "{}~.x"),
        "ANTHROPIC_API_KEY": found.plant("the key of Claude", "sk-ant-api03-{}-AA"),
        "PULUMI_CONFIG_PASSPHRASE": found.plant("the shell's passphrase", '{} "quoted" ü <&>'),
        "PULUMI_ACCESS_TOKEN": found.plant("the shell's Pulumi token", "pul-{}"),
        "KB_DEBUG": "1",
        "KB_MONITORED": "1",
    }
    yield found
    found.kb("local", "stop", "-s", "local")


def plant_outputs(scene: Scene) -> None:
    """Look for the environment's own secrets, too; they are read past everything that is looked through."""
    answer = subprocess.run(
        [str(Path(sys.prefix) / "bin" / "kb"), "outputs", "--show-secrets", "--json"],
        cwd=scene.folder / "work",
        env=scene.environ,
        capture_output=True,
        text=True,
        check=True,
    )
    outputs = json.loads(answer.stdout)
    for name in SECRET_FIELDS & outputs.keys():
        scene.planted[name] = (outputs[name], outputs[name].rpartition("AccountKey=")[2])


def test_no_secret_of_an_environment_is_anywhere_but_as_ciphertext(scene: Scene) -> None:
    up = scene.kb("up", "-s", "local")
    plant_outputs(scene)

    for words in (
        ("up", "-s", "local", "--refresh", "--json"),
        ("outputs", "-s", "local", "--json"),
        ("env", "-s", "local"),
        ("migrate", "run", "-s", "local", *SOURCE, "--json", "--report", "report.html"),
        ("ask", "-s", "local", "--model", "offline", "--json", "Who?"),
        ("run", "-s", "local", "--", "sh", "-c", 'test -n "$AZURE_STORAGE_CONNECTION_STRING"'),
        ("local", "status", "--json"),
        ("doctor", "--json"),
    ):
        code = scene.kb(*words)
        assert code == 0, (words, scene.said())

    # What it finds is not the claim here: on a busy machine calls may take too long for it.
    scene.kb("checklist", "-s", "local", *SOURCE, "--sample-files", "5", "--json")

    assert up == 0
    assert {"azure_connection_string", "aws_agent_secret_access_key"} <= scene.planted.keys()
    assert b"ciphertext" in _state(scene)
    assert "pulumi" in scene.started()
    assert scene.hits() == []


def test_no_secret_is_in_what_a_failed_up_says(scene: Scene) -> None:
    assert scene.kb("up", "-s", "local") == 0
    plant_outputs(scene)
    scene.kb("local", "stop", "-s", "local")

    # The engine goes on with what is there, and nobody answers.
    for words in (("run", "-s", "local", "--", "kb", "ls"), ("ls", "-s", "local"), ("ask", "Who?")):
        assert scene.kb(*words) != 0

    assert scene.hits() == []


def _state(scene: Scene) -> bytes:
    (state,) = (scene.folder / "state" / "local" / "state" / ".pulumi" / "stacks").rglob(
        "local.json"
    )
    return state.read_bytes()
