"""One bit turned on the way: found wherever the service or its SDK can check; else the table says why not."""

import io
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final, Literal, NamedTuple

import pytest

from app.store.contract import BlobStore, Source, Span, Upload
from app.store.errors import CorruptBlob, StoreError, Unavailable
from app.store.keys import Key
from tests.contract.relay import Fate, Relay, Request, relayed
from tests.contract.services import open_service

pytestmark = pytest.mark.emulator

_A: Final = Key("a.md")
_SMALL: Final = bytes(range(256)) * 8
_LARGE: Final = bytes(range(256)) * (36 << 10)
FOUND: Final = "found"


class Cell(NamedTuple):
    service: str
    direction: Literal["upload", "download"]
    verb: str


# What is not FOUND says why nobody can find it; docs/unproved.md has the same lines.
TABLE: Final[dict[Cell, str]] = {
    Cell("s3", "upload", "write"): FOUND,
    Cell("s3", "upload", "write in parts"): FOUND,
    Cell("s3", "upload", "write_many"): FOUND,
    Cell(
        "s3", "upload", "write_many of large content"
    ): "over 1 MiB S3 compares the signed SHA-256 alone",
    Cell("s3", "download", "read"): FOUND,
    Cell("s3", "download", "read a span"): "S3 has no checksum of a part of an object",
    Cell("s3", "download", "read_many"): FOUND,
    Cell("azure", "upload", "write"): FOUND,
    Cell("azure", "upload", "write in parts"): FOUND,
    Cell("azure", "upload", "write_many"): FOUND,
    Cell("azure", "upload", "write_many of large content"): FOUND,
    Cell("azure", "download", "read"): FOUND,
    Cell("azure", "download", "read a span"): FOUND,
    Cell("azure", "download", "read a long span"): "Azure sums up parts of at most 4 MiB",
    Cell("gcs", "upload", "write"): FOUND,
    Cell("gcs", "upload", "write in parts"): FOUND,
    Cell("gcs", "upload", "write_many"): FOUND,
    Cell("gcs", "download", "read"): FOUND,
    Cell("gcs", "download", "read a span"): "GCS has no checksum of a part of an object",
    Cell("gcs", "download", "read_many"): FOUND,
    Cell("azure", "download", "read_many"): FOUND,
}


@pytest.fixture
def relay(cell: Cell, request: pytest.FixtureRequest) -> Iterator[Relay]:
    fixture = {"s3": "moto_url", "azure": "azurite_url", "gcs": "gcs_url"}[cell.service]
    with relayed(request.getfixturevalue(fixture)) as relay:
        yield relay


@pytest.mark.parametrize("cell", TABLE, ids=" ".join)
def test_a_bit_turned_on_the_way(cell: Cell, relay: Relay) -> None:
    with closing(open_service(cell.service, relay.url)) as store:
        _prepare(store, cell)
        relay.fate = _flip_once(cell)
        found = _finds(store, cell)

    assert found is (TABLE[cell] == FOUND)


def test_the_documents_say_where_nobody_can_check() -> None:
    page = Path("docs/unproved.md").read_text()

    assert [reason for reason in TABLE.values() if reason != FOUND and reason not in page] == []


def _prepare(store: BlobStore, cell: Cell) -> None:
    if cell.direction == "download":
        store.write(_A, _SMALL)


def _finds(store: BlobStore, cell: Cell) -> bool:
    """Return whether the damage is an error, or was repaired by asking again."""
    try:
        seen = _VERBS[cell.verb](store)
    except (CorruptBlob, Unavailable):
        return True
    return seen


def _write(store: BlobStore) -> bool:
    store.write(_A, _SMALL)
    return store.read(_A).data == _SMALL


def _write_in_parts(store: BlobStore) -> bool:
    store.write(_A, Source(len(_LARGE), lambda: io.BytesIO(_LARGE)))
    return store.read(_A).data == _LARGE


def _write_many(store: BlobStore) -> bool:
    return _written(store, _SMALL)


def _write_many_large(store: BlobStore) -> bool:
    return _written(store, _LARGE)


def _written(store: BlobStore, data: bytes) -> bool:
    (answer,) = store.write_many([Upload(_A, data)])
    if isinstance(answer, StoreError):
        raise answer
    return store.read(_A).data == data


def _read(store: BlobStore) -> bool:
    return store.read(_A).data == _SMALL


def _read_a_span(store: BlobStore) -> bool:
    return store.read(_A, span=Span(100, 1000)).data == _SMALL[100:1100]


def _read_a_long_span(store: BlobStore) -> bool:
    store.write(_A, _LARGE)
    return store.read(_A, span=Span(1, 5 << 20)).data == _LARGE[1 : (5 << 20) + 1]


def _read_many(store: BlobStore) -> bool:
    (answer,) = store.read_many([_A])
    if isinstance(answer, StoreError):
        raise answer
    return answer.data == _SMALL


_VERBS: Final[dict[str, Callable[[BlobStore], bool]]] = {
    "write": _write,
    "write in parts": _write_in_parts,
    "write_many": _write_many,
    "write_many of large content": _write_many_large,
    "read": _read,
    "read a span": _read_a_span,
    "read a long span": _read_a_long_span,
    "read_many": _read_many,
}


def _flip_once(cell: Cell) -> Callable[[Request], Fate]:
    fates: list[Fate] = ["damage the upload" if cell.direction == "upload" else "damage the answer"]
    return lambda request: fates.pop() if fates and _carries_content(request, cell) else "pass"


def _carries_content(request: Request, cell: Cell) -> bool:
    if cell.direction == "download":
        # GCS is asked for what it knows of an object first.
        return request.method == "GET" and (cell.service != "gcs" or "alt=media" in request.target)
    # The last call of an upload in parts names them: they come first.
    return request.method in ("PUT", "POST") and int(request.headers["content-length"]) > 1000
