"""The sink that clients are measured against behaves as the services do, and as badly as it is told to."""

import uuid
from collections.abc import Iterator

import pytest

from app.store.backends.azure import AzureStore
from app.store.backends.s3 import S3Store
from app.store.conformance import LAWS, Law, leases, sentence
from app.store.conformance.law import laws_of
from app.store.contract import ABSENT, BlobInfo, Span, Upload
from app.store.errors import Busy
from app.store.keys import Key
from benchmarks.sinks import Sink, sink

# Compiled with Go, and run again for each change of it: `make test` has no minutes for that.
pytestmark = pytest.mark.proof


@pytest.fixture(scope="module")
def at() -> Iterator[Sink]:
    with sink() as running:
        yield running


# A sink for bytes: Azure's leases are none of its business.
_OF_BYTES = [law for law in LAWS if law not in laws_of(leases)]


@pytest.mark.parametrize("service", ["s3", "azure"])
@pytest.mark.parametrize("law", _OF_BYTES, ids=sentence)
def test_the_laws_of_a_store_hold_on_it(at: Sink, law: Law, service: str) -> None:
    store = _open(service, at)
    law(store)
    store.close()


@pytest.mark.parametrize("service", ["s3", "azure"])
def test_huge_objects_of_zeros_cost_no_memory(service: str) -> None:
    with sink(zeros=True) as at:
        store = _open(service, at)
        store.write(Key("a"), bytes(3 << 20))
        blob = store.read(Key("a"), span=Span((3 << 20) - 2, 10))
        store.close()

    assert blob.data == bytes(2)
    assert blob.info.size_stored == 3 << 20


def test_above_its_cap_it_is_busy_and_counts_that() -> None:
    with sink(requests_per_second_max=1) as at:
        store = _open("s3", at)
        # With a condition, because such writes go through once.
        uploads = [Upload(Key(f"k/{number}"), b"data", ABSENT) for number in range(20)]
        answers = list(store.write_many(uploads))
        store.close()
        stats = at.stats()

    assert {type(answer) for answer in answers} == {BlobInfo, Busy}
    assert stats["busy"] == sum(isinstance(answer, Busy) for answer in answers)


def _open(service: str, at: Sink) -> S3Store | AzureStore:
    name = f"sink-{uuid.uuid4().hex}"
    if service == "s3":
        return S3Store(
            name,
            endpoint_url=at.url,
            region_name="us-east-1",
            aws_access_key_id="any",
            aws_secret_access_key="any",
            page_keys_max=7,
        )
    return AzureStore(name, connection_string=at.azure_connection_string, page_keys_max=7)
