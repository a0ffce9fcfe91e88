"""A source that vanishes or turns into something else while it is moved: said, and nothing half is sent."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from app.store.keys import Key
from migrate.outcomes import Cause
from migrate.reading import LARGE_BYTES_MIN, WHOLE_BYTES_MAX
from migrate.refusals import SourceFailed
from migrate.walk import Folder
from tests.migrate.scene import Scene, Watched, contents, plant

# More than are begun at once.
MANY = {f"{number:03}": b"x%d" % number for number in range(600)}


def _remove(path: Path) -> None:
    path.unlink()


def _to_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "inner").write_bytes(b"new")


def _to_link(path: Path) -> None:
    path.unlink()
    path.symlink_to("../elsewhere")


def _to_other(path: Path) -> None:
    path.unlink()
    path.write_bytes(b"another file")


def _folder_to_link(path: Path) -> None:
    away = path.parent.parent.with_name("moved away")
    shutil.copytree(path.parent, away)
    shutil.rmtree(path.parent)
    path.parent.symlink_to(away)


def _folder_to_file(path: Path) -> None:
    shutil.rmtree(path.parent)
    path.parent.write_bytes(b"a file")


FATES: dict[str, tuple[Callable[[Path], None], Cause | None]] = {
    "it is removed": (_remove, Cause.GONE),
    "it becomes a folder": (_to_folder, Cause.CHANGED),
    "it becomes a link": (_to_link, Cause.CHANGED),
    "another takes its place": (_to_other, None),
    "its folder becomes a link": (_folder_to_link, Cause.GONE),
    "its folder becomes a file": (_folder_to_file, Cause.GONE),
}


@pytest.mark.parametrize("size", [5, LARGE_BYTES_MIN], ids=["small", "large"])
@pytest.mark.parametrize("fate", sorted(FATES))
def test_a_file_that_meets_a_fate_after_the_walk_is_named_with_it(
    scene: Scene, fate: str, size: int
) -> None:
    change, cause = FATES[fate]
    plant(scene.root, {"in/it": bytes(size), "other": b"1"})
    (scene.root.parent / "elsewhere").write_bytes(b"a secret")
    summary, notes = scene.run(folder=_Changing(scene.root, lambda: change(scene.root / "in/it")))

    assert notes.causes() == ({"in/it": cause} if cause else {})
    assert contents(scene.store) == (
        {"other": b"1"} if cause else {"in/it": b"another file", "other": b"1"}
    )
    assert summary.ending == ("incomplete" if cause else "complete")


def test_a_large_file_that_vanishes_while_it_is_sent_is_not_stored(scene: Scene) -> None:
    plant(scene.root, {"large": bytes(WHOLE_BYTES_MAX + 1), "small": b"1"})
    watched = Watched(scene.store)

    def vanish(key: Key) -> None:
        if key == "large":
            (scene.root / "large").unlink(missing_ok=True)

    watched.before_write = vanish
    _, notes = scene.run(store=watched)

    assert notes.causes() == {"large": Cause.GONE}
    assert contents(scene.store) == {"small": b"1"}


@pytest.mark.parametrize("leftover", [False, True], ids=["gone", "an empty folder in its place"])
def test_a_source_that_is_gone_altogether_ends_the_run_with_a_sentence(
    scene: Scene, leftover: bool
) -> None:
    plant(scene.root, MANY)
    watched = Watched(scene.store)
    away = scene.root.with_name("unmounted")

    def unmount(key: Key) -> None:
        if key == "100":
            scene.root.rename(away)
            if leftover:
                scene.root.mkdir()

    watched.before_write = unmount
    with pytest.raises(SourceFailed, match="is gone"):
        scene.run(store=watched)
    half = contents(scene.store)
    if leftover:
        scene.root.rmdir()
    away.rename(scene.root)
    summary, _ = scene.run()

    assert half.items() <= MANY.items()
    assert summary.ending == "complete"
    assert contents(scene.store) == MANY


def test_a_source_that_goes_while_it_is_walked_is_not_taken_for_an_empty_one(scene: Scene) -> None:
    plant(scene.root, {"a/1": b"1", "b/2": b"2"})
    scene.run()
    folder = Folder(scene.root)
    scene.root.rename(scene.root.with_name("unmounted"))

    with pytest.raises(SourceFailed, match="is gone"):
        list(folder.walk())


class _Changing(Folder):
    """A folder that something happens to, once, when it was walked."""

    def __init__(self, root: Path, happen: Callable[[], None]) -> None:
        super().__init__(root)
        self._happen: Callable[[], None] | None = happen

    def read_many(self, entries, **options):  # type: ignore[no-untyped-def] # as it is inherited
        if self._happen:
            self._happen()
            self._happen = None
        return super().read_many(entries, **options)
