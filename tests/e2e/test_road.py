"""The whole road: provisioned, migrated, verified, asked, taken down."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from infra.local_cloud.control_plane import control_plane_of
from tests.e2e.conftest import PROJECT, SAMPLES, Kb, clean_environ, run_kb
from tests.e2e.drift.azure import AZURE
from tests.e2e.drift.iam import IAM
from tests.e2e.drift.looking import clouds_of, findings, state_bytes
from tests.e2e.drift.s3 import S3
from tests.e2e.processes import lasting_names_of
from tests.e2e.resources import differing, masked, of_engine, plain
from tests.infra.program.recording import environment_config, run_program

DRIFTS_IN_BRIEF = [
    one
    for one in (*S3, *IAM, *AZURE)
    if one.name in ("versioning suspended", "a role policy widened", "all rules deleted")
]
"""`make proof` has every kind, one after the other (test_drift.py)."""

AUTOMATIC_NAMES = {
    *("bucket", "name", "accountName", "containerName", "resourceGroupName", "resourceName"),
    *("roleAssignmentName", "actionGroupName", "ruleName", "workspaceName", "budgetName"),
}

pytestmark = [pytest.mark.engine, pytest.mark.emulator, pytest.mark.timeout(600)]


def shell(script: str, state: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", "-ec", script],
        env=clean_environ(KB_STATE_DIR=str(state)),
        cwd=PROJECT,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def test_the_first_up_names_the_emulators_of_every_cloud(tmp_path: Path) -> None:
    answer = run_kb(tmp_path, "up", "-s", "local", "--json")
    status = json.loads(run_kb(tmp_path, "local", "status", "--json").stdout)
    run_kb(tmp_path, "local", "stop")

    outputs = json.loads(answer.stdout)["outputs"]
    ports = {server["name"]: server["port"] for server in status["servers"]}
    assert outputs["aws_endpoint_url"] == f"http://127.0.0.1:{ports['moto']}"
    assert outputs["azure_account_url"].startswith(f"http://127.0.0.1:{ports['azurite']}/")
    assert outputs["gcp_endpoint_url"] == f"http://127.0.0.1:{ports['fake-gcs-server']}"


def test_a_second_up_changes_nothing(kb_up: Kb) -> None:
    answer = kb_up("up", "-s", "local", "--json")

    assert answer.returncode == 0, answer.stderr
    assert set(json.loads(answer.stdout)["changes"]) == {"same"}


def test_mocks_preview_and_up_have_the_same_resources(
    kb_up: Kb, state: Path, tmp_path: Path
) -> None:
    exported = shell(
        'eval "$(.venv/bin/kb env -s local --shell)"; pulumi stack export --stack local', state
    )
    # A state of its own, with nothing in it, beside the emulators that run.
    previewed = shell(
        'eval "$(.venv/bin/kb env -s local --shell)"; '
        f"export PULUMI_BACKEND_URL={tmp_path.as_uri()}; "
        "pulumi stack init local --non-interactive >&2; "
        "pulumi preview --json --stack local --non-interactive",
        state,
    )
    assert (exported.returncode, previewed.returncode) == (0, 0), exported.stderr + previewed.stderr
    up = of_engine(json.loads(exported.stdout)["deployment"]["resources"])
    preview = of_engine(step["newState"] for step in json.loads(previewed.stdout)["steps"])
    mocked = run_program(environment_config("local"), environment="local").resources
    mocks = {(it.token, it.name): plain(dict(it.inputs)) for it in mocked}

    assert len(mocks) == len(mocked)
    assert mocks.keys() == preview.keys() == up.keys()
    assert differing(preview, {it: masked(up[it], preview[it]) for it in up}) == {}
    # A check adds where a resource is, and its name where the program leaves it open.
    added = {name for it in mocks for name in preview[it].keys() - mocks[it].keys()}
    assert added <= {"region", "location", "project"} | AUTOMATIC_NAMES
    asked = {it: {name: preview[it].get(name) for name in mocks[it]} for it in mocks}
    assert differing(asked, {it: masked(mocks[it], asked[it]) for it in mocks}) == {}


def test_no_answer_of_up_shows_a_secret(kb_up: Kb) -> None:
    secrets = [
        value
        for name, value in json.loads(kb_up("outputs", "--show-secrets", "--json").stdout).items()
        if "secret" in name or "connection_string" in name
    ]

    shown = kb_up("up", "-s", "local").stdout + kb_up("outputs").stdout + kb_up("env").stdout

    assert secrets
    assert not [secret for secret in secrets if secret in shown]


def test_the_variables_of_an_environment_open_its_store(kb_up: Kb, state: Path) -> None:
    (state / "note.md").write_text("기록 one\n")
    moved = state / "folder"
    moved.mkdir()
    (moved / "note.md").write_text("기록 one\n")
    assert kb_up("migrate", "run", "-s", "local", "--source", str(moved)).returncode == 0
    dotenv = kb_up("env", "-s", "local", "--dotenv").stdout
    (state / ".env").write_text(dotenv)

    answer = kb_up("cat", "note.md")
    (state / ".env").unlink()

    assert answer.stdout == "기록 one\n"


def test_any_program_gets_the_variables_of_the_environment_whatever_lies_in_the_folder(
    kb_up: Kb, state: Path
) -> None:
    variables = json.loads(kb_up("env", "-s", "local", "--json").stdout)
    (state / ".env").write_text("STORAGE_TYPE=s3\nAWS_BUCKET_NAME=another\n")
    script = "import json, os, sys; json.dump(dict(os.environ), sys.stdout); sys.exit(7)"

    answer = kb_up("run", "-s", "local", "--", sys.executable, "-c", script)
    (state / ".env").unlink()

    assert answer.returncode == 7, answer.stderr
    assert variables.items() <= json.loads(answer.stdout).items()


def test_tiering_is_explained_from_what_lies_in_the_store(kb_up: Kb, state: Path) -> None:
    moved = state / "aged"
    moved.mkdir()
    (moved / "aged.md").write_text("기록 둘\n")
    assert kb_up("migrate", "run", "-s", "local", "--source", str(moved)).returncode == 0
    listed = json.loads(kb_up("ls", "-s", "local", "--json").stdout)["documents"]

    explained = kb_up("tiering", "explain", "-s", "local", "--json")

    assert explained.returncode == 0, explained.stderr
    answer = json.loads(explained.stdout)
    assert answer["inventory"]["objects"] >= len(listed) > 0
    assert {cloud["cloud"] for cloud in answer["clouds"]} == {"aws", "azure", "gcp"}


@pytest.mark.parametrize("cloud", ["azure", "s3", "gcs"])
def test_migrated_samples_are_proved_and_answer_a_question(
    kb_up: Kb, state: Path, cloud: str
) -> None:
    variables = {
        **json.loads(kb_up("env", "-s", "local", "--json").stdout),
        "STORAGE_TYPE": cloud,
        "KB_PREFIX": f"road-{cloud}/",
    }
    source = ["--source", str(SAMPLES)]
    question = json.loads((PROJECT / "tests/e2e/questions.json").read_text())
    first = question["answerable"][0] if isinstance(question, dict) else question[0]

    run = kb_up("migrate", "run", *source, **variables)
    again = kb_up("migrate", "run", *source, "--json", **variables)
    verify = kb_up("migrate", "verify", *source, "--check", "digest", **variables)
    ask = kb_up("ask", "--model", "offline", "--json", first["question"], **variables)

    assert run.returncode == 0, run.stdout + run.stderr
    assert again.returncode == 0, again.stdout + again.stderr
    assert verify.returncode == 0, verify.stdout + verify.stderr
    answer = json.loads(ask.stdout)
    assert answer["found"]
    assert any(
        citation["path"] == first["path"] and first["line_contains"] in citation["text"]
        for citation in answer["citations"]
    )


def test_drift_is_found_and_explained_and_a_look_changes_nothing(kb_up: Kb, state: Path) -> None:
    clouds = clouds_of(kb_up, state)
    undo = [one.act(clouds) for one in DRIFTS_IN_BRIEF]
    before = state_bytes(state)

    found = kb_up("drift", "-s", "local", "--json")
    for act in undo:
        assert act
        act()
    clean = kb_up("drift", "-s", "local", "--no-probes")

    assert found.returncode == 1, found.stderr
    assert findings(found) == {said for one in DRIFTS_IN_BRIEF for said in one.said}
    assert {one["outcome"] for one in json.loads(found.stdout)["probes"]} == {"passed"}
    assert clouds.outputs["aws_agent_secret_access_key"] not in found.stdout
    assert state_bytes(state) == before
    assert clean.returncode == 0, clean.stdout


def test_plain_pulumi_works_in_a_shell_that_took_the_environment(
    tmp_path: Path,
) -> None:
    script = """
        eval "$(.venv/bin/kb env -s local --shell)"
        .venv/bin/kb local start -s local
        pulumi up -s local --yes --non-interactive
        pulumi preview -s local --expect-no-changes --non-interactive
        pulumi stack output -s local --json
        pulumi destroy -s local --yes --non-interactive
        .venv/bin/kb local stop -s local
    """
    before = {path: path.read_bytes() for path in PROJECT.glob("Pulumi*.yaml")}

    answer = shell(script, tmp_path)

    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert '"schema_version": 1' in answer.stdout
    assert {path: path.read_bytes() for path in PROJECT.glob("Pulumi*.yaml")} == before


def test_down_deletes_everything_and_leaves_no_process(tmp_path: Path) -> None:
    assert run_kb(tmp_path, "up", "-s", "local").returncode == 0
    while_up = lasting_names_of(tmp_path)

    answer = run_kb(tmp_path, "down", "-s", "local", "--yes")

    assert while_up == {"moto.server", "azurite", "fake-gcs-server"}
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert lasting_names_of(tmp_path) == set()
    assert control_plane_of("local", root=tmp_path).ids() == []
