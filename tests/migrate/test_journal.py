"""The journal is of one pair, of one version, and for one run at a time."""

import sqlite3
from pathlib import Path

import pytest

from migrate.journal import Journal
from migrate.outcomes import Cause
from migrate.reading import Fingerprint
from migrate.records import Pair, State
from migrate.refusals import JournalRefused
from migrate.state_folder import journal_file
from tests.migrate.scene import PAIR

FINGERPRINT = Fingerprint(3, 1_700_000_000_000_000_001, 42)


def test_what_was_noted_is_there_when_it_is_opened_again(tmp_path: Path) -> None:
    file = tmp_path / "journal"
    with Journal.opened(file, PAIR) as journal:
        journal.begin()
        journal.intend([(b"a", FINGERPRINT, b"s" * 32), (b"b", FINGERPRINT, b"t" * 32)])
        journal.done(b"a", FINGERPRINT, b"s" * 32, "v1")
        journal.leave_out(b"c\xff", 0, Cause.LINK, "a link")
        journal.end("incomplete")

    with Journal.seen(file, PAIR) as seen:
        assert seen
        assert seen.counts() == {
            (State.DONE, None): (1, 3),
            (State.STARTED, None): (1, 3),
            (State.LEFT_OUT, Cause.LINK): (1, 0),
        }
        assert [(record.path, record.reason) for record in seen.not_moved()] == [
            (b"c\xff", "a link")
        ]
        last = seen.last_run()
        assert last
        assert last.ending == "incomplete"


def test_a_run_that_never_ended_has_no_ending(tmp_path: Path) -> None:
    with Journal.opened(tmp_path / "j", PAIR) as journal:
        journal.begin()
        with Journal.seen(tmp_path / "j", PAIR) as seen:
            assert seen
            last = seen.last_run()
            assert last
            assert last.ending is None


def test_a_second_run_is_refused_while_one_runs(tmp_path: Path) -> None:
    with Journal.opened(tmp_path / "j", PAIR):
        with (
            pytest.raises(JournalRefused, match="Another run"),
            Journal.opened(tmp_path / "j", PAIR),
        ):
            pass
        with Journal.seen(tmp_path / "j", PAIR) as seen:
            assert seen
    with Journal.opened(tmp_path / "j", PAIR):
        pass


def test_the_journal_of_another_pair_is_refused(tmp_path: Path) -> None:
    with Journal.opened(tmp_path / "j", PAIR):
        pass
    other = Pair("/source", "s3://elsewhere/")

    with pytest.raises(JournalRefused, match="is about /source → memory:"):
        Journal.opened(tmp_path / "j", other).__enter__()
    with pytest.raises(JournalRefused, match="is about /source → memory:"):
        Journal.seen(tmp_path / "j", other).__enter__()


def test_the_journal_of_another_version_is_refused(tmp_path: Path) -> None:
    with Journal.opened(tmp_path / "j", PAIR) as journal:
        journal.connection.execute("PRAGMA user_version = 99")

    with pytest.raises(JournalRefused, match="version 99"):
        Journal.opened(tmp_path / "j", PAIR).__enter__()


def test_a_file_that_is_no_journal_is_refused_and_kept(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("notes " * 1000)
    with sqlite3.connect(tmp_path / "other") as other:
        other.execute("CREATE TABLE t (x)")
    other.close()

    for name in ("text", "other"):
        before = (tmp_path / name).read_bytes()
        with pytest.raises(JournalRefused, match=name):
            Journal.opened(tmp_path / name, PAIR).__enter__()
        assert (tmp_path / name).read_bytes() == before


def test_each_pair_has_a_journal_of_its_own_that_stays_the_same(tmp_path: Path) -> None:
    def file(source: str, destination: str) -> Path:
        return journal_file(Pair(source, destination), environ={}, folder=tmp_path)

    assert file("/a", "s3://b/") == file("/a", "s3://b/")
    assert len({file("/a", "s3://b/"), file("/a/", "s3://b/"), file("/b", "s3://b/")}) == 3


def test_journals_lie_in_the_project_or_where_the_variable_says(tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / "deep").mkdir(parents=True)
    (project / "Pulumi.yaml").touch()

    def folder(environ: dict[str, str], cwd: Path) -> Path:
        return journal_file(PAIR, environ=environ, folder=cwd).parent

    assert folder({}, project / "deep") == project / ".kb" / "migrations"
    assert folder({}, tmp_path) == tmp_path / ".kb" / "migrations"
    assert folder({"KB_STATE_DIR": "/elsewhere"}, project) == Path("/elsewhere/migrations")


def test_a_journal_that_was_killed_at_birth_is_none_yet(tmp_path: Path) -> None:
    (tmp_path / "j").touch()

    with Journal.seen(tmp_path / "j", PAIR) as seen:
        assert seen is None
    with Journal.opened(tmp_path / "j", PAIR) as journal:
        assert journal.counts() == {}
