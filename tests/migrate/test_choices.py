"""The options that choose what is moved, and under which names."""

from pathlib import Path

from tests.migrate.calling import Kb
from tests.migrate.scene import plant


def test_what_filters_exclude_is_counted_and_no_error(kb: Kb, tmp_path: Path) -> None:
    files = {"a.md": b"1", "b.log": b"2", "c/big.md": b"x" * 2000, "d.md": b"3"}
    plant(tmp_path / "source", {**files, ".kbignore": b"/d.md\n.kbignore\n"})
    words = ["--exclude", "*.log", "--size-max", "1kB", "--age-max", "1d"]

    plan, moved, proof = kb("plan", *words), kb("run", *words), kb("verify", "--json")

    assert [answer.code for answer in (plan, moved, proof)] == [0, 0, 0]
    assert "1 to copy (1 B; 0 of them replace), 0 already there, 0 left out, 4 excluded" in plan.out
    assert "--exclude '*.log' --size-max 1kB --age-max 1d" in plan.out
    assert "excluded               4" in moved.out
    assert "b.log" not in plan.out + moved.out
    assert "b.log … excluded: excluded by '*.log'" in kb("run", "-v", *words).out
    assert (proof.events[-1]["proved"], proof.events[-1]["excluded"]) == (1, 4)
    assert [path.name for path in (tmp_path / "destination").glob("[!.]*")] == ["a.md"]


def test_filters_that_cannot_be_read_are_one_sentence(kb: Kb, tmp_path: Path) -> None:
    size, order = kb("run", "--size-min", "big"), kb("plan", "--age-min", "2d", "--age-max", "1d")
    plant(tmp_path / "source", {".kbignore": b"[z-a]"})
    ignore = kb("run")

    for answer in (size, order, ignore):
        assert answer.code == 2
        assert len(answer.err.splitlines()) == 1
    assert ".kbignore, line 1" in ignore.err


def test_names_are_checked_or_mapped(kb: Kb, tmp_path: Path) -> None:
    plant(tmp_path / "source", {"dot.": b"1", "fine": b"2"})

    checked = kb("plan")
    plan, moved, proof = kb("plan", "--names", "map"), kb("run", "--names=map"), kb("verify")
    wrong = kb("run", "--names", "guess")

    assert [answer.code for answer in (checked, plan, moved, proof, wrong)] == [1, 0, 0, 0, 2]
    assert "dot. → dot!046" in kb("plan", "-v", "--names", "map").out
    assert kb("plan", "--json", "--names", "map").events[1]["key"] == "dot!046"
    assert "--names map" in plan.out
    assert "Proved 2 files" in proof.out
    assert len(wrong.err.splitlines()) == 1
    assert (tmp_path / "destination/dot!046").read_bytes() == b"1"


def test_a_plan_says_what_other_stores_could_not_hold(kb: Kb, tmp_path: Path) -> None:
    plant(tmp_path / "source", {"A": b"", "a": b"", "b": b""})

    plan, named = kb("plan"), kb("plan", "-v")
    events = kb("plan", "--json").events

    assert plan.code == 0
    assert "holds 2 names that others would not: 2 differ only in case" in plan.out
    assert "elsewhere  A (differs only in case" in named.out
    assert [event["path"] for event in events if event["event"] == "elsewhere"] == ["A", "a"]
    assert events[-1]["elsewhere"] == {"twin": 2}
