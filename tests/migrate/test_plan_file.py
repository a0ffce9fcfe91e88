"""A plan is data: a run carries out exactly it, or nothing where either side moved on."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.store.errors import Unavailable
from app.store.keys import Key, parse_key
from migrate.filters import Filters
from migrate.journal import Journal
from migrate.outcomes import Cause, Outcome, Result
from migrate.plan_file import PlanFile, opened_plan
from migrate.planning import Planning
from migrate.records import Pair
from migrate.refusals import PlanRefused, Stopped
from migrate.scope import EVERYTHING, Naming, Scope
from migrate.screen.events import EventsReport
from migrate.sides import Sides
from migrate.stop import Stop
from migrate.walk import Folder
from tests.migrate.calling import Kb
from tests.migrate.scene import Notes, Scene, Watched, contents, plant

FILES = {f"folder {number % 3}/문서-{number:02}.md": b"text %d" % number for number in range(12)}


class _Written(EventsReport):
    """Events as lines of a file."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.file = file.open("w", encoding="utf-8")

    def emit(self, event: str, fields: dict[str, Any]) -> None:
        self.file.write(json.dumps({"event": event, **fields}) + "\n")


def planned(scene: Scene, *, scope: Scope = EVERYTHING, replace_others: bool = False) -> PlanFile:
    """Plan between the two sides of a scene, into a file beside them."""
    report = _Written(scene.root.parent / "plan.jsonl")
    with ExitStack() as stack:
        kept = stack.enter_context(Journal.seen(scene.journal, scene.pair))
        journal = kept or stack.enter_context(Journal.blank())
        stack.enter_context(report.file)
        sides = Sides(Folder(scene.root), scene.store, scene.pair)
        Planning(sides, journal, scope, replace_others, report, False).tell()
    return opened_plan(Path(report.file.name))


def carry_out(plan: PlanFile, scene: Scene, **options: Any) -> Notes:
    return scene.run(scope=plan.scope, replace=plan.replace_others, planner=plan.steps, **options)[
        1
    ]


def test_a_plan_is_carried_out_as_it_is(anywhere: Scene) -> None:
    plant(
        anywhere.root,
        {**FILES, "equal": b"same", "theirs": b"mine", "dot.": b"", "new\nline": b"3"},
    )
    (anywhere.root / "link").symlink_to("equal")
    anywhere.store.write(parse_key("equal"), b"same")
    anywhere.store.write(parse_key("theirs"), b"other")
    watched = Watched(anywhere.store)

    notes = carry_out(planned(anywhere), anywhere, store=watched)

    assert notes.results() == {Result.COPIED: 12, Result.ALREADY_THERE: 1, Result.LEFT_OUT: 4}
    causes = {"theirs": Cause.CONFLICT, "dot.": Cause.NAME, "new\nline": Cause.NAME}
    assert notes.causes() == {**causes, "link": Cause.LINK}
    assert contents(anywhere.store) == {**FILES, "equal": b"same", "theirs": b"other"}
    # What the plan compared is not read again.
    assert not watched.reads


def test_scope_names_and_replacing_are_the_plans(scene: Scene) -> None:
    plant(scene.root, {"dot.": b"1", "theirs": b"mine", ".kbignore": b".kbignore"})
    scene.store.write(parse_key("theirs"), b"other")
    plan = planned(scene, scope=Scope(naming=Naming.MAP), replace_others=True)

    notes = carry_out(plan, scene)

    assert notes.results() == {Result.COPIED: 1, Result.REPLACED: 1, Result.EXCLUDED: 1}
    assert contents(scene.store) == {"dot!046": b"1", "theirs": b"mine"}


def _touched(scene: Scene) -> None:
    os.utime(scene.root / "b", ns=(1, 1))


CHANGES: dict[str, Callable[[Scene], object]] = {
    "b changed in the source": _touched,
    "bb is new in the source": lambda scene: plant(scene.root, {"bb": b""}),
    "b is no longer in the source": lambda scene: (scene.root / "b").unlink(),
    "a was written in the store": lambda scene: scene.store.write(parse_key("a"), b"1"),
    "c was written in the store": lambda scene: scene.store.write(parse_key("c"), b"33"),
    "c is no longer in the store": lambda scene: scene.store.delete(parse_key("c")),
    "b would now be left out": lambda scene: plant(scene.root, {".kbignore": b"b\n.kbignore"}),
    r"dot. is no longer in the source": lambda scene: (scene.root / "dot.").unlink(),
}


@pytest.mark.parametrize("saying", CHANGES)
def test_where_either_side_moved_on_nothing_is_moved(scene: Scene, saying: str) -> None:
    plant(scene.root, {"a": b"1", "b": b"2", "c": b"3", "dot.": b"", ".kbignore": b".kbignore"})
    scene.store.write(parse_key("c"), b"3")
    plan = planned(scene)
    CHANGES[saying](scene)
    before = contents(scene.store)

    with pytest.raises(PlanRefused, match=f": {saying}"):
        carry_out(plan, scene)

    assert contents(scene.store) == before


def test_a_refused_plan_leaves_no_trace_in_what_is_verified(scene: Scene) -> None:
    plant(scene.root, {"a": b"1", "b": b"2"})
    scene.run()
    plan = planned(scene, scope=Scope(Filters(exclude=("b",))))
    plant(scene.root, {"c": b""})

    with pytest.raises(PlanRefused):
        carry_out(plan, scene)

    proof, _ = scene.verify()
    assert (proof.proved, proof.excluded) == (2, 0)


def test_what_is_no_longer_left_out_is_a_difference(scene: Scene) -> None:
    plant(scene.root, {"a": b"1", ".kbignore": b"a\n.kbignore"})
    plan = planned(scene)
    plant(scene.root, {".kbignore": b"\n.kbignore"})

    with pytest.raises(PlanRefused, match="a was left out by the plan"):
        carry_out(plan, scene)


def test_keys_that_only_the_store_has_are_nothing_to_the_plan(scene: Scene) -> None:
    plant(scene.root, FILES)
    plan = planned(scene)
    scene.store.write(parse_key("extra"), b"")

    assert carry_out(plan, scene).results() == {Result.COPIED: 12}


def test_a_stopped_plan_is_carried_on(scene: Scene) -> None:
    plant(scene.root, FILES)
    plan, stop, notes = planned(scene), Stop(), Notes()

    def note(outcome: Outcome) -> None:
        stop.requested = len(notes.outcomes) >= 5

    notes.on_note = note
    with pytest.raises(Stopped):
        carry_out(plan, scene, notes=notes, stop=stop)
    watched = Watched(scene.store)
    again = carry_out(plan, scene, store=watched)

    moved = notes.results()[Result.COPIED]
    assert 0 < moved < 12
    assert again.results()[Result.COPIED] == len(watched.writes) <= 12 - moved
    assert contents(scene.store) == FILES


def test_a_write_whose_answer_was_lost_is_no_difference(scene: Scene) -> None:
    plant(scene.root, FILES)
    plan, watched = planned(scene), Watched(scene.store)

    def lose(key: Key) -> None:
        raise KeyboardInterrupt

    watched.after_write = lose
    with pytest.raises(KeyboardInterrupt):
        carry_out(plan, scene, store=watched)

    carry_out(plan, scene)
    assert contents(scene.store) == FILES
    assert carry_out(plan, scene).results() == {Result.ALREADY_THERE: 12}


def test_without_the_journal_that_it_was_made_with_contents_are_compared(scene: Scene) -> None:
    plant(scene.root, FILES)
    scene.run()
    plan = planned(scene)
    scene.journal.unlink()

    assert carry_out(plan, scene).results() == {Result.ALREADY_THERE: 12}


def test_what_could_not_be_compared_stays_left_out(scene: Scene) -> None:
    plant(scene.root, {"a": b"1"})
    scene.store.write(parse_key("a"), b"2")
    # Such a store lists no digest that could decide.
    unsized = replace(scene.store.capabilities, exact_size=False)
    watched = Watched(scene.store, narrowed=unsized)

    def fail(key: Key) -> None:
        raise Unavailable("no answer", key=key)

    watched.before_read = fail
    plan = planned(Scene(scene.root, watched, scene.journal))

    assert carry_out(plan, scene).causes() == {"a": Cause.FAILED}


def _lines(kb: Kb) -> Iterator[str]:
    yield from kb("plan", "--json").out.splitlines(keepends=True)


DAMAGES: dict[str, Callable[[list[str]], list[str]]] = {
    "not whole": lambda lines: lines[:-1],
    "other steps": lambda lines: [lines[0], *lines[2:]],
    "damaged": lambda lines: [*lines[:-1], lines[-1][:9]],
    "line 2, is no step": lambda lines: [lines[0], '{"event": "step"}\n', *lines[2:]],
    "is not what": lambda lines: lines[1:],
    "line 3, is no step": lambda lines: [*lines[:2], "7\n", *lines[2:]],
    "is not what 'kb": lambda lines: [],
}


@pytest.mark.parametrize("saying", DAMAGES)
def test_a_damaged_plan_is_one_sentence(kb: Kb, tmp_path: Path, saying: str) -> None:
    plant(tmp_path / "source", {"a": b"1", "b": b"2"})
    (tmp_path / "plan").write_text("".join(DAMAGES[saying](list(_lines(kb)))))

    answer = kb("run", "--plan", "plan")

    assert answer.code == 1
    assert saying in answer.err
    assert len(answer.err.splitlines()) == 1
    assert not list((tmp_path / "destination").glob("[!.]*"))


def test_a_person_plans_into_a_file_and_runs_it(kb: Kb, tmp_path: Path) -> None:
    plant(tmp_path / "source", {"a": b"1", "b.log": b"2"})
    plan = kb("plan", "--json", "--exclude", "*.log")
    (tmp_path / "plan").write_text(plan.out)

    beside = kb("run", "--plan", "plan", "--exclude", "*.md")
    other = kb("run", "--plan", "plan", to=plant(tmp_path / "other", {}).as_uri())
    missing = kb("run", "--plan", "no-plan")
    moved = kb("run", "--plan", "plan")

    assert (plan.events[-1]["bytes_to_copy"], plan.events[-1]["requests"]["write"]) == (1, 1)
    assert [answer.code for answer in (beside, other, missing, moved)] == [2, 1, 1, 0]
    assert "is about" in other.err
    assert (tmp_path / "destination/a").read_bytes() == b"1"
    assert not (tmp_path / "destination/b.log").exists()
    plant(tmp_path / "source", {"a": b"22"})
    outdated = kb("run", "--plan", "plan")
    assert outdated.code == 1
    assert "a changed in the source. Plan again." in outdated.err


def test_a_killed_run_is_carried_on_with_its_options(kb: Kb, tmp_path: Path) -> None:
    plant(tmp_path / "source", {"a": b"1", "b.log": b"2"})
    kb("run", "--exclude", "*.log", "--journal", "journal")
    pair = Pair(str(tmp_path / "source"), (tmp_path / "destination").as_uri())
    with Journal.opened(tmp_path / "journal", pair) as kept:
        kept.connection.execute("UPDATE runs SET ended = NULL, ending = NULL")

    status = kb("status", "--journal", "journal")

    assert "To go on: kb migrate run --source source" in status.out
    assert "--exclude '*.log'" in status.out
