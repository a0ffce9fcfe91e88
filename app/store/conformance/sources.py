"""Laws of content that is opened when it is needed."""

import io
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import BinaryIO

from app.store.conformance.conditions import a_condition_that_cannot_be_checked_is_refused
from app.store.conformance.expecting import LARGE, content_of, refused
from app.store.conformance.law import only_where
from app.store.contract import ABSENT, BlobStore, IfVersion, Source
from app.store.errors import ConditionFailed, ContentChanged
from app.store.keys import Key

_A = Key("notes/a.md")


def a_source_is_stored_whole(store: BlobStore) -> None:
    """Empty, small, and larger than what services take at once."""
    for data in (b"", b"small", LARGE):
        written = store.write(_A, _source(data))

        assert store.read(_A).data == data
        assert store.stat(_A).version == written.version
        assert store.stat(_A).size_stored == written.size_stored


def a_source_is_closed_after_the_write(store: BlobStore) -> None:
    """Also when the write fails."""
    opened: list[BinaryIO] = []

    def reopen() -> AbstractContextManager[BinaryIO]:
        opened.append(io.BytesIO(b"data"))
        return opened[-1]

    store.write(_A, Source(4, reopen))
    with refused(ContentChanged, key=_A):
        store.write(_A, Source(5, reopen))

    assert len(opened) >= 2
    assert all(stream.closed for stream in opened)


def a_source_of_another_size_is_refused(store: BlobStore) -> None:
    """Shorter or longer, small or large: nothing is written, what was there stays."""
    store.write(_A, b"old")
    for data in (b"", b"small", LARGE):
        for promised in (len(data) + 1, max(len(data) - 1, 0)):
            if promised != len(data):
                with refused(ContentChanged, key=_A):
                    store.write(_A, Source(promised, _source(data).reopen))
                assert store.read(_A).data == b"old"


def a_source_that_cannot_be_read_is_refused(store: BlobStore) -> None:
    """Neither opened nor, later, read: ContentChanged, with the OSError as its cause."""
    for source in (Source(4, _unopenable), Source(len(LARGE), _breaking_off)):
        with refused(ContentChanged, key=_A) as caught:
            store.write(_A, source)
        assert caught.error is not None
        assert isinstance(caught.error.__cause__, OSError)
        assert content_of(store, _A) is None


@only_where("conditional_writes", otherwise=a_condition_that_cannot_be_checked_is_refused)
def conditions_hold_for_large_content(store: BlobStore) -> None:
    """As they do for small."""
    first = store.write(_A, _source(LARGE), when=ABSENT)
    with refused(ConditionFailed, key=_A):
        store.write(_A, _source(LARGE + b"!"), when=ABSENT)
    assert store.stat(_A).version == first.version
    second = store.write(_A, _source(LARGE + b"!"), when=IfVersion(first.version))
    with refused(ConditionFailed, key=_A):
        store.write(_A, _source(LARGE + b"?"), when=IfVersion(first.version))

    assert store.stat(_A).version == second.version
    assert store.read(_A).data == LARGE + b"!"


@only_where("conditional_writes", otherwise=a_condition_that_cannot_be_checked_is_refused)
def large_content_under_a_stale_version_of_nothing_is_refused(store: BlobStore) -> None:
    """IfVersion does not hold for a missing blob, however large what is to replace it."""
    version = store.write(_A, b"gone").version
    store.delete(_A)

    with refused(ConditionFailed, key=_A):
        store.write(_A, _source(LARGE), when=IfVersion(version))
    assert content_of(store, _A) is None


def _source(data: bytes) -> Source:
    return Source(len(data), lambda: io.BytesIO(data))


def _unopenable() -> AbstractContextManager[BinaryIO]:
    raise PermissionError(13, "Permission denied")


@contextmanager
def _breaking_off() -> Iterator[BinaryIO]:
    yield _BreakingOff(LARGE)


class _BreakingOff(io.BytesIO):
    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        # At the last part: everything before has been taken.
        if self.tell() == len(LARGE):
            raise OSError(5, "Input/output error")
        return data
