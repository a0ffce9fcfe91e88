"""An answer that breaks off, is cut short or empty is never taken for a whole one: it is a StoreError."""

from collections.abc import Callable, Iterator

import pytest

from app.store.contract import BlobStore, Span
from app.store.errors import StoreError, Unavailable
from app.store.keys import Key
from benchmarks.sinks import Fault, Sink, sink
from tests.migrate.services import DIALECTS, service

# The sink is compiled with Go: see tests/benchmarks/test_sink.py.
pytestmark = pytest.mark.proof

KEYS = [Key(f"{number:04}") for number in range(1001)]  # more than a page of S3's
LARGE = bytes(9 << 20)


@pytest.fixture(scope="module")
def at() -> Iterator[Sink]:
    with sink() as running:
        yield running


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("fault", ["cut_after", "short", "empty", "tokenless"])
@pytest.mark.parametrize("first", [1, 2])
def test_a_torn_page_is_never_the_end_of_a_listing(
    at: Sink, dialect: str, fault: str, first: int
) -> None:
    store = service(at, dialect, page_keys_max=400).store
    for key in KEYS:
        store.write(key, b"x")
    at.set_faults(Fault(fault, "list", first=first))
    seen: list[Key] = []
    torn = None
    try:
        seen.extend(info.key for info in store.scan())
    except Unavailable as error:
        torn = error
    finally:
        at.set_faults()

    # Azure has no word for "more follows" but the token itself.
    assert torn or (seen == KEYS) or (dialect, fault) == ("azure", "tokenless")
    assert seen == KEYS[: len(seen)]


READS: dict[str, Callable[[BlobStore, Key], object]] = {
    "read": lambda store, key: store.read(key),
    "span": lambda store, key: store.read(key, span=Span(1, 3)),
    "read_many": lambda store, key: next(store.read_many([key])),
    "stat": lambda store, key: store.stat(key),
}


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("call", sorted(READS))
def test_a_torn_answer_to_a_read_is_an_error_that_says_so(
    at: Sink, dialect: str, call: str
) -> None:
    store = service(at, dialect).store
    store.write(Key("a"), b"0123456789")
    at.set_faults(Fault("cut_after", "read"))
    try:
        answer: object = READS[call](store, Key("a"))
    except StoreError as error:
        answer = error
    finally:
        at.set_faults()

    assert isinstance(answer, Unavailable)
    assert "a" in str(answer)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("data", [b"small", LARGE], ids=["small", "large"])
@pytest.mark.parametrize("fault", ["cut_after", "empty"])
def test_a_torn_answer_to_a_write_names_no_version(
    at: Sink, dialect: str, data: bytes, fault: str
) -> None:
    store = service(at, dialect).store
    at.set_faults(Fault(fault, "write"))
    try:
        version: str | None = store.write(Key("a"), data).version
    except Unavailable:
        version = None
    finally:
        at.set_faults()

    assert version is None or version == store.stat(Key("a")).version
