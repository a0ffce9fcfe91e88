"""The laws of leases where they are records on an emulated service."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from app.store.conformance import Law, leases, sentence
from app.store.conformance.law import laws_of
from app.store.contract import BlobStore
from app.store.stack import open_stack
from tests.contract.stores import Place, gcs, s3

pytestmark = pytest.mark.emulator


@pytest.fixture(params=[s3, gcs], ids=["s3", "gcs"])
def store(place: Place, request: pytest.FixtureRequest) -> Iterator[BlobStore]:
    with closing(open_stack(request.param(place, prefix="kb"))) as store:
        yield store


@pytest.mark.parametrize("law", laws_of(leases), ids=sentence)
def test_law_of_leases(law: Law, store: BlobStore) -> None:
    assert store.capabilities.leases
    law(store)
