"""The guide's function, as the guide calls it."""

from pathlib import Path

import pytest

from app.store.backends.azure import AzureStore
from app.store.keys import parse_key
from infra.local_cloud import credentials
from migrate import migrate_to_blob_storage
from tests.migrate.scene import contents, plant


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KB_STATE_DIR", raising=False)
    monkeypatch.delenv("AZURE_STORAGE_CONNECTION_STRING", raising=False)


@pytest.mark.emulator
def test_the_guides_call_moves_storage_into_knowledge_base(
    tmp_path: Path,
    azurite_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    connection_string = credentials.azurite_connection_string(azurite_url)
    store = AzureStore("knowledge-base", connection_string=connection_string)
    plant(tmp_path / "storage", {"faq/환불.md": "내용".encode(), "notes.txt": b"n"})
    plant(tmp_path / "storage", {".kbignore": b".kbignore"})
    (tmp_path / "storage" / "link").symlink_to("notes.txt")

    missing = migrate_to_blob_storage(connection_string=connection_string)
    store.create_container()
    store.write(parse_key("notes.txt"), b"someone else's")
    monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", connection_string)
    first = migrate_to_blob_storage()
    out = capsys.readouterr().out
    again = migrate_to_blob_storage(source_path=str(tmp_path / "storage"))

    assert (missing["success"], missing["code"]) == (False, "destination")
    assert "Migrating 1/4: .kbignore\n  – Not to be moved: ignored by .kbignore\n" in out
    assert "  ✓ Migrated successfully\n" in out
    assert "Migration complete: 4 files processed" in out
    assert (first["success"], first["total"], first["migrated"]) == (False, 4, 1)
    assert {each["path"] for each in first["left_out"]} == {"link", "notes.txt"}
    assert (again["migrated"], again["already_there"]) == (1, 1)
    assert contents(store) == {"faq/환불.md": "내용".encode(), "notes.txt": b"someone else's"}


def test_without_a_connection_string_nothing_is_tried(capsys: pytest.CaptureFixture[str]) -> None:
    answer = migrate_to_blob_storage()

    assert answer["success"] is False
    assert "AZURE_STORAGE_CONNECTION_STRING not set" in answer["error"]
    assert "Error: AZURE_STORAGE_CONNECTION_STRING not set" in capsys.readouterr().out


def test_a_missing_folder_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    connection_string = credentials.azurite_connection_string("http://127.0.0.1:9/devstoreaccount1")

    answer = migrate_to_blob_storage("./nothing", connection_string)

    assert (answer["success"], answer["code"]) == (False, "source")
    assert "nothing" in capsys.readouterr().out
