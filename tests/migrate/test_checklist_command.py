"""`kb checklist` as a person and as a program calls it."""

import json
from pathlib import Path

import pytest

from app.cli import run
from migrate.checklist.course import CHECKS
from tests.migrate.calling import Answer, Kb
from tests.migrate.scene import plant


@pytest.fixture
def kb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Kb:
    """Run `kb checklist …` in a folder of its own, with a source and a store beside it."""
    plant(tmp_path / "source", {"a.md": b"# A", "b/c.md": b"c"})
    (tmp_path / "store").mkdir()
    monkeypatch.chdir(tmp_path)
    for name in ("STORAGE_TYPE", "KB_STACK", "KB_STATE_DIR", "KB_MONITORED"):
        monkeypatch.delenv(name, raising=False)

    def call(*words: str) -> Answer:
        code = run(["checklist", *words])
        out, err = capfd.readouterr()
        assert "Traceback" not in out + err
        return Answer(code, out, err)

    return call


def test_people_get_ten_lines_with_what_was_seen_and_the_next_step(
    kb: Kb, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = (tmp_path / "store").as_uri()
    broken = kb("--to", url, "--source", "source", "--writers", "2")
    monkeypatch.setenv("KB_MONITORED", "1")
    sound = kb("--to", url, "--source", "source", "--writers", "2")

    assert (broken.code, sound.code) == (1, 0)
    for number, check in enumerate(CHECKS, 1):
        assert f"{number:>2}/10  " in sound.out
        assert f"{check.title} ({check.korean})" in sound.out
    assert " 9/10  failed   monitoring in place (모니터링 설정)" in broken.out
    assert "Next: Set KB_MONITORED=1" in broken.out
    assert "7 passed, 1 failed, 2 skipped, in " in broken.out
    assert "8 passed, 0 failed, 2 skipped, in " in sound.out


def test_programs_get_one_event_for_each_check(kb: Kb, tmp_path: Path) -> None:
    url = (tmp_path / "store").as_uri()
    answer = kb("--to", url, "--json", "--writers", "2")
    begin, *checks, end = answer.events

    assert begin == {"event": "begin", "destination": url, "source": None, "total": 10}
    assert [each["check"] for each in checks] == [check.word for check in CHECKS]
    assert set(checks[3]) == {
        *("event", "number", "total", "check", "title", "title_ko", "result"),
        *("evidence", "next_step", "figures", "seconds"),
    }
    assert len(checks[4]["figures"]["root_sha256"]) == 64
    assert (end["event"], end["failed"], end["left_behind"]) == ("end", 1, None)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--source", "nowhere"), "The source nowhere does not exist"),
        (("--to", "ftp://x"), "names no store"),
        (("--sample-files", "0"), "--sample-files"),
    ],
)
def test_what_cannot_be_tried_is_refused_with_a_sentence(
    kb: Kb, tmp_path: Path, words: tuple[str, ...], sentence: str
) -> None:
    answer = kb("--to", (tmp_path / "store").as_uri(), *words)

    assert answer.code == 2
    assert sentence in answer.err
    assert not (tmp_path / ".kb").exists()


def test_a_refusal_is_json_for_programs(kb: Kb, tmp_path: Path) -> None:
    answer = kb("--to", (tmp_path / "store").as_uri(), "--source", "nowhere", "--json")

    assert json.loads(answer.out)["error"]["code"] == "source"
