"""A rollback touches nothing that someone wrote after the migration."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store.contract import BlobInfo, Properties
from app.store.keys import Key, parse_key
from migrate.outcomes import Cause
from migrate.rollback import Undone
from tests.migrate.scene import Scene, Watched, contents, plant
from tests.migrate.standing import everything, forget, saved


def check_changed_are_kept(scene: Scene, *, files: int, changed: int) -> None:
    """Migrate over an existing tree, let others change some, roll back."""
    plant(scene.root, {f"{n % 7}/{n:04}": b"new %d" % n for n in range(files)})
    for n in range(0, files, 2):
        scene.store.write(Key(f"{n % 7}/{n:04}"), b"old %d" % n)
    scene.store.write(parse_key("other"), b"never ours")
    expected = contents(scene.store)
    scene.run(replace=True)
    theirs = [f"{n % 7}/{n:04}" for n in range(0, files, files // changed)][:changed]
    for key in theirs:
        scene.store.write(Key(key), b"changed by someone")
        expected[key] = b"changed by someone"

    for _ in range(2):
        endings = scene.roll_back(lanes=8)
        assert [path for path, end in endings.items() if end is Undone.KEPT] == sorted(theirs)
        assert contents(scene.store) == expected
    # What stood before those is not lost until it is given up.
    assert len(saved(scene.store)) == sum(int(key[2:]) % 2 == 0 for key in theirs)
    forget(scene)
    assert saved(scene.store) == []
    assert contents(scene.store) == expected


def test_what_someone_changed_is_listed_and_kept(scene: Scene) -> None:
    check_changed_are_kept(scene, files=400, changed=50)


def test_what_someone_changed_in_a_folder_is_listed_and_kept(tmp_path: Path) -> None:
    from app.store.backends.local import LocalStore

    (tmp_path / "there").mkdir()
    scene = Scene(tmp_path / "source", LocalStore(tmp_path / "there"), tmp_path / "journal")

    check_changed_are_kept(scene, files=200, changed=50)


@pytest.mark.proof
def test_what_someone_changed_is_listed_and_kept_everywhere(anywhere: Scene) -> None:
    check_changed_are_kept(anywhere, files=400, changed=50)


def test_what_someone_wrote_between_two_runs_is_what_comes_back(scene: Scene) -> None:
    plant(scene.root, {"a": b"first"})
    scene.store.write(parse_key("a"), b"before all")
    scene.run(replace=True)
    scene.store.write(parse_key("a"), b"theirs")
    scene.run(replace=True)

    for _ in range(2):
        assert scene.roll_back() == {"a": Undone.KEPT}
        assert contents(scene.store) == {"a": b"theirs"}
        assert saved(scene.store) == [b"before all"]


def test_the_same_bytes_written_again_by_someone_count_as_ours(scene: Scene) -> None:
    plant(scene.root, {"new": b"mine", "replaced": b"mine"})
    scene.store.write(parse_key("replaced"), b"theirs")
    scene.run(replace=True)
    for key in ("new", "replaced"):
        scene.store.write(parse_key(key), b"mine")

    scene.roll_back()

    assert everything(scene.store) == {"replaced": (b"theirs", Properties())}


def test_what_someone_deleted_stays_deleted(scene: Scene) -> None:
    plant(scene.root, {"new": b"mine", "replaced": b"mine"})
    scene.store.write(parse_key("replaced"), b"theirs")
    scene.run(replace=True)
    for key in ("new", "replaced"):
        scene.store.delete(parse_key(key))

    assert scene.roll_back() == {"new": Undone.AS_BEFORE, "replaced": Undone.KEPT}
    assert contents(scene.store) == {}
    assert saved(scene.store) == [b"theirs"]


def test_what_changes_while_it_is_undone_is_kept(scene: Scene) -> None:
    plant(scene.root, {"new": b"mine", "replaced": b"mine"})
    scene.store.write(parse_key("replaced"), b"theirs")
    scene.run(replace=True)

    class Busy(Watched):
        def scan(self, prefix: str = "", *, after: str | None = None) -> Iterator[BlobInfo]:
            listed = list(self.inner.scan(prefix, after=after))
            if not prefix:
                for key in ("new", "replaced"):
                    self.inner.write(parse_key(key), b"newer")
            return iter(listed)

    endings = scene.roll_back(store=Busy(scene.store))

    assert endings == {"new": Undone.KEPT, "replaced": Undone.KEPT}
    assert contents(scene.store) == {"new": b"newer", "replaced": b"newer"}


def test_what_was_there_already_is_nobodys_after_a_rollback(scene: Scene) -> None:
    plant(scene.root, {"a": b"equal"})
    scene.store.write(parse_key("a"), b"equal")
    scene.run()
    scene.roll_back()
    plant(scene.root, {"a": b"changed in the source"})

    _, notes = scene.run()

    assert notes.causes() == {"a": Cause.CONFLICT}
