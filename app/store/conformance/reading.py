"""Laws of read and stat."""

import io

from app.store.conformance.expecting import LARGE, refused
from app.store.contract import BlobStore, Source, Span
from app.store.errors import NotFound, NotModified
from app.store.keys import Key

_A = Key("notes/a.md")


def a_missing_blob_is_not_found_and_named(store: BlobStore) -> None:
    """By `read`, whole or in part, and by `stat`."""
    for read in (
        lambda: store.read(_A),
        lambda: store.read(_A, span=Span(0, 1)),
        lambda: store.read(_A, unless="none"),
        lambda: store.stat(_A),
    ):
        with refused(NotFound, key=_A):
            read()


def a_part_of_a_key_is_not_a_blob(store: BlobStore) -> None:
    """Neither the folder of a blob, nor a beginning of its name, nor anything below it."""
    store.write(_A, b"data")
    for raw in ("notes", "notes/a", "notes/a.md/below"):
        with refused(NotFound, key=raw):
            store.read(Key(raw))
        with refused(NotFound, key=raw):
            store.stat(Key(raw))


def a_span_gives_that_part(store: BlobStore) -> None:
    """Counted in bytes from 0; the info is still the whole blob's."""
    written = store.write(_A, bytes(range(100)))
    for start, length in ((0, 1), (10, 20), (99, 1), (0, 100)):
        blob = store.read(_A, span=Span(start, length))

        assert blob.data == bytes(range(start, start + length))
        assert (blob.info.version, blob.info.size_stored) == (written.version, written.size_stored)


def a_span_over_the_end_gives_what_is_there(store: BlobStore) -> None:
    """A start at or past the end gives no bytes, also of an empty blob."""
    written = store.write(_A, b"0123456789")

    assert store.read(_A, span=Span(8, 100)).data == b"89"
    for start in (10, 11, 10_000):
        blob = store.read(_A, span=Span(start, 5))
        assert (blob.data, blob.info.version) == (b"", written.version)
    store.write(_A, b"")
    assert store.read(_A, span=Span(0, 5)).data == b""


def a_span_of_large_content_gives_that_part(store: BlobStore) -> None:
    """Also across the places where services cut content into parts, and at its end."""
    written = store.write(_A, Source(len(LARGE), lambda: io.BytesIO(LARGE)))
    for start, length in ((0, 3), ((8 << 20) - 2, 5), (len(LARGE) - 4, 100), (len(LARGE), 1)):
        blob = store.read(_A, span=Span(start, length))

        assert blob.data == LARGE[start : start + length]
        assert (blob.info.version, blob.info.size_stored) == (written.version, written.size_stored)


def a_version_already_held_is_not_sent_again(store: BlobStore) -> None:
    """`unless` names it; whole, in part and past the end."""
    version = store.write(_A, b"data").version
    for span in (None, Span(1, 2), Span(100, 1)):
        with refused(NotModified, key=_A):
            store.read(_A, span=span, unless=version)


def another_version_than_the_held_one_is_sent(store: BlobStore) -> None:
    """`unless` with a stale version changes nothing."""
    stale = store.write(_A, b"one").version
    store.write(_A, b"two")

    assert store.read(_A, unless=stale).data == b"two"
    assert store.read(_A, unless=stale, span=Span(1, 9)).data == b"wo"
    assert store.read(_A, unless=stale, span=Span(9, 9)).data == b""
