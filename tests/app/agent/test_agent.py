"""The guide's agent class, and what importing it costs."""

import subprocess
import sys
from pathlib import Path

import pytest

import app
from app import GCSStorage, KnowledgeBaseAgent, get_storage_tools
from app.agent.model import DEFAULT_MODEL


def test_it_is_made_as_in_the_guide(tmp_path: Path) -> None:
    agent = KnowledgeBaseAgent("key", "filesystem", {"path": str(tmp_path)})

    agent.storage.write_file("a.md", "text")
    assert (tmp_path / "a.md").read_text() == "text"
    assert agent.tools == get_storage_tools()
    assert agent.model == DEFAULT_MODEL


def test_the_key_comes_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "from-environment")

    agent = KnowledgeBaseAgent(storage_config={"path": str(tmp_path)})

    assert agent.client.api_key == "from-environment"


def test_without_a_key_it_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)

    with pytest.raises(ValueError, match=r"^API key must be provided$"):
        KnowledgeBaseAgent()


@pytest.mark.emulator
def test_it_works_on_a_bucket_of_google(gcs_url: str, tmp_path: Path) -> None:
    bucket = f"agent-{abs(hash(tmp_path))}"
    with GCSStorage(bucket, endpoint_url=gcs_url, create=True) as storage:
        storage.write_file("a.md", "text")
    config = {"bucket_name": bucket, "endpoint_url": gcs_url}
    agent = KnowledgeBaseAgent("key", storage_type="gcs", storage_config=config)

    with agent.storage:
        assert agent.storage.read_file("a.md")["content"] == "text"


def test_an_unknown_storage_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^Unknown storage type: tape$"):
        KnowledgeBaseAgent("key", "tape")


@pytest.mark.parametrize("question", ["", " \n"])
def test_an_empty_question_is_refused(tmp_path: Path, question: str) -> None:
    with pytest.raises(ValueError, match="empty"):
        KnowledgeBaseAgent("key", storage_config={"path": str(tmp_path)}).ask(question)


@pytest.mark.parametrize("name", app.__all__)
def test_each_name_of_the_guide_is_exported(name: str) -> None:
    assert name in dir(app)
    assert getattr(app, name).__name__ == name


def test_another_name_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Missing'"):
        app.Missing  # noqa: B018 - asking is the act


def imported_by(statement: str) -> set[str]:
    script = f"import sys; {statement}; print(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


HEAVY = {
    "anthropic",
    "boto3",
    "botocore",
    "azure",
    "google",
    "pycurl",
    "pydantic",
    "typer",
    "pulumi",
}


def test_importing_the_package_imports_nothing_heavy() -> None:
    assert not imported_by("import app") & HEAVY


def test_a_folder_needs_no_sdk_of_a_cloud() -> None:
    heavy = imported_by(
        "from app import FileSystemStorage, get_storage_tools; FileSystemStorage('.')"
    )

    assert not heavy & {"anthropic", "boto3", "azure", "google", "pycurl"}
