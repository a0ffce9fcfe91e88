"""Files that change, vanish or cannot be read while they are moved are never stored wrongly, and named."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from app.store.keys import parse_key
from migrate.outcomes import Cause
from migrate.reading import LARGE_BYTES_MIN
from migrate.run import ROUNDS_MAX
from migrate.walk import Folder
from tests.migrate.scene import Scene, contents, in_parts, plant


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

    _, notes = anywhere.run(folder=reading(anywhere.root, act), throttle=in_parts())

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


def test_a_file_that_changes_between_two_reads_is_never_stored_torn(scene: Scene) -> None:
    plant(scene.root, {"busy": b"a" * 10})
    reads = []

    def read_descriptor(descriptor: int, length: int) -> bytes:
        reads.append(descriptor)
        if len(reads) == 2:
            (scene.root / "busy").write_bytes(b"b" * 10)
        return os.read(descriptor, min(length, 5))

    scene.run(folder=Folder(scene.root, read_descriptor=read_descriptor))

    assert contents(scene.store) == {"busy": b"b" * 10}


def test_what_a_link_in_a_folders_place_leads_to_is_not_read(scene: Scene) -> None:
    plant(scene.root, {"a": b"1", "z/file": b"2"})
    plant(scene.root.parent / "other", {"file": b"secret"})

    def act(name: str) -> None:
        if name == "a":
            (scene.root / "z").rename(scene.root / "moved")
            (scene.root / "z").symlink_to(scene.root.parent / "other")

    _, notes = scene.run(folder=reading(scene.root, act))

    assert set(notes.causes()) == {"z/file"}
    assert contents(scene.store) == {"a": b"1"}


def test_a_busy_file_is_still_no_reason_to_overwrite_what_is_not_ours(scene: Scene) -> None:
    plant(scene.root, {"busy": b"mine.."})
    scene.store.write(parse_key("busy"), b"theirs")
    changes = iter([b"mine!!"])

    def act(name: str) -> None:
        for data in changes:
            (scene.root / name).write_bytes(data)

    _, notes = scene.run(folder=reading(scene.root, act))

    assert contents(scene.store) == {"busy": b"theirs"}
    assert notes.causes() == {"busy": Cause.CONFLICT}
