"""Every law of the contract, against every store."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from app.store.conformance import LAWS, Law, sentence
from app.store.contract import BlobStore
from tests.contract.stores import EMULATED, STORES, Place


@pytest.fixture(
    params=[
        pytest.param(name, marks=[pytest.mark.emulator] if name in EMULATED else [])
        for name in STORES
    ]
)
def store(request: pytest.FixtureRequest, place: Place) -> Iterator[BlobStore]:
    with closing(STORES[request.param](place)) as store:
        yield store


@pytest.mark.parametrize("law", LAWS, ids=sentence)
def test_law(law: Law, store: BlobStore) -> None:
    law(store)
