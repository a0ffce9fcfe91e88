"""A forecast: its probe, its command, and what the run after it says."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.store.backends.local import LocalStore
from app.store.contract import (
    ALWAYS,
    NO_PROPERTIES,
    BlobInfo,
    BlobStore,
    Content,
    Properties,
    When,
)
from app.store.errors import AccessDenied, Busy, StoreError
from app.store.keys import PROBE_PREFIX, Key
from migrate.forecast.probe import Probe, Probed
from migrate.forecast.sample import Sample
from migrate.forecast_kept import scored
from migrate.reading import LARGE_BYTES_MIN
from migrate.refusals import DestinationFailed, Stopped
from migrate.stop import Stop
from migrate.walk import Folder
from tests.migrate.calling import Kb
from tests.migrate.scene import Scene, Watched, plant


def documents(folder: Path) -> dict[str, bytes]:
    store = LocalStore(folder)
    return {str(info.key): store.read(info.key).data for info in store.scan()}


FILES = {f"folder/{number}.md": b"x" * (100 + number) for number in range(40)}


def probed(
    scene: Scene, store: BlobStore, *, stop: Stop | None = None, remover: BlobStore | None = None
) -> Probed:
    """Send all of a scene's source on trial."""
    source = Folder(scene.root)
    sample = Sample()
    for each in source.walk():
        sample.add(each)
    probe = Probe(source, store, remover=lambda: remover or store, stop=stop or Stop())
    return probe.measure(sample, scene.journal.parent)


def keys(store: BlobStore) -> list[str]:
    return [str(info.key) for info in store.scan()]


def test_a_probe_leaves_nothing_behind_anywhere(anywhere: Scene) -> None:
    plant(anywhere.root, {**FILES, "large": b"x" * LARGE_BYTES_MIN})
    anywhere.store.write(Key("theirs"), b"1")
    watched = Watched(anywhere.store)
    found = probed(anywhere, watched)

    assert found.files
    assert found.files.per_second > 0
    assert found.large
    assert found.cpu_seconds
    assert found.writes == len(FILES)
    assert found.round_trip_seconds > 0
    assert keys(anywhere.store) == ["theirs"]
    assert watched.saves == len(FILES) + 1  # all of them below the reserved prefix
    assert not watched.writes


@dataclass
class Tenth(Watched):
    """A store at whose tenth write something happens."""

    then: Callable[[], None] = lambda: None
    count: int = 0

    def write(
        self,
        key: Key,
        content: Content,
        *,
        when: When = ALWAYS,
        properties: Properties = NO_PROPERTIES,
        lease: str | None = None,
    ) -> BlobInfo:
        assert key.startswith(PROBE_PREFIX)
        self.count += 1
        if self.count == 10:
            self.then()
        return self.inner.write(key, content, when=when, properties=properties, lease=lease)


def test_a_probe_that_is_stopped_leaves_nothing_behind(anywhere: Scene) -> None:
    plant(anywhere.root, FILES)
    stop = Stop()
    store = Tenth(anywhere.store, then=lambda: setattr(stop, "requested", True))

    with pytest.raises(Stopped):
        probed(anywhere, store, stop=stop)
    assert store.count >= 10
    assert keys(anywhere.store) == []


@pytest.mark.parametrize("failure", [KeyboardInterrupt(), RuntimeError("a bug")])
def test_a_probe_that_breaks_off_leaves_nothing_behind(
    scene: Scene, failure: BaseException
) -> None:
    def fail() -> None:
        raise failure

    plant(scene.root, FILES)
    store = Tenth(scene.store, then=fail)

    with pytest.raises(type(failure)):
        probed(scene, store)
    assert keys(scene.store) == []


def forbid(key: Key) -> None:
    raise AccessDenied("no", key=key)


def test_where_nobody_may_delete_nothing_is_written(scene: Scene) -> None:
    plant(scene.root, FILES)
    store = Watched(scene.store, before_delete=forbid)

    with pytest.raises(DestinationFailed, match="Nobody here may delete"):
        probed(scene, store)
    assert store.saves == 0


def test_who_may_not_delete_has_it_done_by_who_may(scene: Scene) -> None:
    plant(scene.root, FILES)
    store = Watched(scene.store, before_delete=forbid)

    assert probed(scene, store, remover=scene.store).files
    assert keys(scene.store) == []


def test_a_busy_service_is_swept_too(scene: Scene) -> None:
    refused = set()

    def once(key: Key) -> None:
        if key.endswith(".md") and key not in refused:
            refused.add(key)
            raise Busy("slow down", key=key)

    plant(scene.root, FILES)
    probed(scene, Watched(scene.store, before_delete=once))

    assert len(refused) == len(FILES)
    assert keys(scene.store) == []


def test_what_cannot_be_swept_is_said(scene: Scene) -> None:
    def refuse(key: Key) -> None:
        if key.endswith("3.md"):
            raise StoreError("broken", key=key)

    plant(scene.root, FILES)
    with pytest.raises(StoreError, match="broken"):
        probed(scene, Watched(scene.store, before_delete=refuse))


def test_a_forecast_is_scored_by_the_run_after_it(kb: Kb, tmp_path: Path) -> None:
    plant(tmp_path / "source", FILES)
    journal = tmp_path / "journal"
    told = kb("forecast", "--json", "--journal", str(journal))
    left = documents(tmp_path / "destination")
    end = kb("run", "--json", "--journal", str(journal)).events[-1]
    again = kb("run", "--json", "--journal", str(journal)).events[-1]

    (event,) = told.events
    assert (told.code, left) == (0, {})
    assert (event["event"], event["files"]) == ("forecast", len(FILES))
    assert event["bytes"] == sum(map(len, FILES.values()))
    assert event["requests"] == {"write": len(FILES), "list": 1, "read": 0}
    assert event["prices"] is None
    assert end["forecast"]["expected_seconds"] == event["expected_seconds"]
    assert end["forecast"]["took_seconds"] == end["seconds"]
    assert again["forecast"] is None
    connection = sqlite3.connect(journal)
    score = scored(connection, run=1)
    connection.close()
    assert score
    assert score.fields() == end["forecast"]


def test_people_read_the_forecast_and_then_how_near_it_came(kb: Kb, tmp_path: Path) -> None:
    plant(tmp_path / "source", FILES)
    told = kb("forecast", "--exclude", "*9.md")
    moved = kb("run", "--exclude", "*9.md")

    assert "36 files (4.3 kB) in about " in told.out
    assert "36 writes, 1 page of listings, 0 reads" in told.out
    assert "money     none" in told.out
    assert "kb migrate run --source source" in told.out
    assert "--exclude '*9.md'" in told.out
    assert "Forecast " in moved.out
    assert "; it took " in moved.out


def test_a_run_of_something_else_is_not_scored(kb: Kb, tmp_path: Path) -> None:
    plant(tmp_path / "source", FILES)
    kb("forecast")
    other = kb("run", "--json", "--include", "*1.md").events[-1]
    kb("forecast")
    plant(tmp_path / "source", {f"more/{number}": b"x" for number in range(20)})
    more = kb("run", "--json").events[-1]

    assert other["ending"] == more["ending"] == "complete"
    assert other["forecast"] is None
    assert more["forecast"] is None


def test_a_forecast_is_no_run(kb: Kb, tmp_path: Path) -> None:
    plant(tmp_path / "source", FILES)
    kb("forecast")

    assert "No run has begun." in kb("status").out
    assert "kb migrate run" in kb("verify").err


def test_what_is_replaced_is_read_and_written_once_more(kb: Kb, tmp_path: Path) -> None:
    plant(tmp_path / "destination", {"a": b"theirs", "b": b"same"})
    plant(tmp_path / "source", {"a": b"mine", "b": b"same", "c": b"new"})
    (event,) = kb("forecast", "--json", "--replace").events

    assert (event["files"], event["already_there"]) == (2, 1)
    # Written: a, what it replaces, c. Read: b is compared, a is saved; its size tells it apart.
    assert event["requests"]["write"] == 3
    assert event["requests"]["read"] >= 2


def test_the_journal_of_before_has_no_score() -> None:
    connection = sqlite3.connect(":memory:")
    assert scored(connection) is None
    connection.close()
