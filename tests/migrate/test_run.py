"""A run moves every file, overwrites nothing that is not its own, and names what it leaves out."""

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from app.store.contract import ABSENT, IfVersion
from app.store.errors import AccessDenied, StoreMissing, Unavailable
from app.store.keys import Key, parse_key
from migrate.outage import FAILURES_MAX
from migrate.outcomes import Cause, Result
from migrate.reading import LARGE_BYTES_MIN
from migrate.refusals import DestinationFailed, Stopped
from migrate.run import ROUNDS_MAX
from migrate.stop import Stop
from migrate.walk import Folder
from tests.migrate.scene import Notes, Scene, Watched, contents, plant

FILES = {
    "plain.md": b"# one\n",
    "empty": b"",
    "deep/er/한글 이름 👩‍🚀.txt": "본문\n".encode(),
    "binary.gz": bytes(range(256)) * 9,
    "deep/percent%2Fsign": b"%",
}


def test_every_file_arrives_byte_for_byte(anywhere: Scene) -> None:
    plant(anywhere.root, FILES)

    summary, notes = anywhere.run()

    assert contents(anywhere.store) == FILES
    assert summary.ending == "complete"
    assert notes.results() == {Result.COPIED: len(FILES)}


def test_a_second_run_reads_and_writes_nothing(anywhere: Scene) -> None:
    plant(anywhere.root, FILES)
    anywhere.run()
    watched = Watched(anywhere.store)

    summary, notes = anywhere.run(store=watched)

    assert (watched.writes, watched.reads, watched.scans) == ({}, {}, 1)
    assert notes.results() == {Result.ALREADY_THERE: len(FILES)}
    assert summary.ending == "complete"


def test_without_a_journal_equal_content_is_found_and_not_sent_again(anywhere: Scene) -> None:
    plant(anywhere.root, FILES)
    anywhere.run()
    anywhere.journal.unlink()
    watched = Watched(anywhere.store)

    summary, _ = anywhere.run(store=watched)
    proof, _ = anywhere.verify()

    assert watched.writes == {}
    assert summary.ending == "complete"
    assert proof.proved == len(FILES)


@pytest.mark.parametrize("others", [b"theirs", b"mine!!"], ids=["other size", "same size"])
def test_content_that_is_not_ours_is_never_overwritten(anywhere: Scene, others: bytes) -> None:
    plant(anywhere.root, {"a": b"mine..", "b": b"new"})
    anywhere.store.write(parse_key("a"), others)

    for _ in range(2):
        summary, notes = anywhere.run()

        assert contents(anywhere.store) == {"a": others, "b": b"new"}
        assert notes.causes() == {"a": Cause.CONFLICT}
        assert summary.ending == "incomplete"


def test_other_content_is_replaced_when_asked(anywhere: Scene) -> None:
    plant(anywhere.root, {"a": b"mine"})
    anywhere.store.write(parse_key("a"), b"theirs")

    summary, notes = anywhere.run(replace=True)

    assert contents(anywhere.store) == {"a": b"mine"}
    assert notes.results() == {Result.REPLACED: 1}
    assert summary.ending == "complete"


def test_a_replacement_asked_for_does_not_touch_what_changed_since_the_plan(scene: Scene) -> None:
    plant(scene.root, {"a": b"mine"})
    scene.store.write(parse_key("a"), b"theirs")
    watched = Watched(scene.store)

    def edit(key: Key) -> None:
        scene.store.write(key, b"newer still")

    watched.before_write = edit
    _, notes = scene.run(store=watched, replace=True)

    assert contents(scene.store) == {"a": b"newer still"}
    assert notes.causes() == {"a": Cause.CONFLICT}


def test_content_that_appears_after_the_plan_is_not_overwritten(scene: Scene) -> None:
    plant(scene.root, {"a": b"mine", "b": b"2"})
    watched = Watched(scene.store)

    def appear(key: Key) -> None:
        if key == "a":
            scene.store.write(key, b"theirs")

    watched.before_write = appear
    _, notes = scene.run(store=watched)

    assert contents(scene.store) == {"a": b"theirs", "b": b"2"}
    assert notes.causes() == {"a": Cause.CONFLICT}


def test_what_we_moved_follows_its_source(anywhere: Scene) -> None:
    plant(anywhere.root, {"changed": b"old", "same": b"x"})
    anywhere.run()
    plant(anywhere.root, {"changed": b"new"})
    watched = Watched(anywhere.store)

    _, notes = anywhere.run(store=watched)

    assert contents(anywhere.store) == {"changed": b"new", "same": b"x"}
    assert notes.results() == {Result.REPLACED: 1, Result.ALREADY_THERE: 1}
    assert watched.writes == {"changed": 1}


def test_what_someone_changed_after_we_moved_it_is_theirs(anywhere: Scene) -> None:
    plant(anywhere.root, {"a": b"old"})
    anywhere.run()
    anywhere.store.write(parse_key("a"), b"edited by an agent")
    plant(anywhere.root, {"a": b"new"})

    _, notes = anywhere.run()

    assert contents(anywhere.store) == {"a": b"edited by an agent"}
    assert notes.causes() == {"a": Cause.CONFLICT}


def test_a_file_that_was_only_touched_is_not_sent_again(scene: Scene) -> None:
    plant(scene.root, {"a": b"same"})
    scene.run()
    os.utime(scene.root / "a", (1, 1))
    watched = Watched(scene.store)

    summary, _ = scene.run(store=watched)
    scene.run(store=watched)

    assert (watched.writes, watched.reads) == ({}, {})
    assert summary.ending == "complete"


def test_what_was_removed_from_the_store_is_moved_again(scene: Scene) -> None:
    plant(scene.root, FILES)
    scene.run()
    scene.store.delete(parse_key("plain.md"))
    watched = Watched(scene.store)

    scene.run(store=watched)

    assert watched.writes == {"plain.md": 1}
    assert contents(scene.store) == FILES


def test_a_large_file_arrives_in_parts(anywhere: Scene) -> None:
    data = os.urandom(LARGE_BYTES_MIN + 12_345)
    plant(anywhere.root, {"large.bin": data, "small": b"s"})

    summary, _ = anywhere.run()
    proof, _ = anywhere.verify(read_all=True)

    assert anywhere.store.read(parse_key("large.bin")).data == data
    assert summary.bytes_copied == len(data) + 1
    assert proof.holds


def test_equal_large_content_is_compared_in_parts(scene: Scene) -> None:
    data = os.urandom(2 * LARGE_BYTES_MIN)
    plant(scene.root, {"equal": data, "other": data})
    scene.store.write(parse_key("equal"), data)
    scene.store.write(parse_key("other"), data[:-1] + bytes([data[-1] ^ 1]))

    _, notes = scene.run()

    assert notes.causes() == {"other": Cause.CONFLICT}


def test_digest_time_and_type_are_kept_beside_the_bytes(anywhere: Scene) -> None:
    plant(anywhere.root, {"page.html": b"<p>", "log.txt.gz": b"\x1f\x8b"})
    os.utime(anywhere.root / "page.html", ns=(0, 1_700_000_000_123_456_789))

    anywhere.run()

    if anywhere.store.capabilities.properties:
        page = anywhere.store.read(parse_key("page.html")).properties
        log = anywhere.store.read(parse_key("log.txt.gz")).properties
        assert page.content_type == "text/html"
        assert page.metadata == {
            "sha256": hashlib.sha256(b"<p>").hexdigest(),
            "mtime": "1700000000.123456789",
        }
        assert (log.content_type, log.content_encoding) == ("application/gzip", None)


def test_links_and_the_like_are_left_out_by_name(scene: Scene) -> None:
    plant(scene.root, {"file": b"x"})
    (scene.root / "link").symlink_to("file")
    (scene.root / "loop").symlink_to(".")
    os.mkfifo(scene.root / "pipe")
    Path(os.fsdecode(os.fsencode(scene.root) + b"/caf\xe9")).write_bytes(b"")
    (scene.root / "empty").mkdir()

    summary, notes = scene.run()

    assert notes.causes() == {
        "link": Cause.LINK,
        "loop": Cause.LINK,
        "pipe": Cause.SPECIAL,
        "caf\udce9": Cause.NAME,
    }
    assert notes.extent
    assert notes.extent.entries == len(notes.outcomes) == 5
    assert summary.empty_folders == 1
    assert contents(scene.store) == {"file": b"x"}


# Files that change, vanish or cannot be read.


def reading(root: Path, act: Callable[[str], None]) -> Folder:
    """A source where `act` happens, with the file's name, just before the first read after each opening."""
    fresh: dict[int, str] = {}

    def open_descriptor(path: bytes, flags: int) -> int:
        descriptor = os.open(path, flags)
        fresh[descriptor] = os.path.relpath(os.fsdecode(path), root)
        return descriptor

    def read_descriptor(descriptor: int, length: int) -> bytes:
        if descriptor in fresh:
            act(fresh.pop(descriptor))
        return os.read(descriptor, length)

    return Folder(root, open_descriptor=open_descriptor, read_descriptor=read_descriptor)


@pytest.mark.parametrize("size", [10, LARGE_BYTES_MIN])
def test_a_file_that_changes_once_while_being_read_arrives_as_it_is_then(
    anywhere: Scene, size: int
) -> None:
    plant(anywhere.root, {"busy": b"a" * size, "quiet": b"q"})
    changes = iter([b"b" * size])

    def act(name: str) -> None:
        if name == "busy":
            for data in changes:
                (anywhere.root / name).write_bytes(data)
                os.utime(anywhere.root / name, (5, 5))

    summary, _ = anywhere.run(folder=reading(anywhere.root, act))

    assert summary.ending == "complete"
    assert anywhere.store.read(parse_key("busy")).data == b"b" * size


def test_a_file_that_never_rests_is_reported_and_not_sent(scene: Scene) -> None:
    plant(scene.root, {"busy": b"0", "quiet": b"q"})
    opened = []

    def act(name: str) -> None:
        if name == "busy":
            opened.append(name)
            (scene.root / name).write_bytes(b"x" * (len(opened) + 1))

    _, notes = scene.run(folder=reading(scene.root, act))

    assert notes.causes() == {"busy": Cause.CHANGED}
    assert contents(scene.store) == {"quiet": b"q"}
    assert len(opened) == 1 + ROUNDS_MAX


def test_a_large_file_that_changes_while_being_sent_is_not_stored_half(anywhere: Scene) -> None:
    size = LARGE_BYTES_MIN + 1
    plant(anywhere.root, {"busy": b"0" * size})
    opened = []

    def act(name: str) -> None:
        opened.append(name)
        if len(opened) % 2 == 0:  # the first opening takes the digest, the second one sends
            (anywhere.root / name).write_bytes(bytes([len(opened)]) * size)

    _, notes = anywhere.run(folder=reading(anywhere.root, act))

    assert notes.causes() == {"busy": Cause.CHANGED}
    assert contents(anywhere.store) == {}


def test_a_file_that_vanishes_is_reported(scene: Scene) -> None:
    plant(scene.root, {"a": b"1", "z": b"2"})

    def act(name: str) -> None:
        (scene.root / "z").unlink(missing_ok=True)

    _, notes = scene.run(folder=reading(scene.root, act))

    assert set(notes.causes()) == {"z"}
    assert contents(scene.store) == {"a": b"1"}


def test_a_file_that_becomes_a_link_while_the_run_looks_is_not_followed(scene: Scene) -> None:
    plant(scene.root, {"a": b"1", "z": b"2"})
    secret = plant(scene.root.parent, {"secret": b"secret"}) / "secret"

    def act(name: str) -> None:
        (scene.root / "z").unlink()
        (scene.root / "z").symlink_to(secret)

    folder = reading(scene.root, lambda name: act(name) if name == "a" else None)
    _, notes = scene.run(folder=folder)

    assert set(notes.causes()) == {"z"}
    assert contents(scene.store) == {"a": b"1"}


def test_an_unreadable_file_is_left_out_with_the_systems_reason(scene: Scene) -> None:
    plant(scene.root, {"shut": b"1", "open": b"2"})

    def open_descriptor(path: bytes, flags: int) -> int:
        if path.endswith(b"shut"):
            raise OSError(5, "Input/output error")
        return os.open(path, flags)

    _, notes = scene.run(folder=Folder(scene.root, open_descriptor=open_descriptor))

    assert notes.causes() == {"shut": Cause.UNREADABLE}
    assert any("input/output error" in outcome.reason for outcome in notes.outcomes)


def test_a_file_that_the_system_refuses_to_read_is_left_out(tmp_path: Path, scene: Scene) -> None:
    # A real one: reading one's own memory from address 0 is an error, for root too.
    folder = Folder(Path("/proc/self/task") / str(os.getpid()) / "attr")
    _, notes = scene.run(folder=folder)

    assert set(notes.causes().values()) <= {Cause.UNREADABLE, Cause.CHANGED}
    assert contents(scene.store).keys().isdisjoint(notes.causes())


# A destination that fails.


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


# Runs that stop.


def test_a_stop_puts_away_what_is_in_flight_and_the_next_run_goes_on(anywhere: Scene) -> None:
    plant(anywhere.root, {f"{number:03}": b"x%d" % number for number in range(90)})
    stop = Stop()

    def ask(outcome: object) -> None:
        stop.requested = True

    with pytest.raises(Stopped):
        anywhere.run(stop=stop, notes=Notes(on_note=ask))
    half = {info.key: info.version for info in anywhere.store.scan()}
    watched = Watched(anywhere.store)
    summary, _ = anywhere.run(store=watched)

    assert 0 < len(half) < 90
    assert watched.writes.keys().isdisjoint(half)
    assert len(contents(anywhere.store)) == 90
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
    plant(scene.root, {"a": b"first"})
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


def test_a_file_that_left_the_source_is_not_removed_from_the_store(scene: Scene) -> None:
    plant(scene.root, FILES)
    scene.run()
    shutil.rmtree(scene.root / "deep")

    summary, _ = scene.run()

    assert contents(scene.store) == FILES
    assert summary.ending == "complete"


def test_conditions_are_what_the_plan_saw(scene: Scene) -> None:
    plant(scene.root, {"a": b"mine", "b": b"new"})
    info = scene.store.write(parse_key("a"), b"theirs")
    watched = Watched(scene.store)

    scene.run(store=watched, replace=True)

    assert watched.conditions == [IfVersion(info.version), ABSENT]
