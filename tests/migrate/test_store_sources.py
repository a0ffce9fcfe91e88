"""A store as the source: what arrives is what lay in it under one version, also beside the bytes."""

import threading
from pathlib import Path

import pytest

from app.store.backends.local import LocalStore
from app.store.backends.memory import MemoryStore
from app.store.contract import Blob, BlobStore, Properties, Span, Version
from app.store.errors import Unavailable
from app.store.keys import Key, parse_key
from app.store.stack import StackOptions, open_stack
from migrate.filters import Filters
from migrate.manifest import MANIFEST
from migrate.outcomes import Cause, Outcome, Result
from migrate.proof import Found
from migrate.reading import LARGE_BYTES_MIN
from migrate.refusals import SourceFailed, Stopped
from migrate.run import ROUNDS_MAX
from migrate.scope import Scope
from migrate.stop import Stop
from migrate.store_source import FAILURES_MAX
from tests.contract.stores import Place, azure, gcs, s3
from tests.migrate.moving import (
    BLOBS,
    MAPPED,
    NOT_FOR_FOLDERS,
    SERVICES,
    Moves,
    documents,
    fill,
    folder,
)
from tests.migrate.scene import Notes, Watched, contents, in_parts
from tests.migrate.standing import Everything


@pytest.fixture(
    params=["local", *(pytest.param(name, marks=pytest.mark.emulator) for name in SERVICES)]
)
def source(place: Place, request: pytest.FixtureRequest) -> BlobStore:
    """A source on every kind of store."""
    if request.param == "local":
        return folder(place.folder / "from")
    return SERVICES[request.param](place)


@pytest.mark.emulator
def test_a_way_round_all_stores_ends_with_what_it_began_with(
    moves: Moves, place: Place, tmp_path: Path
) -> None:
    first, second, third = s3(place), azure(place), gcs(place)
    backup, last = folder(tmp_path / "backup"), s3(place)
    large = {"large.bin": (bytes(LARGE_BYTES_MIN + 5), Properties("image/png"))}
    all_of_them = BLOBS | NOT_FOR_FOLDERS | large
    fill(first, all_of_them)

    summaries = [
        moves.run(first, second)[0],
        moves.run(second, third)[0],
        moves.run(third, backup, scope=MAPPED)[0],
        moves.run(backup, last)[0],
    ]

    assert [summary.ending for summary in summaries] == ["complete"] * 4
    for store in (second, third, last):
        assert documents(store) == all_of_them


def test_a_second_run_reads_and_writes_nothing(moves: Moves, source: BlobStore) -> None:
    fill(source, BLOBS)
    store = MemoryStore()
    moves.run(source, store)
    here, there = Watched(source), Watched(store)

    _, notes = moves.run(here, there)

    assert here.reads.keys() <= {MANIFEST}
    assert (there.reads, there.writes) == ({}, {})
    assert notes.results() == {Result.ALREADY_THERE: len(BLOBS)}


def test_a_blob_that_is_written_while_it_is_read_arrives_as_it_is_then(
    moves: Moves, source: BlobStore
) -> None:
    fill(source, {"busy": (b"aa", Properties()), "quiet": (b"q", Properties())})
    changes = iter([b"bb"])

    def write(key: Key) -> None:
        if key == "busy":
            for data in changes:
                source.write(key, data)

    store = MemoryStore()
    summary, _ = moves.run(Watched(source, before_read=write), store)

    assert summary.ending == "complete"
    assert contents(store) == {"busy": b"bb", "quiet": b"q"}


@pytest.mark.parametrize("size", [10, LARGE_BYTES_MIN + 1])
def test_a_blob_that_never_rests_is_reported_and_not_stored(moves: Moves, size: int) -> None:
    source, store = MemoryStore(), MemoryStore()
    fill(source, {"busy": (b"0" * size, Properties()), "quiet": (b"q", Properties())})
    writes: list[str] = []

    def write(key: Key) -> None:
        if key == "busy":
            writes.append(key)
            source.write(key, bytes([len(writes)]) * size)

    _, notes = moves.run(Watched(source, before_read=write), store)

    assert notes.causes() == {"busy": Cause.CHANGED}
    assert contents(store) == {"quiet": b"q"}
    assert len(writes) == 1 + ROUNDS_MAX


def test_a_large_blob_that_is_written_while_it_is_sent_is_not_stored_half(moves: Moves) -> None:
    size = 2 * LARGE_BYTES_MIN
    source, store = MemoryStore(), MemoryStore()
    fill(source, {"busy": (b"0" * size, Properties())})
    reads: list[str] = []

    def write(key: Key) -> None:
        reads.append(key)
        if len(reads) % 3 == 0:  # two spans for the digest, one to send
            source.write(key, bytes([len(reads)]) * size)

    _, notes = moves.run(Watched(source, before_read=write), store, throttle=in_parts())

    assert notes.causes() == {"busy": Cause.CHANGED}
    assert contents(store) == {}


def test_a_blob_of_some_size_is_read_once(moves: Moves) -> None:
    source, store = MemoryStore(), MemoryStore()
    blob: Everything = {"large": (bytes(2 * LARGE_BYTES_MIN), Properties())}
    fill(source, blob)
    watched = Watched(source)

    moves.run(watched, store)

    assert watched.reads == {"large": 2}
    assert documents(store) == blob


def test_a_blob_that_is_deleted_meanwhile_is_gone(moves: Moves) -> None:
    source, store = MemoryStore(), MemoryStore()
    fill(source, {"a": (b"1", Properties()), "z": (b"2", Properties())})

    def delete(key: Key) -> None:
        source.delete(parse_key("z"))

    _, notes = moves.run(Watched(source, before_read=delete), store)

    assert notes.causes() == {"z": Cause.GONE}
    assert contents(store) == {"a": b"1"}


def test_a_run_that_was_stopped_goes_on_without_reading_or_writing_twice(moves: Moves) -> None:
    blobs: Everything = {f"{number:03}": (b"%d" % number, Properties()) for number in range(150)}
    source, store, stop = MemoryStore(), MemoryStore(), Stop()
    fill(source, blobs)
    here, there = Watched(source), Watched(store)
    notes = Notes()

    def note(outcome: Outcome) -> None:
        stop.requested = len(notes.outcomes) >= 70

    notes.on_note = note

    with pytest.raises(Stopped):
        moves.run(here, there, stop=stop, notes=notes)
    written = set(there.writes)
    summary, _ = moves.run(here, there)

    assert summary.ending == "complete"
    assert 70 <= len(written) < len(blobs)
    assert set(there.writes.values()) == {1}
    assert {here.reads[key] for key in written} == {1}
    assert contents(store) == contents(source)


class _Together(LocalStore):
    """Answers reads only when four wait for an answer."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.barrier = threading.Barrier(4, timeout=60)

    def read(self, key: Key, *, span: Span | None = None, unless: Version | None = None) -> Blob:
        if key.startswith("blob"):
            self.barrier.wait()
        return super().read(key, span=span, unless=unless)


@pytest.mark.parametrize("what", ["run", "compare", "verify"])
def test_several_blobs_are_read_at_once(moves: Moves, tmp_path: Path, what: str) -> None:
    blobs: Everything = {f"blob{number}": (b"%d" % number, Properties()) for number in range(8)}
    fill(folder(tmp_path / "from"), blobs)
    source, store = _Together(tmp_path / "from"), MemoryStore()

    if what == "run":
        moves.run(source, store)
    else:
        fill(store, blobs)
        if what == "compare":
            moves.run(source, store)
        else:
            assert moves.verify(source, store, read_all=True)[0].proved == len(blobs)

    assert contents(store) == {key: data for key, (data, _) in blobs.items()}


def test_a_blob_that_cannot_be_read_is_left_out_and_a_store_that_cannot_ends_the_run(
    moves: Moves,
) -> None:
    source, store = MemoryStore(), MemoryStore()
    fill(source, {f"{number:02}": (b"x", Properties()) for number in range(2 * FAILURES_MAX)})
    shut: set[str] = {"07"}

    def refuse(key: Key) -> None:
        if key in shut:
            raise Unavailable(f"{key}: no answer", key=key)

    _, notes = moves.run(Watched(source, before_read=refuse), store)
    shut.update(contents(source))
    nowhere = MemoryStore()
    with pytest.raises(SourceFailed, match="no answer"):
        moves.run(Watched(source, before_read=refuse), nowhere)

    assert notes.causes() == {"07": Cause.UNREADABLE}
    assert contents(store).keys() == contents(source).keys() - {"07"}
    assert contents(nowhere) == {}


def test_our_own_records_are_not_moved_and_a_kbignore_is_a_document(moves: Moves) -> None:
    source, store = MemoryStore(), MemoryStore()
    fill(source, {key: (b"*", Properties()) for key in (".kb/saved/x", ".kbignore", "a.md")})

    moves.run(source, store)

    assert contents(store) == {".kbignore": b"*", "a.md": b"*"}
    assert [info.key for info in store.scan(".kb/")] == []


def test_what_lies_there_under_no_key_is_named(moves: Moves, tmp_path: Path) -> None:
    source, store = folder(tmp_path / "from"), MemoryStore()
    fill(source, {"a.md": (b"1", Properties())})
    (tmp_path / "from" / "dot.").write_bytes(b"2")
    (tmp_path / "from" / "link").symlink_to("a.md")

    _, notes = moves.run(source, store)

    assert notes.causes() == {"dot.": Cause.UNREADABLE, "link": Cause.UNREADABLE}
    assert contents(store) == {"a.md": b"1"}


LONG = b"a line of text that is written often\n" * 400
LAYERED: Everything = {key: (LONG, Properties("text/plain")) for key in ("a.md", "b/a.md")}


def test_layers_are_read_through(moves: Moves) -> None:
    backend, store = MemoryStore(), MemoryStore()
    source = open_stack(backend, StackOptions(deduplicate=True, compress=True))
    fill(source, LAYERED)

    moves.run(source, store)
    again = Watched(source)
    moves.run(again, store)

    assert documents(store) == LAYERED
    assert again.reads == {}
    assert moves.verify(source, store, read_all=True)[0].holds


def test_pointers_are_not_moved_for_what_they_point_to(moves: Moves) -> None:
    backend, store = MemoryStore(), MemoryStore()
    fill(open_stack(backend, StackOptions(deduplicate=True)), LAYERED)

    _, notes = moves.run(backend, store)

    assert set(notes.causes().values()) == {Cause.UNREADABLE}
    assert "KB_DEDUPLICATE" in notes.outcomes[0].reason
    assert contents(store) == {}


def test_a_blob_that_differs_is_found_whichever_side_it_is_on(moves: Moves) -> None:
    source, store = MemoryStore(), MemoryStore()
    fill(source, BLOBS)
    moves.run(source, store)
    source.write(parse_key("plain.md"), b"# two\n")
    store.write(parse_key("untyped"), b"?")

    for read_all in (False, True):
        _, notes = moves.verify(source, store, read_all=read_all)

        assert notes.found() == {"plain.md": Found.SOURCE_CHANGED, "untyped": Found.DIFFERENT}


def test_filters_choose_from_a_store(moves: Moves) -> None:
    source, store = MemoryStore(), MemoryStore()
    fill(source, BLOBS)

    _, notes = moves.run(source, store, scope=Scope(Filters(include=("*.md",))))

    assert contents(store) == {"plain.md": b"# one\n"}
    assert notes.results() == {Result.COPIED: 1, Result.EXCLUDED: len(BLOBS) - 1}
