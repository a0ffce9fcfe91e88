"""What the GCS backend says in its own way: conditions in the query, checksums in parts of a request."""

import io
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import parse_qs, urlsplit

import pytest

from app.store.backends.gcs import GCSStore
from app.store.contract import ABSENT, IfVersion, Properties, Source, Span
from app.store.errors import ConditionFailed, NotModified, Unavailable, Unsupported
from app.store.keys import Key
from tests.contract.relay import Fate, Relay, Request, relayed

pytestmark = pytest.mark.emulator

_A = Key("a.md")
_LARGE = Source(17 << 20, lambda: io.BytesIO(bytes(17 << 20)))


@pytest.fixture
def relay(gcs_url: str) -> Iterator[Relay]:
    with relayed(gcs_url) as relay:
        yield relay


@pytest.fixture
def store(relay: Relay, request: pytest.FixtureRequest) -> Iterator[GCSStore]:
    with closing(GCSStore(f"wire-{abs(hash(request.node.name))}", endpoint_url=relay.url)) as store:
        store.create_bucket()
        relay.requests.clear()
        yield store


def test_a_small_write_is_one_request_that_carries_its_condition(
    store: GCSStore, relay: Relay
) -> None:
    version = store.write(_A, b"one", when=ABSENT).version
    store.write(_A, b"two", when=IfVersion(version))

    assert [_asked(request, "ifGenerationMatch") for request in relay.requests] == ["0", version]


def test_large_content_begins_with_its_condition_and_ends_with_its_checksum(
    store: GCSStore, relay: Relay
) -> None:
    store.write(_A, _LARGE, when=ABSENT)
    begin, *parts = relay.requests[-4:]

    assert (begin.method, _asked(begin, "uploadType")) == ("POST", "resumable")
    assert _asked(begin, "ifGenerationMatch") == "0"
    assert [part.headers["content-range"] for part in parts] == [
        "bytes 0-8388607/17825792",
        "bytes 8388608-16777215/17825792",
        "bytes 16777216-17825791/17825792",
    ]
    assert "x-goog-hash" in parts[-1].headers


def test_the_last_part_of_a_conditional_upload_goes_through_once(
    store: GCSStore, relay: Relay
) -> None:
    relay.fate = lambda request: (
        "lose the answer" if _ends(request, "17825791/17825792") else "pass"
    )
    with pytest.raises(Unavailable):
        store.write(_A, _LARGE, when=ABSENT)

    assert sum(_ends(request, "17825791/17825792") for request in relay.requests) == 1
    assert store.stat(_A).size_stored == _LARGE.size


def test_a_part_that_got_no_answer_is_sent_again(store: GCSStore, relay: Relay) -> None:
    refused: list[Request] = []

    def refuse_the_second_part_once(request: Request) -> Fate:
        if _ends(request, "16777215/17825792") and not refused:
            refused.append(request)
            return "say busy"
        return "pass"

    relay.fate = refuse_the_second_part_once
    store.write(_A, _LARGE, when=ABSENT)

    assert refused
    assert store.stat(_A).size_stored == _LARGE.size


def test_a_conditional_write_that_was_turned_away_is_tried_again(
    store: GCSStore, relay: Relay
) -> None:
    relay.fate = lambda request: "say too many" if len(relay.requests) == 1 else "pass"
    store.write(_A, b"data", when=ABSENT)

    assert [request.method for request in relay.requests] == ["POST", "POST"]


def test_a_version_already_held_is_named_to_the_service(store: GCSStore, relay: Relay) -> None:
    version = store.write(_A, b"data").version
    relay.requests.clear()
    with pytest.raises(NotModified):
        store.read(_A, unless=version)

    assert [_asked(request, "ifGenerationNotMatch") for request in relay.requests] == [version]


def test_a_conditional_delete_names_its_version_and_no_generation(
    store: GCSStore, relay: Relay
) -> None:
    version = store.write(_A, b"data").version
    store.delete(_A, when=IfVersion(version))

    # With a generation, it would delete that for good in a bucket that keeps former states.
    assert _asked(relay.requests[-1], "ifGenerationMatch") == version
    assert _asked(relay.requests[-1], "generation") is None


def test_the_bytes_read_are_those_of_the_generation_that_was_seen(
    store: GCSStore, relay: Relay
) -> None:
    first = store.write(_A, b"first")
    relay.requests.clear()
    writer = GCSStore(store._objects.bucket, endpoint_url=relay.url)
    written: list[str] = []
    fates: list[Request] = []

    def replace_before_the_bytes(request: Request) -> Fate:
        if _asked(request, "alt") == "media" and not fates:
            fates.append(request)
            written.append(writer.write(_A, b"second").version)
        return "pass"

    relay.fate = replace_before_the_bytes
    with closing(writer):
        blob = store.read(_A, span=Span(0, 3))

    assert (blob.data, blob.info.version) == (b"sec", written[0])
    assert blob.info.version != first.version


def test_a_version_that_is_no_generation_never_holds(store: GCSStore, relay: Relay) -> None:
    store.write(_A, b"data")
    for version in ("0", "-1", "never", "", "²"):
        with pytest.raises(ConditionFailed):
            store.write(_A, b"other", when=IfVersion(version))
        with pytest.raises(ConditionFailed):
            store.write(Key("missing"), b"other", when=IfVersion(version))

    assert store.read(_A, unless="0").data == b"data"


def test_a_storage_class_is_given_and_shown(store: GCSStore) -> None:
    store.write(_A, b"data", properties=Properties(tier="NEARLINE"))

    assert store.stat(_A).tier == "NEARLINE"
    assert store.read(_A).properties.tier == "NEARLINE"
    assert [info.tier for info in store.scan()] == ["NEARLINE"]
    with pytest.raises(Unsupported, match="STANDARD, NEARLINE, COLDLINE, ARCHIVE"):
        store.write(_A, b"data", properties=Properties(tier="Cool"))


def _asked(request: Request, name: str) -> str | None:
    return parse_qs(urlsplit(request.target).query).get(name, [None])[0]


def _ends(request: Request, place: str) -> bool:
    return request.headers.get("content-range", "").endswith(place)
