"""What the service backends send, and what becomes of answers that are lost."""

import io
import tracemalloc
from collections.abc import Callable, Iterator

import pytest

from app.store.backends.azure import AzureStore
from app.store.backends.gcs import GCSStore
from app.store.backends.s3 import S3Store
from app.store.contract import ABSENT, IfVersion, Source, When
from app.store.errors import ConditionFailed, RetriesExhausted, StoreError, Unavailable
from app.store.keys import Key
from app.store.operations import ensure
from tests.contract.relay import Fate, Relay, Request
from tests.contract.services import ServiceStore, open_service

pytestmark = pytest.mark.emulator

_A = Key("a.md")
_LARGE = Source(9 << 20, lambda: io.BytesIO(bytes(9 << 20)))

_WRITE = {S3Store: "PUT", AzureStore: "PUT", GCSStore: "POST"}
_STAT = {S3Store: "HEAD", AzureStore: "HEAD", GCSStore: "GET"}
"""What each service has for a small write, and for a look."""

# What only these two have: GCS says it elsewhere (test_gcs_wire.py).
with_headers = pytest.mark.parametrize("service", ["s3", "azure"], indirect=True)


@pytest.fixture(params=["s3", "azure", "gcs"])
def service(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def store(service: str, relay: Relay) -> Iterator[ServiceStore]:
    store = open_service(service, relay.url)
    relay.requests.clear()
    yield store
    store.close()


def test_a_conditional_write_goes_through_once(store: ServiceStore, relay: Relay) -> None:
    relay.fate = _fate("lose the answer", _WRITE[type(store)])
    with pytest.raises(Unavailable) as caught:
        store.write(_A, b"data", when=ABSENT)

    assert caught.value.retryable
    assert [request.method for request in relay.requests] == [_WRITE[type(store)]]
    assert store.read(_A).data == b"data"


def test_a_conditional_delete_goes_through_once(store: ServiceStore, relay: Relay) -> None:
    version = store.write(_A, b"data").version
    relay.requests.clear()
    relay.fate = _fate("lose the answer", "DELETE")
    with pytest.raises(Unavailable):
        store.delete(_A, when=IfVersion(version))

    assert [request.method for request in relay.requests].count("DELETE") == 1
    assert relay.requests[-1].method == "DELETE"


def test_an_unconditional_write_is_repeated_by_the_sdk(store: ServiceStore, relay: Relay) -> None:
    method = _WRITE[type(store)]
    relay.fate = _once("lose the answer", method)
    store.write(_A, b"data")

    assert [request.method for request in relay.requests] == [method, method]
    assert store.read(_A).data == b"data"


def test_a_lost_answer_is_settled_by_who_wants_the_bytes_there(
    store: ServiceStore, relay: Relay
) -> None:
    relay.fate = _once("lose the answer", _WRITE[type(store)])

    assert ensure(store, _A, b"data", when=ABSENT).version == store.stat(_A).version


def test_a_service_that_stays_busy_is_named(store: ServiceStore, relay: Relay) -> None:
    # Not by a read: for each busy answer to a download the Azure SDK leaves a socket to the collector.
    relay.fate = _fate("say busy", _STAT[type(store)])
    with pytest.raises(RetriesExhausted, match=_A) as caught:
        store.stat(_A)

    assert not caught.value.retryable
    assert "http://127.0.0.1" in str(caught.value)
    assert len(relay.requests) > 1


def test_a_listing_that_breaks_off_is_an_error_and_not_an_end(
    store: ServiceStore, relay: Relay
) -> None:
    for number in range(10):
        store.write(Key(str(number)), b"")
    scan = store.scan()
    next(scan)
    relay.fate = _fate("say busy", "GET")

    with pytest.raises(Unavailable):
        list(scan)


def test_a_read_that_breaks_off_never_gives_half_the_bytes(
    store: ServiceStore, relay: Relay
) -> None:
    data = bytes(range(256)) * 4_000
    store.write(_A, data)
    relay.fate = _once("cut the answer", "GET")
    try:
        seen = store.read(_A).data
    except Unavailable:
        seen = data

    assert seen == data
    assert store.read(_A).data == data


@with_headers
@pytest.mark.parametrize("when", [ABSENT, IfVersion("held")], ids=["absent", "if version"])
def test_large_content_carries_its_condition_with_the_last_call(
    store: ServiceStore, relay: Relay, when: When
) -> None:
    # moto 5.2 does not check If-Match there; that the service is asked to is seen here.
    if isinstance(when, IfVersion):
        when = IfVersion(store.write(_A, b"old").version)
    relay.requests.clear()
    store.write(_A, _LARGE, when=when)
    last = relay.requests[-1]

    expected = ("if-none-match", "*") if when is ABSENT else ("if-match", f'"{_version(when)}"')
    assert expected in last.headers.items()
    assert "uploadid" in last.target.lower() or "comp=blocklist" in last.target


def test_a_lost_condition_costs_no_upload(store: ServiceStore, relay: Relay) -> None:
    store.write(_A, b"old")
    relay.requests.clear()
    with pytest.raises(ConditionFailed):
        store.write(_A, _LARGE, when=ABSENT)

    assert [request.method for request in relay.requests] == [_STAT[type(store)]]


@with_headers
def test_every_upload_carries_a_checksum_and_waits_for_no_permission(
    store: ServiceStore, relay: Relay
) -> None:
    store.write(_A, b"data")
    store.write(_A, _LARGE)
    bodies = [
        request
        for request in relay.requests
        if request.method == "PUT" and "comp=blocklist" not in request.target
    ]

    assert len(bodies) == 3
    assert all("content-md5" in request.headers for request in bodies)
    assert not any("expect" in request.headers for request in relay.requests)


def test_a_failed_upload_leaves_no_parts_behind(store: ServiceStore, relay: Relay) -> None:
    short = Source(20 << 20, lambda: io.BytesIO(bytes(10 << 20)))
    with pytest.raises(StoreError, match="ended before"):
        store.write(_A, short)

    assert list(store.scan()) == []
    if isinstance(store, S3Store):
        assert relay.requests[-1].method != "PUT"
        assert any(
            request.method == "DELETE" and "uploadId" in request.target
            for request in relay.requests
        )


def test_large_content_is_never_whole_in_memory(store: ServiceStore) -> None:
    size = 40 << 20
    tracemalloc.start()
    try:
        # The relay and its requests live in this process as well: each holds one part.
        store.write(_A, Source(size, lambda: _Zeros(size)))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert store.stat(_A).size_stored == size
    assert peak < size


def test_a_service_that_is_not_there_is_named_with_what_to_do(service: str) -> None:
    with pytest.raises(RetriesExhausted, match="kb local start"):
        open_service(service, "http://127.0.0.1:9/devstoreaccount1", create=False).stat(_A)


def _version(when: When) -> str:
    return when.version if isinstance(when, IfVersion) else ""


def _fate(fate: Fate, method: str) -> Callable[[Request], Fate]:
    return lambda request: fate if request.method == method else "pass"


def _once(fate: Fate, method: str) -> Callable[[Request], Fate]:
    fates: list[Fate] = [fate]
    return lambda request: fates.pop() if fates and request.method == method else "pass"


class _Zeros(io.BytesIO):
    """So many zeros, made when they are read."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._left = size

    def read(self, size: int | None = -1, /) -> bytes:
        given = min(self._left, self._left if size is None or size < 0 else size)
        self._left -= given
        return bytes(given)
