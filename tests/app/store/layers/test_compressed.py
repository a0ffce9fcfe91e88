"""What is stored compressed, how others read it, and what comes back."""

import gzip
import io
import zlib
from pathlib import Path
from random import Random

import pytest

from app.store.backends.local import LocalStore
from app.store.backends.memory import MemoryStore
from app.store.contract import (
    ALWAYS,
    NO_PROPERTIES,
    Blob,
    BlobInfo,
    Content,
    IfVersion,
    Properties,
    Source,
    Span,
    Upload,
    When,
)
from app.store.errors import ContentChanged, CorruptBlob, Unsupported
from app.store.keys import Key
from app.store.layers.compressed import PLAIN_SIZE, CompressedStore

_A = Key("notes/a.md")
_TEXT = b"".join(b"line %d of a text\n" % number for number in range(2000))
_RANDOM = Random(0)  # noqa: S311 - the same bytes each time
_HEXADECIMAL = _RANDOM.randbytes(50_000).hex().encode()
_MARKDOWN = Properties(content_type="text/markdown", metadata={"source": "a"})


@pytest.fixture
def memory() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def store(memory: MemoryStore) -> CompressedStore:
    return CompressedStore(memory)


def test_another_client_reads_it_by_its_standard_header(
    store: CompressedStore, memory: MemoryStore
) -> None:
    store.write(_A, _TEXT, properties=_MARKDOWN)
    stored = memory.read(_A)

    assert gzip.decompress(stored.data) == _TEXT
    assert len(stored.data) < len(_TEXT) / 3
    assert (stored.properties.content_type, stored.properties.content_encoding) == (
        "text/markdown",
        "gzip",
    )


def test_it_comes_back_with_what_it_was_given(store: CompressedStore) -> None:
    info = store.write(_A, _TEXT, properties=_MARKDOWN)
    (many,) = store.read_many([_A])

    assert store.read(_A) == many == Blob(info, _MARKDOWN, _TEXT)
    for start, length in ((0, 10), (500, 7), (len(_TEXT) - 3, 10), (len(_TEXT), 1), (0, 10**6)):
        part = store.read(_A, span=Span(start, length))
        assert part.data == _TEXT[start : start + length]
        assert (part.info, part.properties) == (info, _MARKDOWN)


@pytest.mark.parametrize(
    ("content", "properties"),
    [
        pytest.param(b"a" * 1000, Properties(), id="small"),
        pytest.param(_RANDOM.randbytes(100_000), Properties(), id="what does not shrink"),
        pytest.param(zlib.compress(_HEXADECIMAL), Properties(), id="what is compressed already"),
        pytest.param(
            b"a" * 70_000 + _RANDOM.randbytes(5_000_000), Properties(), id="only at first"
        ),
        pytest.param(gzip.compress(_TEXT), Properties(content_encoding="gzip"), id="another's"),
        pytest.param(_TEXT, Properties(content_encoding="identity"), id="with an encoding"),
    ],
)
def test_what_does_not_pay_is_stored_as_it_is(
    store: CompressedStore, memory: MemoryStore, content: bytes, properties: Properties
) -> None:
    store.write(_A, content, properties=properties)

    assert (memory.read(_A).data, memory.read(_A).properties) == (content, properties)
    assert (store.read(_A).data, store.read(_A).properties) == (content, properties)
    store.write(_A, Source(len(content), lambda: io.BytesIO(content)), properties=properties)
    assert memory.read(_A).data == content


def test_content_over_the_limit_is_stored_as_it_is(memory: MemoryStore) -> None:
    CompressedStore(memory, bytes_max=len(_TEXT) - 1).write(_A, _TEXT)

    assert memory.read(_A).data == _TEXT


def test_blobs_from_before_the_layer_come_back_untouched(
    store: CompressedStore, memory: MemoryStore
) -> None:
    packed = gzip.compress(_TEXT)
    for data, encoding in ((_TEXT, None), (packed, "gzip"), (packed, None)):
        memory.write(_A, data, properties=Properties(content_encoding=encoding))

        assert store.read(_A) == memory.read(_A)
        assert store.read(_A, span=Span(3, 5)) == memory.read(_A, span=Span(3, 5))
        assert list(store.read_many([_A])) == [memory.read(_A)]


def test_equal_content_is_stored_as_equal_bytes(
    store: CompressedStore, memory: MemoryStore
) -> None:
    large = _TEXT * 300
    stored = set()
    for content in (large, Source(len(large), lambda: io.BytesIO(large))) * 2:
        store.write(_A, content)
        stored.add(memory.read(_A).data)

    assert len(stored) == 1
    assert len(large) > 10 << 20


def test_a_large_source_is_read_back_and_may_be_retried() -> None:
    class Retrying(MemoryStore):
        def write(
            self,
            key: Key,
            content: Content,
            *,
            when: When = ALWAYS,
            properties: Properties = NO_PROPERTIES,
            lease: str | None = None,
        ) -> BlobInfo:
            assert isinstance(content, Source)
            super().write(key, content)
            return super().write(key, content, when=when, properties=properties, lease=lease)

    large = _TEXT * 300
    backend = Retrying()
    store = CompressedStore(backend)
    store.write(_A, Source(len(large), lambda: io.BytesIO(large)))

    assert gzip.decompress(backend.read(_A).data) == large
    assert store.read(_A).data == large


@pytest.mark.parametrize("promised", [len(_TEXT) - 1, len(_TEXT) + 1])
@pytest.mark.parametrize("times", [1, 300])
def test_a_source_of_another_size_is_refused(
    store: CompressedStore, memory: MemoryStore, promised: int, times: int
) -> None:
    memory.write(_A, b"old")
    source = Source(promised * times, lambda: io.BytesIO(_TEXT * times))
    with pytest.raises(ContentChanged):
        store.write(_A, source)
    (answer, other) = store.write_many([Upload(_A, source), Upload(Key("b"), _TEXT)])

    assert isinstance(answer, ContentChanged)
    assert memory.read(_A).data == b"old"
    assert not isinstance(other, ContentChanged)
    assert store.read(Key("b")).data == _TEXT


@pytest.mark.parametrize("damage", ["cut", "more", "flipped", "size", "no size", "bomb", "other"])
def test_what_does_not_decode_is_corrupt(
    store: CompressedStore, memory: MemoryStore, damage: str
) -> None:
    store.write(_A, _TEXT)
    stored = memory.read(_A)
    data, metadata = bytearray(stored.data), dict(stored.properties.metadata)
    match damage:
        case "cut":
            del data[-1]
        case "more":
            data += b"x"
        case "flipped":
            data[len(data) // 2] ^= 1
        case "size":
            metadata[PLAIN_SIZE] = str(len(_TEXT) - 1)
        case "no size":
            metadata[PLAIN_SIZE] = "-1"
        case "bomb":
            data = bytearray(gzip.compress(bytes(100 << 20)))
        case "other":
            data = bytearray(_TEXT)
    memory.write(_A, bytes(data), properties=Properties(content_encoding="gzip", metadata=metadata))

    with pytest.raises(CorruptBlob, match=r"notes/a\.md"):
        store.read(_A)
    with pytest.raises(CorruptBlob):
        store.read(_A, span=Span(5, 5))
    memory.write(Key("b"), b"fine")
    corrupt, fine = store.read_many([_A, Key("b")])
    assert isinstance(corrupt, CorruptBlob)
    assert isinstance(fine, Blob)


def test_the_layers_own_mark_cannot_be_given(store: CompressedStore, memory: MemoryStore) -> None:
    marked = Properties(metadata={PLAIN_SIZE: "5"})
    with pytest.raises(Unsupported, match=PLAIN_SIZE):
        store.write(_A, b"data", properties=marked)
    refused, written = store.write_many([Upload(_A, b"x", properties=marked), Upload(_A, b"y")])

    assert isinstance(refused, Unsupported)
    assert memory.read(_A).data == b"y"
    assert not isinstance(written, Unsupported)


def test_conditions_are_about_what_is_stored(store: CompressedStore) -> None:
    version = store.write(_A, _TEXT).version

    assert store.read(_A).info.version == version
    store.write(_A, _TEXT * 2, when=IfVersion(version))
    assert store.read(_A).data == _TEXT * 2


def test_sizes_are_exact_only_where_nothing_is_compressed(memory: MemoryStore) -> None:
    assert not CompressedStore(memory).capabilities.exact_size


def test_where_no_property_is_kept_nothing_is_compressed(tmp_path: Path) -> None:
    local = LocalStore(tmp_path)
    store = CompressedStore(local)
    store.write(_A, _TEXT)
    list(store.write_many([Upload(Key("b"), _TEXT)]))

    assert local.read(_A).data == local.read(Key("b")).data == _TEXT
    assert store.capabilities == local.capabilities
