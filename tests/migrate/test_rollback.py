"""After a rollback the store holds what it held before the runs."""

import os
from pathlib import Path

import pytest

from app.store.backends.memory import MemoryStore
from app.store.contract import Blob, Properties, Span, Version
from app.store.errors import AccessDenied
from app.store.keys import Key, parse_key
from app.store.stack import StackOptions, open_stack
from migrate.journal import Journal
from migrate.outcomes import Cause, Result
from migrate.proof import Found
from migrate.refusals import DestinationFailed, Stopped
from migrate.rollback import Undone
from migrate.saving import PART_BYTES
from migrate.scope import Naming, Scope
from migrate.stop import Stop
from migrate.undo import SAVED_PREFIX, UndoLog
from tests.migrate.scene import Scene, Watched, contents, plant
from tests.migrate.standing import everything, forget, saved


def test_what_was_created_goes_and_what_was_replaced_comes_back(anywhere: Scene) -> None:
    plant(anywhere.root, {"new": b"1", "deep/new": b"2", "replaced": b"mine", "same": b"equal"})
    properties = Properties(content_type="text/x-former", metadata={"owner": "them"})
    anywhere.store.write(parse_key("replaced"), b"theirs", properties=properties)
    anywhere.store.write(parse_key("same"), b"equal")
    anywhere.store.write(parse_key("other"), b"never ours")
    before = everything(anywhere.store)

    anywhere.run(replace=True)
    assert saved(anywhere.store) == [b"theirs"]
    endings = anywhere.roll_back(lanes=4)

    assert endings == {
        "deep/new": Undone.DELETED,
        "new": Undone.DELETED,
        "replaced": Undone.RESTORED,
    }
    assert everything(anywhere.store) == before


def test_several_runs_are_undone_together(anywhere: Scene) -> None:
    plant(anywhere.root, {"a": b"1", "b": b"mine"})
    anywhere.store.write(parse_key("b"), b"theirs")
    before = everything(anywhere.store)
    anywhere.run(replace=True)
    for content in (b"second", b"theirs", b"fourth"):
        plant(anywhere.root, {"a": content, "b": content})
        anywhere.run()

    anywhere.roll_back()

    assert everything(anywhere.store) == before


def test_our_own_former_content_comes_back_once_it_was_accepted(scene: Scene) -> None:
    plant(scene.root, {"a": b"January", "b": b"b"})
    scene.run()
    forget(scene)
    before = everything(scene.store)
    plant(scene.root, {"a": b"March", "c": b"c"})
    scene.run()

    endings = scene.roll_back()

    assert endings == {"a": Undone.RESTORED, "c": Undone.DELETED}
    assert everything(scene.store) == before
    # It is ours as it was: what changed in the source since replaces it.
    assert scene.verify()[1].found() == {"a": Found.SOURCE_CHANGED, "c": Found.NOT_MOVED}
    assert scene.roll_back() == {}
    _, notes = scene.run()
    assert notes.results() == {Result.REPLACED: 1, Result.ALREADY_THERE: 1, Result.COPIED: 1}


def test_a_stop_notes_what_is_in_flight_and_the_next_rollback_goes_on(scene: Scene) -> None:
    plant(scene.root, {f"{number:03}": b"x" for number in range(200)})
    scene.run()
    stop = Stop()
    watched = Watched(scene.store)

    def ask(key: Key) -> None:
        stop.requested = key == "100"

    watched.before_delete = ask
    with pytest.raises(Stopped):
        scene.roll_back(store=watched, stop=stop)
    left = contents(scene.store).keys()
    with Journal.seen(scene.journal, scene.pair) as journal:
        assert journal
        last = journal.last_run()

    assert len(left) == 99
    assert last
    assert last.ending == "rolling_back"
    assert scene.roll_back().keys() == left
    assert contents(scene.store) == {}


def test_a_destination_that_refuses_to_delete_ends_the_rollback_early(scene: Scene) -> None:
    plant(scene.root, {f"{number:03}": b"x" for number in range(200)})
    scene.run()
    watched = Watched(scene.store)
    tried = []

    def refuse(key: Key) -> None:
        tried.append(key)
        raise AccessDenied(f"{key}: no", key=key)

    watched.before_delete = refuse
    with pytest.raises(DestinationFailed, match="in a row"):
        scene.roll_back(store=watched)

    assert len(tried) < 100
    assert set(scene.roll_back().values()) == {Undone.DELETED}


def test_a_dry_run_says_the_same_and_changes_nothing(scene: Scene) -> None:
    plant(scene.root, {"new": b"mine", "replaced": b"mine", "changed": b"mine"})
    scene.store.write(parse_key("replaced"), b"theirs")
    scene.run(replace=True)
    scene.store.write(parse_key("changed"), b"newer")
    before = everything(scene.store)

    would = scene.roll_back(dry_run=True)

    assert everything(scene.store) == before
    assert scene.roll_back() == would


def test_a_run_after_a_rollback_begins_afresh(anywhere: Scene) -> None:
    plant(anywhere.root, {"a": b"1", "b": b"mine"})
    (anywhere.root / "link").symlink_to("a")
    anywhere.store.write(parse_key("b"), b"theirs")
    before = everything(anywhere.store)
    for _ in range(2):
        summary, notes = anywhere.run(replace=True)
        assert notes.results() == {Result.COPIED: 1, Result.REPLACED: 1, Result.LEFT_OUT: 1}
        assert summary.causes == {Cause.LINK: 1}
        anywhere.roll_back()
        assert everything(anywhere.store) == before


def test_a_replacement_that_was_killed_before_its_effect_is_no_change(scene: Scene) -> None:
    plant(scene.root, {"a": b"January"})
    scene.run()
    forget(scene)
    plant(scene.root, {"a": b"March"})
    watched = Watched(scene.store)

    def die(key: Key) -> None:
        raise KeyboardInterrupt

    watched.before_write = die
    with pytest.raises(KeyboardInterrupt):
        scene.run(store=watched)
    watched = Watched(scene.store)

    assert scene.roll_back(store=watched) == {"a": Undone.AS_BEFORE}
    assert (watched.writes, watched.reads) == ({}, {})
    assert contents(scene.store) == {"a": b"January"}
    assert saved(scene.store) == []


def test_a_rollback_of_nothing_does_nothing(scene: Scene) -> None:
    scene.store.write(parse_key("a"), b"theirs")

    assert scene.roll_back() == {}
    assert contents(scene.store) == {"a": b"theirs"}


def test_new_files_are_not_saved_and_cost_no_call(scene: Scene) -> None:
    plant(scene.root, {"a": b"1", "b": b"2"})
    watched = Watched(scene.store)

    scene.run(store=watched)

    assert (watched.saves, watched.reads) == (0, {})


def test_what_cannot_be_saved_is_not_replaced(scene: Scene) -> None:
    plant(scene.root, {"a": b"mine", "b": b"mine"})
    for key in ("a", "b"):
        scene.store.write(parse_key(key), b"theirs")
    watched = Watched(scene.store)

    def refuse(key: Key) -> None:
        if key == "a":
            raise AccessDenied("a: no", key=key)

    watched.before_read = refuse
    _, notes = scene.run(store=watched, replace=True)

    assert notes.causes() == {"a": Cause.FAILED}
    assert contents(scene.store) == {"a": b"theirs", "b": b"mine"}
    scene.roll_back()
    assert contents(scene.store) == {"a": b"theirs", "b": b"theirs"}


@pytest.mark.parametrize("loss", ["gone", "other"])
def test_what_is_not_in_the_save_area_any_more_is_a_failure(scene: Scene, loss: str) -> None:
    plant(scene.root, {"a": b"mine", "b": b"mine"})
    scene.store.write(parse_key("a"), b"theirs")
    scene.run(replace=True)
    (info,) = scene.store.scan(SAVED_PREFIX)
    if loss == "gone":
        scene.store.delete(info.key)
    else:
        scene.store.write(info.key, b"other")

    assert scene.roll_back() == {"a": Undone.FAILED, "b": Undone.DELETED}
    assert contents(scene.store) == {"a": b"mine"}


class _Narrow(Watched):
    """Remembers the longest piece that was ever asked for."""

    longest = 0

    def read(self, key: Key, *, span: Span | None = None, unless: Version | None = None) -> Blob:
        blob = self.inner.read(key, span=span, unless=unless)
        self.longest = max(self.longest, len(blob.data))
        return blob


def test_large_blobs_are_saved_and_restored_in_parts(anywhere: Scene) -> None:
    former = os.urandom(2 * PART_BYTES + 12_345)
    plant(anywhere.root, {"large": b"small now"})
    anywhere.store.write(parse_key("large"), former)
    narrow = _Narrow(anywhere.store)

    anywhere.run(store=narrow, replace=True)
    anywhere.roll_back(store=narrow)

    assert anywhere.store.read(parse_key("large")).data == former
    assert saved(anywhere.store) == []
    assert narrow.longest <= 2 * PART_BYTES


def test_layers_lie_over_what_is_saved_too(tmp_path: Path) -> None:
    backend = MemoryStore()
    store = open_stack(backend, StackOptions(deduplicate=True, compress=True))
    text = b"a line of text that is written often\n" * 400
    scene = Scene(plant(tmp_path / "source", {"a": text, "b": b"s"}), store, tmp_path / "j")
    store.write(parse_key("a"), text * 2, properties=Properties(content_type="text/x-former"))
    before = everything(store)

    scene.run(replace=True)
    scene.roll_back()

    assert everything(store) == before


def test_the_journal_tells_whether_there_is_a_way_back(scene: Scene) -> None:
    plant(scene.root, {"a": b"1", "b": b"mine"})
    scene.store.write(parse_key("b"), b"theirs")
    counts = []
    for act in (lambda: scene.run(replace=True), lambda: forget(scene)):
        act()
        with Journal.seen(scene.journal, scene.pair) as journal:
            assert journal
            counts.append(UndoLog(journal).counts())

    assert counts == [(2, 1), (0, 0)]
    assert saved(scene.store) == []
    assert scene.roll_back() == {}


def test_mapped_names_are_rolled_back_under_their_keys(scene: Scene) -> None:
    plant(scene.root, {"dot.": b"1", "back\\slash": b"mine"})
    scene.run(scope=Scope(naming=Naming.MAP))
    mapped = contents(scene.store)
    key = next(key for key, data in mapped.items() if data == b"mine")
    scene.roll_back()
    scene.store.write(parse_key(key), b"theirs")

    scene.run(scope=Scope(naming=Naming.MAP), replace=True)
    assert contents(scene.store) == mapped
    endings = scene.roll_back()

    assert endings.keys() == mapped.keys()
    assert everything(scene.store) == {key: (b"theirs", Properties())}
