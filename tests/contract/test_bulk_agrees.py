"""The bulk verbs agree with the single ones, field for field, and find what was damaged."""

import io
from dataclasses import replace

import pytest

from app.store.backends.azure import AzureStore
from app.store.backends.s3 import S3Store
from app.store.contract import (
    ABSENT,
    NO_PROPERTIES,
    Blob,
    BlobInfo,
    IfVersion,
    Properties,
    Source,
    Upload,
    digest_of,
)
from app.store.errors import (
    ConditionFailed,
    CorruptBlob,
    LeaseHeld,
    Unsupported,
)
from app.store.keys import Key
from tests.contract.bulk import DATA, A, once, only_blob, only_info, only_read, only_write, stored
from tests.contract.relay import Relay
from tests.contract.services import ServiceStore

pytestmark = pytest.mark.emulator

_LARGE = bytes(range(256)) * (36 << 10)


@pytest.mark.parametrize(
    "properties",
    [
        NO_PROPERTIES,
        Properties("text/plain; charset=utf-8", "gzip", {"source_path": "docs/a b.md", "n1": "1"}),
    ],
    ids=["no properties", "properties"],
)
def test_read_many_agrees_with_read(impatient: ServiceStore, properties: Properties) -> None:
    impatient.write(A, DATA, properties=properties)
    one, many = impatient.read(A), only_blob(impatient)

    assert many == one


@pytest.mark.parametrize(
    "properties",
    [
        NO_PROPERTIES,
        Properties("text/plain; charset=utf-8", "gzip", {"source_path": "docs/a b.md", "n1": "1"}),
    ],
    ids=["no properties", "properties"],
)
def test_write_many_agrees_with_write(impatient: ServiceStore, properties: Properties) -> None:
    tier = "STANDARD_IA" if isinstance(impatient, S3Store) else "Cool"
    for given in (properties, replace(properties, tier=tier)):
        one = impatient.write(A, DATA, properties=given)
        by_one = (impatient.read(A).properties, impatient.stat(A))
        many = only_info(impatient, properties=given)
        by_many = (impatient.read(A).properties, impatient.stat(A))

        # On Azure each write has a version of its own, and two may fall into two seconds.
        assert many == replace(one, version=many.version, modified=many.modified)
        assert by_many == (
            by_one[0],
            replace(by_one[1], version=many.version, modified=by_many[1].modified),
        )
        assert by_many[1].digest == digest_of(DATA, "md5")


@pytest.mark.parametrize("service", ["azure"])
def test_a_tier_that_does_not_exist_is_refused_before_anything_is_sent(
    impatient: ServiceStore, relay: Relay
) -> None:
    answer = only_write(impatient, properties=Properties(tier="Lukewarm"))

    assert isinstance(answer, Unsupported)
    assert relay.requests == []


def test_many_go_past_the_vendors_sdk(impatient: ServiceStore, relay: Relay) -> None:
    assert isinstance(only_write(impatient), BlobInfo)
    assert isinstance(only_read(impatient), Blob)

    agents = {request.headers["user-agent"].partition("/")[0] for request in relay.requests}
    assert agents == {"kb-bulk"}


@pytest.mark.parametrize("service", ["azure"])
def test_a_lease_that_another_holds_is_said_alike(impatient: AzureStore) -> None:
    impatient.write(A, b"old")
    lease = impatient._blob(A).acquire_lease(15)
    answer = only_write(impatient)
    lease.release()

    assert isinstance(answer, LeaseHeld)
    assert stored(impatient) == b"old"


def test_large_blobs_go_both_ways(impatient: ServiceStore) -> None:
    (written,) = impatient.write_many([Upload(A, _LARGE)])
    (read,) = impatient.read_many([A])

    assert isinstance(written, BlobInfo)
    assert isinstance(read, Blob)
    assert read.data == _LARGE
    assert read.info.version == written.version


def test_large_sources_go_up_through_the_vendors_sdk(impatient: ServiceStore, relay: Relay) -> None:
    source = Source(len(_LARGE), lambda: io.BytesIO(_LARGE))
    (written,) = impatient.write_many([Upload(A, source)])
    put = relay.requests[0]

    assert isinstance(written, BlobInfo)
    assert put.headers["user-agent"] != "kb-bulk"
    assert stored(impatient) == _LARGE


def test_a_condition_holds_for_large_content_too(impatient: ServiceStore) -> None:
    old = impatient.write(A, b"old")
    impatient.write(A, b"newer")
    answers = [
        *impatient.write_many([Upload(A, _LARGE, ABSENT)]),
        *impatient.write_many([Upload(A, _LARGE, IfVersion(old.version))]),
    ]

    assert [type(answer) for answer in answers] == [ConditionFailed, ConditionFailed]
    assert stored(impatient) == b"newer"


def test_names_that_need_quoting_are_the_same_blobs(impatient: ServiceStore) -> None:
    keys = [Key(name) for name in ("a b/ü %2F#?+&=☃", "~!$'()*,;:@[]^`{|}", "日本語/e\u0301")]
    list(impatient.write_many(Upload(key, key.encode()) for key in keys))

    assert [impatient.read(key).data for key in keys] == [key.encode() for key in keys]
    answers = list(impatient.read_many(keys))
    assert [answer.data for answer in answers if isinstance(answer, Blob)] == [
        key.encode() for key in keys
    ]


def test_bytes_damaged_on_their_way_out_are_found(impatient: ServiceStore, relay: Relay) -> None:
    impatient.write(A, DATA)
    relay.fate = lambda request: "damage the answer"

    with pytest.raises(CorruptBlob, match=A):
        impatient.read(A)


def test_bytes_damaged_on_their_way_out_are_found_by_read_many(
    impatient: ServiceStore, relay: Relay
) -> None:
    impatient.write(A, DATA)
    relay.fate = lambda request: "damage the answer"
    always = only_read(impatient)
    relay.fate = once("damage the answer", "GET")

    assert isinstance(always, CorruptBlob)
    assert only_blob(impatient).data == DATA


def test_bytes_damaged_on_their_way_in_are_found(impatient: ServiceStore, relay: Relay) -> None:
    relay.fate = once("damage the upload", "PUT")

    # moto takes what does not agree with its sum: the ETag of its answer tells. Azure takes nothing, and gets
    # it once more.
    answer = only_write(impatient)
    assert isinstance(answer, CorruptBlob if isinstance(impatient, S3Store) else BlobInfo)
    assert isinstance(answer, CorruptBlob) or stored(impatient) == DATA


@pytest.mark.parametrize("service", ["s3"])
def test_an_etag_that_is_no_checksum_is_not_taken_for_one(
    impatient: ServiceStore, relay: Relay
) -> None:
    relay.fate = lambda request: "answer as if encrypted"
    written = only_info(impatient)
    relay.requests.clear()
    blob = only_blob(impatient)

    assert written.digest is blob.info.digest is impatient.read(A).info.digest is None
    assert blob.data == DATA
    assert written.version == blob.info.version
    # One GET by `read_many`, one by `read` above: nothing is asked about.
    assert [request.method for request in relay.requests] == ["GET", "GET"]
