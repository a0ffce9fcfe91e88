from pathlib import Path

import pytest

from tests.browser.chromium import ensure_browser, packed_browser
from tests.browser.driver import opened


def program(path: Path, script: str) -> Path:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def test_the_first_browser_on_the_path_that_answers_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    program(tmp_path / "chromium", "echo install me; exit 1")
    program(tmp_path / "chromium-browser", "echo Chromium 140.0.1 snap")
    answers = program(tmp_path / "google-chrome", "echo Google Chrome 140.0.1")

    assert ensure_browser(pytest.fail).program == answers


@pytest.mark.proof
def test_the_browser_from_npm_shows_text_and_ends(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text("<title>page</title><p>text <b>in</b> a page")

    with opened(packed_browser(lambda line: None)) as browser:
        page = browser.show(file)

        assert page.texts("p") == ["text in a page"]
        assert page.value("document.querySelector('b').getBoundingClientRect().width") > 0
