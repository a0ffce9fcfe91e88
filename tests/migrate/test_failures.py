"""Whatever fails or ends early, nothing is lost, and the next run goes on from there."""

from pathlib import Path

import pytest

from app.store.errors import AccessDenied, StoreMissing, Unavailable
from app.store.keys import Key
from migrate.outage import FAILURES_MAX
from migrate.outcomes import Cause, Result
from migrate.refusals import DestinationFailed, Stopped
from migrate.stop import Stop
from tests.migrate.scene import Notes, Scene, Watched, contents, plant

FILES = {
    "plain.md": b"# one\n",
    "empty": b"",
    "deep/er/한글 이름 👩‍🚀.txt": "본문\n".encode(),
    "binary.gz": bytes(range(256)) * 9,
    "deep/percent%2Fsign": b"%",
}


def test_one_failure_does_not_stop_the_rest(scene: Scene) -> None:
    plant(scene.root, FILES)
    watched = Watched(scene.store)

    def refuse(key: Key) -> None:
        if key == "empty":
            raise AccessDenied(f"{key}: no", key=key)

    watched.before_write = refuse
    summary, notes = scene.run(store=watched)

    assert notes.causes() == {"empty": Cause.FAILED}
    assert len(contents(scene.store)) == len(FILES) - 1
    assert summary.ending == "incomplete"
    assert scene.run()[0].ending == "complete"


def test_a_lost_answer_is_settled_by_looking(anywhere: Scene) -> None:
    plant(anywhere.root, FILES)
    watched = Watched(anywhere.store)

    def lose(key: Key) -> None:
        raise Unavailable(f"{key}: no answer", key=key)

    watched.after_write = lose
    summary, notes = anywhere.run(store=watched)
    proof, _ = anywhere.verify()

    assert summary.ending == "complete"
    assert notes.results() == {Result.ALREADY_THERE: len(FILES)}
    assert set(watched.writes.values()) == {1}
    assert proof.proved == len(FILES)


@pytest.mark.parametrize("error", [AccessDenied, Unavailable])
def test_a_destination_that_refuses_everything_ends_the_run_early(
    scene: Scene, error: type[AccessDenied | Unavailable]
) -> None:
    plant(scene.root, {f"{number}": b"x" for number in range(FAILURES_MAX * 20)})
    watched = Watched(scene.store)
    tried = []

    def refuse(key: Key) -> None:
        tried.append(key)
        raise error(f"{key}: no", key=key)

    watched.before_write = refuse
    watched.before_read = refuse
    with pytest.raises(DestinationFailed, match="in a row"):
        scene.run(store=watched)

    assert len(tried) < FAILURES_MAX * 10
    assert scene.run()[0].ending == "complete"


def test_a_store_that_vanishes_ends_the_run(tmp_path: Path, scene: Scene) -> None:
    plant(scene.root, {"a": b"1", "b": b"2"})
    watched = Watched(scene.store)

    def vanish(key: Key) -> None:
        raise StoreMissing("the bucket is gone")

    watched.before_write = vanish
    with pytest.raises(DestinationFailed, match="the bucket is gone"):
        scene.run(store=watched)


def test_a_stop_puts_away_what_is_in_flight_and_the_next_run_goes_on(anywhere: Scene) -> None:
    plant(anywhere.root, {f"{number:03}": b"x%d" % number for number in range(400)})
    stop = Stop()

    def ask(outcome: object) -> None:
        stop.requested = True

    with pytest.raises(Stopped):
        anywhere.run(stop=stop, notes=Notes(on_note=ask))
    half = {info.key: info.version for info in anywhere.store.scan()}
    watched = Watched(anywhere.store)
    summary, _ = anywhere.run(store=watched)

    assert 0 < len(half) < 400
    assert watched.writes.keys().isdisjoint(half)
    assert len(contents(anywhere.store)) == 400
    assert summary.ending == "complete"


def test_a_source_that_changed_after_a_kill_replaces_what_the_killed_run_wrote(
    scene: Scene,
) -> None:
    plant(scene.root, {"a": b"first"})
    watched = Watched(scene.store)

    def die(key: Key) -> None:
        raise KeyboardInterrupt

    watched.after_write = die
    with pytest.raises(KeyboardInterrupt):
        scene.run(store=watched)
    plant(scene.root, {"a": b"second, longer"})

    summary, notes = scene.run()

    assert contents(scene.store) == {"a": b"second, longer"}
    assert notes.results() == {Result.REPLACED: 1}
    assert summary.ending == "complete"


def test_a_replacement_that_was_killed_before_it_was_sent_is_sent(scene: Scene) -> None:
    plant(scene.root, {"a": b"1st..."})
    scene.run()
    plant(scene.root, {"a": b"second"})
    watched = Watched(scene.store)

    def die(key: Key) -> None:
        raise KeyboardInterrupt

    watched.before_write = die
    with pytest.raises(KeyboardInterrupt):
        scene.run(store=watched)

    summary, _ = scene.run()

    assert contents(scene.store) == {"a": b"second"}
    assert summary.ending == "complete"
