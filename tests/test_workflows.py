"""Laws about what runs on GitHub: who may do what there, and with which credentials."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

WORKFLOWS = Path(__file__).resolve().parents[1] / ".github" / "workflows"
NAMES = sorted(path.stem for path in WORKFLOWS.glob("*.yml"))
PINNED = re.compile(r"[\w.-]+/[\w./-]+@(v\d+(\.\d+)*|[0-9a-f]{40})")
OURS_ONLY = "github.event.pull_request.head.repo.full_name == github.repository"
MAIN_ONLY = "github.ref == 'refs/heads/main'"

Workflow = dict[str, Any]


def text_of(name: str) -> str:
    return (WORKFLOWS / f"{name}.yml").read_text()


def workflow(name: str) -> Workflow:
    # YAML 1.1 reads the key `on` as true.
    read: Workflow = yaml.safe_load(re.sub(r"(?m)^on:", '"on":', text_of(name)))
    return read


def jobs() -> list[Any]:
    return [
        pytest.param(name, job, id=f"{name}-{label}")
        for name in NAMES
        for label, job in workflow(name)["jobs"].items()
    ]


def test_there_is_a_check_a_preview_and_an_apply() -> None:
    assert {"check", "preview", "apply", "test"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_workflow_may_read_and_its_jobs_ask_for_more_by_name(name: str) -> None:
    assert workflow(name)["permissions"] == {"contents": "read"}


@pytest.mark.parametrize("name", NAMES)
def test_no_key_is_stored_anywhere(name: str) -> None:
    found = re.findall(
        r"secrets\.|AWS_ACCESS_KEY_ID|AWS_SECRET|CLIENT_SECRET|PASSPHRASE|ACCESS_TOKEN|credentials_json",
        text_of(name),
    )

    assert found == []


@pytest.mark.parametrize("name", NAMES)
def test_a_fork_never_runs_with_the_rights_of_this_repository(name: str) -> None:
    assert "pull_request_target" not in text_of(name)
    assert "workflow_run" not in text_of(name)


@pytest.mark.parametrize(("name", "job"), jobs())
def test_a_job_ends_and_its_actions_are_versions(name: str, job: Workflow) -> None:
    uses = [step["uses"] for step in job["steps"] if "uses" in step]

    assert job["timeout-minutes"] <= 90
    assert not [it for it in uses if not PINNED.fullmatch(it)]


@pytest.mark.parametrize(("name", "job"), jobs())
def test_nothing_that_somebody_else_wrote_becomes_a_command(name: str, job: Workflow) -> None:
    commands = [step["run"] for step in job["steps"] if "run" in step]

    assert not [it for it in commands if "${{" in it]


@pytest.mark.parametrize(("name", "job"), jobs())
def test_a_token_is_only_for_a_named_environment_that_signs_in(name: str, job: Workflow) -> None:
    permissions = job.get("permissions", {})
    signs_in = any("configure-aws-credentials" in step.get("uses", "") for step in job["steps"])

    assert (permissions.get("id-token") == "write") == signs_in == ("environment" in job)
    assert permissions.keys() <= {"contents", "id-token"}
    assert permissions.get("contents", "read") == "read"


@pytest.mark.parametrize(("name", "job"), jobs())
def test_a_job_with_a_token_leaves_no_other_one_in_its_checkout(name: str, job: Workflow) -> None:
    if "environment" in job:
        checkout = job["steps"][0]
        assert checkout["uses"].startswith("actions/checkout@")
        assert checkout["with"]["persist-credentials"] is False
        assert job["env"]["PULUMI_IGNORE_AMBIENT_PLUGINS"] == "true"


def test_a_preview_is_of_pull_requests_of_this_repository_and_changes_nothing() -> None:
    preview = workflow("preview")
    (job,) = preview["jobs"].values()
    commands = " ".join(step.get("run", "") for step in job["steps"])

    assert preview["on"].keys() == {"pull_request"}
    assert OURS_ONLY in job["if"]
    assert job["environment"] == "preview"
    assert "pulumi preview" in commands
    assert not re.search(r"\bup\b|destroy|refresh", commands)


def test_an_apply_is_of_main_alone_and_prod_comes_after_dev() -> None:
    apply = workflow("apply")
    dev, prod = apply["jobs"]["dev"], apply["jobs"]["prod"]

    assert apply["on"]["push"]["branches"] == ["main"]
    assert "pull_request" not in apply["on"]
    assert MAIN_ONLY in dev["if"]
    assert prod["needs"] == "dev"
    assert (dev["environment"], prod["environment"]) == ("dev", "prod")


def test_an_update_is_never_cut_off_by_the_next_one() -> None:
    for job in workflow("apply")["jobs"].values():
        assert job["concurrency"]["cancel-in-progress"] is False
        assert job["concurrency"]["group"] == f"apply-{job['environment']}"
