"""Laws of read_many and write_many."""

import io
from collections.abc import Iterator
from itertools import count, islice

from app.store.conformance.expecting import content_of
from app.store.contract import (
    ABSENT,
    Blob,
    BlobInfo,
    BlobStore,
    Properties,
    Source,
    Upload,
)
from app.store.errors import ConditionFailed, ContentChanged, NotFound
from app.store.keys import Key


def many_reads_answer_in_the_order_asked(store: BlobStore) -> None:
    """Also for a key asked twice."""
    keys = [Key(f"k/{number:03}") for number in range(60)]
    for key in keys[:30]:
        store.write(key, key.encode())
    asked = [keys[(7 * number) % 30] for number in range(60)]
    answers = list(store.read_many(asked))

    assert [answer.data for answer in answers if isinstance(answer, Blob)] == [
        key.encode() for key in asked
    ]


def one_failed_read_does_not_fail_the_rest(store: BlobStore) -> None:
    """Its error stands in its place, and names its key."""
    store.write(Key("a"), b"a")
    store.write(Key("c"), b"c")
    first, second, third = store.read_many([Key("a"), Key("b"), Key("c")])

    assert isinstance(first, Blob)
    assert isinstance(second, NotFound)
    assert second.key == "b"
    assert isinstance(third, Blob)
    assert third.data == b"c"


def many_reads_take_only_as_many_keys_as_they_need(store: BlobStore) -> None:
    """An endless supply of keys can be read from."""
    store.write(Key("a"), b"a")
    taken = count()

    def keys() -> Iterator[Key]:
        while True:
            next(taken)
            yield Key("a")

    answers = store.read_many(keys())
    assert [blob.data for blob in islice(answers, 3) if isinstance(blob, Blob)] == [b"a"] * 3
    del answers
    assert next(taken) < 200


def many_reads_of_nothing_give_nothing(store: BlobStore) -> None:
    """No keys, no answers."""
    assert list(store.read_many([])) == []
    assert list(store.write_many([])) == []


def many_writes_answer_in_the_order_given(store: BlobStore) -> None:
    """With the state that each blob has then."""
    uploads = [Upload(Key(f"k/{number:03}"), b"%d" % number) for number in range(60)]
    answers = list(store.write_many(uploads))

    for upload, answer in zip(uploads, answers, strict=True):
        assert isinstance(answer, BlobInfo)
        assert answer.key == upload.key
        assert store.stat(upload.key).version == answer.version
        assert content_of(store, upload.key) == upload.content


def one_failed_write_does_not_fail_the_rest(store: BlobStore) -> None:
    """Neither a condition that does not hold, nor a source that has changed or cannot be read."""
    store.write(Key("b"), b"old")
    answers = list(
        store.write_many(
            [
                Upload(Key("a"), b"a", properties=Properties(metadata={"n": "1"})),
                Upload(Key("b"), b"new", when=ABSENT),
                Upload(Key("c"), Source(9, lambda: io.BytesIO(b"short"))),
                Upload(Key("d"), Source(9, _gone)),
                Upload(Key("e"), b"e"),
            ]
        )
    )

    kinds = [BlobInfo, ConditionFailed, ContentChanged, ContentChanged, BlobInfo]
    assert [type(answer) for answer in answers] == kinds
    assert content_of(store, Key("b")) == b"old"
    assert content_of(store, Key("c")) is None
    assert content_of(store, Key("e")) == b"e"


def many_writes_take_only_as_many_uploads_as_they_need(store: BlobStore) -> None:
    """An endless supply can be written from; what was taken and answered is stored."""
    taken = count()
    answers = store.write_many(Upload(Key(f"k/{number:06}"), b"") for number in taken)
    written = [answer.key for answer in islice(answers, 3) if isinstance(answer, BlobInfo)]
    del answers

    assert written == ["k/000000", "k/000001", "k/000002"]
    assert next(taken) < 200
    assert content_of(store, Key("k/000002")) == b""


def _gone() -> io.BytesIO:
    raise FileNotFoundError(2, "No such file or directory")
