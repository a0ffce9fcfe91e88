import os
from pathlib import Path

import psutil
import pytest

from tests.browser.chromium import Chromium, ensure_browser, packed_browser
from tests.browser.driver import opened


def program(path: Path, script: str) -> Path:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def runs(process: psutil.Process) -> bool:
    # In a container it may be that nobody collects what is dead.
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_the_first_browser_on_the_path_that_answers_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    program(tmp_path / "chromium", "echo install me; exit 1")
    program(tmp_path / "chromium-browser", "echo Chromium 140.0.1 snap")
    answers = program(tmp_path / "google-chrome", "echo Google Chrome 140.0.1")

    assert ensure_browser(pytest.fail).program == answers


@pytest.mark.browser
def test_where_a_browser_finds_no_sandbox_it_is_started_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chromium = ensure_browser(lambda line: None)
    needs_none = f'case "$*" in *--no-sandbox*) exec {chromium.program} "$@";; esac; exit 1'
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    picky = Chromium(program(tmp_path / "picky", needs_none), chromium.variables)
    with opened(picky) as browser:
        assert browser.call("Browser.getVersion")["product"]


@pytest.mark.browser
def test_a_browser_ends_with_its_block_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("text")
    before = set(psutil.Process().children())
    with opened(ensure_browser(lambda line: None)) as browser:
        browser.show(tmp_path / "page.html")
        (process,) = set(psutil.Process().children()) - before
        home = process.environ()["HOME"]
        started = [process, *process.children(recursive=True)]
    psutil.wait_procs(filter(runs, started), timeout=10)

    assert len(started) > 1
    assert not any(map(runs, started))
    assert not Path(home).exists()


@pytest.mark.proof
def test_the_browser_from_npm_shows_text_and_ends(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text("<title>page</title><p>text <b>in</b> a page")

    with opened(packed_browser(lambda line: None)) as browser:
        page = browser.show(file)

        assert page.texts("p") == ["text in a page"]
        assert page.value("document.querySelector('b').getBoundingClientRect().width") > 0
