"""`kb migrate rollback` as a person and as a program calls it."""

import shutil
from pathlib import Path

from tests.migrate.calling import Kb
from tests.migrate.scene import plant


def documents(tmp_path: Path) -> dict[str, bytes]:
    folder = tmp_path / "destination"
    files = (path for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in files
        if not str(path.relative_to(folder)).startswith(".kb")
    }


def moved(kb: Kb, tmp_path: Path) -> None:
    plant(tmp_path / "destination", {"replaced": b"theirs", "other": b"never ours"})
    plant(tmp_path / "source", {"new": b"1", "replaced": b"mine", "changed": b"2"})
    assert kb("run", "--replace").code == 0


def test_a_way_back_is_shown_asked_for_and_taken(kb: Kb, tmp_path: Path) -> None:
    moved(kb, tmp_path)
    shutil.rmtree(tmp_path / "source")

    status = kb("status")
    asked = kb("rollback")
    would = kb("rollback", "--dry-run")
    standing = documents(tmp_path)
    done = kb("rollback", "--yes")

    assert "The way back is open for 3 files, 1 of them replaced" in status.out
    assert (asked.code, asked.out) == (2, "")
    assert "3 files, 1 of them replaced?" in asked.err
    assert "give --yes" in asked.err
    assert "1/3  changed … would be deleted" in would.out
    assert "3/3  replaced … would be restored" in would.out
    assert standing == {"new": b"1", "replaced": b"mine", "changed": b"2", "other": b"never ours"}
    assert (would.code, done.code) == (0, 0)
    assert "Everything is as it was before" in done.out
    assert documents(tmp_path) == {"replaced": b"theirs", "other": b"never ours"}
    assert not (tmp_path / "destination" / ".kb").exists()
    assert "a rollback, which ended" in kb("status").out


def test_what_is_kept_is_named_and_the_exit_code(kb: Kb, tmp_path: Path) -> None:
    moved(kb, tmp_path)
    plant(tmp_path / "destination", {"replaced": b"newer", "changed": b"newer"})

    would = kb("rollback", "--dry-run")
    done = kb("rollback", "-y")
    again = kb("rollback", "-y")

    assert (would.code, done.code, again.code) == (1, 1, 1)
    assert "changed … kept: changed by someone after the migration" in done.out
    assert "NOT everything is as before" in done.out
    assert "kb migrate rollback --source source" in done.out
    assert documents(tmp_path)["replaced"] == b"newer"
    assert list((tmp_path / "destination/.kb/saved").rglob("*"))
    assert kb("rollback", "--forget").code == 2
    assert kb("rollback", "--forget", "--yes").code == 0
    assert not (tmp_path / "destination" / ".kb").exists()
    assert kb("rollback", "--yes").code == 0
    assert documents(tmp_path)["replaced"] == b"newer"


def test_events_are_as_documented(kb: Kb, tmp_path: Path) -> None:
    moved(kb, tmp_path)
    plant(tmp_path / "destination", {"changed": b"newer"})

    before = kb("status", "--json").events[-1]["rollback"]
    events = kb("rollback", "--yes", "--json").events
    after = kb("status", "--json").events[-1]

    assert before["saved_in"].startswith(".kb/saved/")
    assert before == {"possible": True, "files": 3, "replaced": 1, "saved_in": before["saved_in"]}
    pair = {
        "source": str(tmp_path / "source"),
        "destination": (tmp_path / "destination").as_uri(),
    }
    kept = {"result": "kept", "reason": "changed by someone after the migration"}
    assert events == [
        {"event": "begin", "total": 3},
        {"event": "undone", "number": 1, "total": 3, "key": "changed", **kept},
        {"event": "undone", "number": 2, "total": 3, "key": "new", "result": "deleted"},
        {"event": "undone", "number": 3, "total": 3, "key": "replaced", "result": "restored"},
        {
            "event": "rollback",
            **pair,
            "dry_run": False,
            "forgotten": False,
            "counts": {"deleted": 1, "restored": 1, "as_before": 0, "kept": 1, "failed": 0},
            "save_area_emptied": True,
        },
    ]
    assert after["rollback"] == {**before, "files": 1, "replaced": 0}
    assert after["last_run"]["ending"] == "rolled_back"


def test_what_cannot_be_rolled_back_is_one_sentence(kb: Kb) -> None:
    unknown = kb("rollback", "--yes")
    both = kb("rollback", "--dry-run", "--forget")

    assert (unknown.code, both.code) == (1, 2)
    assert "nobody knows what stood in the store before" in unknown.err
    assert "choose one" in both.err
    assert len((unknown.err + both.err).splitlines()) == 2
