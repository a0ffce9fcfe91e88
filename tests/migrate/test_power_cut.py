"""A power cut takes the journal's last commits: nothing is sent twice for that, and nothing overwritten."""

import shutil
from pathlib import Path

from app.store.contract import ABSENT
from app.store.keys import Key
from tests.migrate.scene import Scene, Watched, contents, plant

FILES = {f"{number % 5}/{number:03}": b"x%d" % number for number in range(240)}
CUTS = 8


def test_a_journal_that_lost_any_of_its_last_commits_costs_comparisons_only(scene: Scene) -> None:
    plant(scene.root, FILES)
    scene.store.write(Key("0/000"), b"theirs")
    watched = Watched(scene.store)
    kept = scene.journal.with_name("kept")

    def cut_power(key: Key) -> None:
        if sum(watched.writes.values()) == 200:
            _copy(scene.journal, kept)
            raise KeyboardInterrupt

    watched.before_write = cut_power
    _interrupted(scene, watched)
    half = {info.key: info.version for info in scene.store.scan()}
    log = (kept / "journal.sqlite-wal").read_bytes()
    for number in range(CUTS + 1):
        _restore(kept, scene.journal, log[: len(log) * number // CUTS])
        resumed = Watched(scene.store)
        summary, _ = scene.run(store=resumed)

        assert resumed.writes.keys() == FILES.keys() - half.keys()
        assert set(resumed.conditions) == {ABSENT}
        assert contents(scene.store) == {**FILES, "0/000": b"theirs"}
        assert half.items() <= {info.key: info.version for info in scene.store.scan()}.items()
        assert summary.causes == {"conflict": 1}
        for key in resumed.writes:
            scene.store.delete(Key(key))


def _interrupted(scene: Scene, watched: Watched) -> None:
    try:
        scene.run(store=watched)
    except KeyboardInterrupt:
        return
    raise AssertionError("the power was never cut")


def _copy(journal: Path, folder: Path) -> None:
    folder.mkdir()
    for file in journal.parent.glob(f"{journal.name}*"):
        shutil.copyfile(file, folder / file.name)


def _restore(folder: Path, journal: Path, log: bytes) -> None:
    for file in journal.parent.glob(f"{journal.name}*"):
        file.unlink()
    shutil.copyfile(folder / journal.name, journal)
    journal.with_name(f"{journal.name}-wal").write_bytes(log)
