"""Laws of write and delete."""

from contextlib import suppress
from datetime import UTC

from app.store.conformance.expecting import content_of, refused
from app.store.contract import ABSENT, BlobStore, Span, digest_of
from app.store.errors import ConditionFailed, NotFound, Unsupported
from app.store.keys import Key

_A, _B = Key("notes/a.md"), Key("notes/b.md")


def what_is_written_is_read_back(store: BlobStore) -> None:
    """Any bytes: none, a zero, all values, 100 kB, line ends of every kind."""
    for data in (b"", b"\0", bytes(range(256)), b"a" * 100_000, b"one\r\ntwo\nthree\r"):
        store.write(_A, data)

        assert store.read(_A).data == data


def a_write_returns_the_state_that_read_and_stat_show(store: BlobStore) -> None:
    """The version returned is the one that `read` and `stat` show until the next write."""
    written = store.write(_A, b"data")

    for shown in (store.stat(_A), store.read(_A).info):
        assert (shown.key, shown.version, shown.digest) == (_A, written.version, written.digest)
        assert shown.size_stored == written.size_stored


def a_version_stays_until_the_next_write(store: BlobStore) -> None:
    """Reads, scans, neighbours, refused writes and another connection's look do not change it."""
    version = store.write(_A, b"data").version
    store.write(_B, b"other")
    store.read(_A, span=Span(1, 2))
    list(store.scan())
    with suppress(ConditionFailed, Unsupported):
        store.write(_A, b"never", when=ABSENT)
    store.delete(_B)

    shown = [store.stat(_A), store.read(_A).info, *store.scan("notes/a")]
    assert [info.version for info in shown] == [version] * 3


def capabilities_do_not_change(store: BlobStore) -> None:
    """They are constant for the lifetime of a store."""
    before = store.capabilities
    store.write(_A, b"data")
    store.delete(_A)

    assert store.capabilities == before


def the_last_write_wins(store: BlobStore) -> None:
    """A write without a condition replaces what was there."""
    store.write(_A, b"one, and longer")
    store.write(_A, b"two")

    assert store.read(_A).data == b"two"


def a_write_leaves_other_blobs_alone(store: BlobStore) -> None:
    """Only the blob that is named changes."""
    store.write(_A, b"a")
    other = store.write(_B, b"b")
    store.write(_A, b"aa")
    store.delete(_A)

    assert store.stat(_B).version == other.version
    assert store.read(_B).data == b"b"


def different_bytes_have_different_versions(store: BlobStore) -> None:
    """Also of one size, written as fast as can be, with deletes in between."""
    versions: list[str] = []
    for number in range(40):
        versions.append(store.write(_A, b"%02d" % number).version)
        if number % 4 == 3:
            store.delete(_A)

    assert len(set(versions)) == 40


def the_size_is_exact_where_promised(store: BlobStore) -> None:
    """`size_stored` is the content's size where `exact_size`, else at least not negative."""
    size = store.write(_A, b"four").size_stored

    assert size == 4 if store.capabilities.exact_size else size >= 0


def a_digest_is_that_of_the_stored_bytes(store: BlobStore) -> None:
    """A store may give none; one that it gives is true."""
    store.write(_A, b"data")
    for info in (store.stat(_A), store.read(_A).info, *store.scan()):
        if info.digest is not None and store.capabilities.exact_size:
            assert info.digest == digest_of(b"data", info.digest.algorithm)


def the_time_of_writing_is_in_utc_and_moves_forward(store: BlobStore) -> None:
    """By the store's own clock, in every answer that names it."""
    written = store.write(_A, b"one")
    first = store.stat(_A).modified
    for info in (store.stat(_A), written, store.read(_A).info, *store.scan()):
        assert info.modified.tzinfo is UTC
        # Some services answer a write with the time of the answer, and keep whole seconds.
        assert abs(info.modified - first).total_seconds() < 5
    store.write(_A, b"two")
    second = store.stat(_A).modified

    assert first <= second


def a_deleted_blob_is_gone(store: BlobStore) -> None:
    """It is neither read nor scanned, and may be written anew."""
    store.write(_A, b"data")
    store.delete(_A)

    with refused(NotFound, key=_A):
        store.read(_A)
    assert list(store.scan()) == []
    store.write(_A, b"again")
    assert store.read(_A).data == b"again"


def a_delete_leaves_what_begins_alike(store: BlobStore) -> None:
    """Neither what lies below a folder of that name, nor longer names."""
    others = [Key("notes/a.md.bak"), Key("notes/a.md2"), Key("notes2")]
    for key in (_A, *others):
        store.write(key, b"data")
    store.delete(_A)
    store.delete(Key("notes"))

    assert sorted(info.key for info in store.scan()) == others


def deleting_a_missing_blob_succeeds(store: BlobStore) -> None:
    """So that a repeated delete does not fail against itself."""
    store.delete(_A)
    store.write(_A, b"data")
    store.delete(_A)
    store.delete(_A)

    assert content_of(store, _A) is None


def closing_twice_is_allowed(store: BlobStore) -> None:
    """Close releases connections, also those of a store that was never used."""
    store.close()
    store.close()
