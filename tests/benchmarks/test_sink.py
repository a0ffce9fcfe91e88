"""The sink that clients are measured against behaves as the services do, and as badly as it is told to."""

import re
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.store.backends.azure import AzureStore
from app.store.backends.s3 import S3Store
from app.store.conformance import LAWS, Law, leases, sentence
from app.store.conformance.law import laws_of
from app.store.contract import ABSENT, BlobInfo, Span, Upload
from app.store.errors import Busy, StoreMissing, Unavailable
from app.store.keys import Key
from benchmarks.sinks import Fault, Sink, sink

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


@pytest.mark.parametrize("service", ["s3", "azure"])
@pytest.mark.parametrize(
    ("fault", "has_effect"),
    [
        ("cut_before", False),
        ("error_before", False),
        ("busy", False),
        ("cut_after", True),
        ("error_after", True),
    ],
)
def test_a_fault_is_what_its_name_says(service: str, fault: str, has_effect: bool) -> None:
    with sink(ledger=True) as at:
        store = _open(service, at)
        at.set_faults(Fault(fault, "write", first=2, last=2))
        answers = [next(store.write_many([Upload(Key(name), b"1", ABSENT)])) for name in "abc"]
        listed = [info.key for info in store.scan()]
        effects = [written.effect for written in at.writes()]
        store.close()

    assert [isinstance(answer, BlobInfo) for answer in answers] == [True, False, True]
    assert isinstance(answers[1], Unavailable)
    assert listed == (["a", "b", "c"] if has_effect else ["a", "c"])
    assert [effect // 100 for effect in effects] == [2, 2 if has_effect else 0, 2]


@pytest.mark.parametrize("service", ["s3", "azure"])
@pytest.mark.parametrize(("held", "listed"), [("serve", ["late"]), ("drop", [])])
def test_what_is_held_is_served_or_dropped_when_it_is_said(
    service: str, held: str, listed: list[str]
) -> None:
    with sink() as at, ThreadPoolExecutor(1) as pool:
        store = _open(service, at)
        at.set_faults(Fault("hold_before", "write"))
        writing = pool.submit(store.write, Key("late"), b"1", when=ABSENT)
        at.await_held()
        before = list(store.scan())
        at.set_faults(held=held)
        failed = writing.exception() is not None
        after = [str(info.key) for info in store.scan()]
        store.close()

    assert before == []
    assert after == listed
    assert failed == (not listed)


@pytest.mark.parametrize("service", ["s3", "azure"])
def test_a_place_that_was_dropped_is_missing_until_it_is_made_again(service: str) -> None:
    with sink() as at:
        store = _open(service, at)
        store.write(Key("a"), b"1")
        at.drop(_place(store))
        with pytest.raises(StoreMissing):
            list(store.scan())
        store.create_bucket() if isinstance(store, S3Store) else store.create_container()
        left = list(store.scan())
        store.close()

    assert left == []


def _place(store: S3Store | AzureStore) -> str:
    found = re.search(r"sink-\w+", repr(store))
    assert found
    return found[0]
