"""`kb migrate report` and `run --report`: what the page and its facts say."""

import re
import sqlite3
from pathlib import Path

from migrate.history import Sample, samples_of
from tests.migrate.calling import Kb
from tests.migrate.scene import plant


def _text(page: Path) -> str:
    return re.sub(r"<style>.*?</style>|<[^>]+>", " ", page.read_text(encoding="utf-8"), flags=re.S)


def test_the_page_says_what_was_moved_left_out_and_proved(kb: Kb, tmp_path: Path) -> None:
    source = plant(
        tmp_path / "source", {"a": b"123", "b/same": b"twice", "c": b"twice", "empty": b""}
    )
    (source / "<link>").symlink_to("a")

    assert kb("run", "--report", "first.html").code == 1
    root = kb("verify", "--json").events[-1]["root_sha256"]
    assert kb("report", "--html", "second.html").code == 0

    first, second = _text(tmp_path / "first.html"), _text(tmp_path / "second.html")
    for page in (first, second):
        assert "Not everything was moved: 4 files (13 B) are in the store, 1 left out." in page
        assert "&lt;link&gt;" in page
        assert "1 file repeat content of others (1 different, 5 B)" in page
    assert "Not verified" in first
    assert root in second


def test_what_a_filter_excludes_is_not_missing(kb: Kb, tmp_path: Path) -> None:
    plant(tmp_path / "source", {"a.md": b"1", "b.tmp": b"2"})

    kb("run", "--exclude", "*.tmp", "--report", "page.html")

    assert "Everything is in the store: 1 file, 1 B." in _text(tmp_path / "page.html")


def test_the_page_speaks_korean(kb: Kb, tmp_path: Path) -> None:
    plant(tmp_path / "source", {"a.md": b"1"})
    kb("run")

    assert kb("report", "--lang", "ko", "--html", "page.html").code == 0

    assert "모든 파일이 저장소에 있습니다: 파일 1개, 1 B." in _text(tmp_path / "page.html")


def test_programs_get_the_same_facts(kb: Kb, tmp_path: Path) -> None:
    plant(tmp_path / "source", {"a": b"123", "b": b"123", "c": b"0"})
    kb("run")
    proof = kb("verify", "--json").events[-1]

    (facts,) = kb("report", "--json").events

    assert facts["in_store"] == {"files": 3, "size_bytes": 7}
    assert facts["duplicates"] == {"groups": 1, "files": 1, "size_bytes": 3}
    assert facts["root_sha256"] == facts["proof"]["fields"]["root_sha256"] == proof["root_sha256"]
    assert facts["samples"][-1]["files"] == 3
    assert facts["ending"]["bytes_stored"] == facts["ending"]["bytes_copied"] == 7


def test_a_report_that_could_not_be_written_is_refused_before_anything_moves(
    kb: Kb, tmp_path: Path
) -> None:
    plant(tmp_path / "source", {"a": b"1"})

    answer = kb("run", "--report", "nowhere/page.html")

    assert answer.code == 2
    assert "name a file in a folder that exists" in answer.err
    assert list((tmp_path / "destination").iterdir()) == []


def test_a_report_before_any_run_says_what_to_do(kb: Kb) -> None:
    answer = kb("report")

    assert answer.code == 1
    assert "kb migrate run --source source" in answer.err


def test_long_histories_are_thinned_and_short_ends_joined() -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE samples (run, seconds, files, bytes, refused)")
    rows = [(1, number / 2, number, number, 0) for number in range(100_000)]
    connection.executemany("INSERT INTO samples VALUES (?, ?, ?, ?, ?)", rows)
    connection.execute("INSERT INTO samples VALUES (1, 49999.51, 100000, 100000, 0)")

    samples = samples_of(connection, 1)

    assert len(samples) <= 242
    assert samples[0] == Sample(0.0, 0, 0, 0)
    assert samples[-1] == Sample(49999.51, 100_000, 100_000, 0)
    assert samples[-1].seconds - samples[-2].seconds > 1
