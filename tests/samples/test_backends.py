"""The backend that docs/guide/add-a-backend.md shows is the one that is tested; the page's command works."""

import re
from pathlib import Path
from typing import Final

import pytest

from app.cli import run
from samples.backends.sqlite_store import SQLiteStore, create_file

PROJECT: Final = Path(__file__).resolve().parents[2]


def test_the_page_shows_the_whole_module() -> None:
    page = (PROJECT / "docs/guide/add-a-backend.md").read_text()
    shown = re.findall(r"```python\n(.*?)```", page, re.DOTALL)

    assert shown[0] == (PROJECT / "samples/backends/sqlite_store.py").read_text()


def test_the_pages_command_tries_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(PROJECT)
    create_file(tmp_path / "kb.db")
    function = "samples.backends.sqlite_store:open_at"
    url = f"sqlite://{tmp_path}/kb.db"
    words = f"store conformance --open {function} {url} --only append --races 2"
    code = run(words.split())
    out = capfd.readouterr().out
    store = SQLiteStore(tmp_path / "kb.db")
    left = list(store.scan())
    store.close()

    assert code == 0
    assert "race: 2 processes × 20 appends on one document lose nothing" in out
    assert left == []
