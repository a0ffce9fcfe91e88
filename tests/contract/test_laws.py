"""Every law of the contract, against every store."""

from collections.abc import Iterable, Iterator
from contextlib import closing

import pytest
from _pytest.mark.structures import MarkDecorator, ParameterSet

from app.store.backends.memory import MemoryStore
from app.store.conformance import FAULT_LAWS, LAWS, FaultLaw, Law, sentence
from app.store.contract import BlobStore
from tests.contract.stores import BACKENDS, EMULATED, LAYERS, STORES, Place


def _rows(names: Iterable[str], *, emulated: MarkDecorator) -> list[ParameterSet]:
    return [pytest.param(name, marks=[emulated] if name in EMULATED else []) for name in names]


@pytest.fixture
def store(request: pytest.FixtureRequest, place: Place) -> Iterator[BlobStore]:
    with closing(STORES[request.param](place)) as store:
        yield store


@pytest.mark.parametrize("store", _rows(STORES, emulated=pytest.mark.emulator), indirect=True)
@pytest.mark.parametrize("law", LAWS, ids=sentence)
def test_law(law: Law, store: BlobStore) -> None:
    law(store)


@pytest.mark.parametrize("store", _rows(BACKENDS, emulated=pytest.mark.proof), indirect=True)
@pytest.mark.parametrize("law", FAULT_LAWS, ids=sentence)
def test_law_of_faults(law: FaultLaw, store: BlobStore) -> None:
    law(store)


@pytest.mark.parametrize("layers", LAYERS)
@pytest.mark.parametrize("law", FAULT_LAWS, ids=sentence)
def test_law_of_faults_below_layers(law: FaultLaw, layers: str) -> None:
    law(MemoryStore(), LAYERS[layers])
