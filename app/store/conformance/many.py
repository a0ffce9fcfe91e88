"""Laws of read_many and write_many."""

import io
from collections.abc import Iterator
from itertools import count, islice

from app.store.conformance.conditions import a_condition_that_cannot_be_checked_is_refused
from app.store.conformance.expecting import LARGE, content_of
from app.store.conformance.law import only_where
from app.store.contract import (
    ABSENT,
    NO_PROPERTIES,
    Blob,
    BlobInfo,
    BlobStore,
    Content,
    IfVersion,
    Properties,
    Source,
    Upload,
)
from app.store.errors import ConditionFailed, ContentChanged, NotFound, Unsupported
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
    uploads = [Upload(Key(f"k/{number:03}"), b"%d" % number) for number in range(40)]
    answers = list(store.write_many(uploads))

    for upload, answer in zip(uploads, answers, strict=True):
        assert isinstance(answer, BlobInfo)
        assert answer.key == upload.key
        held = store.read(upload.key)
        assert (held.info.version, held.data) == (answer.version, upload.content)


def one_failed_write_does_not_fail_the_rest(store: BlobStore) -> None:
    """A source that has changed or cannot be read, between two that are stored."""
    answers = list(
        store.write_many(
            [
                Upload(Key("a"), b"a"),
                Upload(Key("c"), Source(9, lambda: io.BytesIO(b"short"))),
                Upload(Key("d"), Source(9, _gone)),
                Upload(Key("e"), b"e"),
            ]
        )
    )

    kinds = [BlobInfo, ContentChanged, ContentChanged, BlobInfo]
    assert [type(answer) for answer in answers] == kinds
    assert content_of(store, Key("a")) == b"a"
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


def many_reads_show_what_read_shows(store: BlobStore) -> None:
    """State and properties, not only the bytes; also of large content and of none."""
    given = Properties(content_type="text/plain", metadata={"n": "1"})
    for raw, data in (("empty", b""), ("small", b"data"), ("large", LARGE)):
        store.write(Key(raw), data, properties=given)
    keys = [Key("large"), Key("empty"), Key("small")]
    for key, answer in zip(keys, store.read_many(keys), strict=True):
        shown = store.read(key)

        assert isinstance(answer, Blob)
        assert (answer.data, answer.properties) == (shown.data, shown.properties)
        assert answer.info.version == shown.info.version
        assert answer.info.size_stored == shown.info.size_stored
        # A client for many may not show the checksum that comes with each.
        assert answer.info.digest in (None, shown.info.digest)


def many_writes_store_what_write_stores(store: BlobStore) -> None:
    """Bytes and sources, small, empty and large, with their properties."""
    given = Properties(content_type="text/plain", metadata={"n": "1"})
    contents: dict[Key, Content] = {
        Key("bytes"): b"data",
        Key("empty"): b"",
        Key("source"): Source(4, lambda: io.BytesIO(b"data")),
        Key("large"): Source(len(LARGE), lambda: io.BytesIO(LARGE)),
    }
    uploads = [Upload(key, content, properties=given) for key, content in contents.items()]
    for upload, answer in zip(uploads, store.write_many(uploads), strict=True):
        held = store.read(upload.key)

        assert isinstance(answer, BlobInfo), answer
        assert answer.version == held.info.version
        assert answer.digest in (None, held.info.digest)
        assert held.properties == (given if store.capabilities.properties else NO_PROPERTIES)
        data = upload.content if isinstance(upload.content, bytes) else None
        assert held.data == (data if data is not None else _bytes_of(upload.content))


@only_where("conditional_writes", otherwise=a_condition_that_cannot_be_checked_is_refused)
def many_writes_keep_their_conditions(store: BlobStore) -> None:
    """Each its own: what holds is written, what does not is refused and changes nothing."""
    stale = store.write(Key("stale"), b"one").version
    store.write(Key("stale"), b"two")
    fresh = store.write(Key("fresh"), b"one").version
    answers = list(
        store.write_many(
            [
                Upload(Key("new"), b"new", when=ABSENT),
                Upload(Key("stale"), b"three", when=IfVersion(stale)),
                Upload(Key("fresh"), b"two", when=IfVersion(fresh)),
                Upload(Key("missing"), b"data", when=IfVersion(fresh)),
            ]
        )
    )

    kinds = [BlobInfo, ConditionFailed, BlobInfo, ConditionFailed]
    assert [type(answer) for answer in answers] == kinds
    assert [answer.key for answer in answers] == ["new", "stale", "fresh", "missing"]
    assert content_of(store, Key("stale")) == b"two"
    assert content_of(store, Key("fresh")) == b"two"
    assert content_of(store, Key("missing")) is None


def a_condition_that_cannot_be_checked_is_refused_among_many(store: BlobStore) -> None:
    """Where `conditional_writes` is False; the others of the call are written."""
    if store.capabilities.conditional_writes:
        return
    plain, refusal = store.write_many([Upload(Key("a"), b"a"), Upload(Key("b"), b"b", when=ABSENT)])

    assert isinstance(plain, BlobInfo)
    assert isinstance(refusal, Unsupported)
    assert content_of(store, Key("b")) is None


def of_two_writes_of_one_key_one_stays(store: BlobStore) -> None:
    """Which, is not promised; both are answered."""
    answers = list(store.write_many([Upload(Key("a"), b"one"), Upload(Key("a"), b"two")]))
    held = store.read(Key("a"))

    assert all(isinstance(answer, BlobInfo) for answer in answers)
    assert held.data in (b"one", b"two")
    assert held.info.version in [
        answer.version for answer in answers if isinstance(answer, BlobInfo)
    ]


def _bytes_of(content: Content) -> bytes:
    assert isinstance(content, Source)
    with content.reopen() as stream:
        return stream.read()


def _gone() -> io.BytesIO:
    raise FileNotFoundError(2, "No such file or directory")
