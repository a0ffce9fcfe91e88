"""A run moves every file, overwrites nothing that is not its own, and names what it leaves out."""

import hashlib
import os
import shutil
from pathlib import Path

import pytest

from app.store.contract import ABSENT, IfVersion
from app.store.keys import Key, parse_key
from migrate.outcomes import Cause, Result
from migrate.reading import LARGE_BYTES_MIN
from tests.migrate.scene import Scene, Watched, contents, in_parts, plant

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

    summary, _ = anywhere.run(throttle=in_parts())
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
