"""Every law of the contract, against every store."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import asdict, fields

import pytest
from _pytest.mark.structures import MarkDecorator, ParameterSet

from app.store.backends.memory import MemoryStore
from app.store.conformance import FAULT_LAWS, LAWS, FaultLaw, Law, scope, sentence
from app.store.contract import BlobStore, Capabilities
from tests.contract.stores import BACKENDS, EMULATED, LAYERS, PROVED, STORES, Place


def _rows(names: Iterable[str], *, emulated: MarkDecorator) -> list[ParameterSet]:
    return [pytest.param(name, marks=list(_marks(name, emulated))) for name in names]


def _marks(name: str, emulated: MarkDecorator) -> Iterator[MarkDecorator]:
    if name in EMULATED:
        yield emulated
    if name in PROVED:
        yield pytest.mark.proof


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


def test_every_answer_of_every_capability_has_a_row(place: Place) -> None:
    said: dict[str, set[bool]] = defaultdict(set)
    for name in STORES.keys() - EMULATED:
        with closing(STORES[name](place)) as store:
            for flag, answer in asdict(store.capabilities).items():
                said[flag].add(bool(answer))

    assert {flag for flag, answers in said.items() if len(answers) < 2} == set()


def test_every_scope_is_a_capability_and_names_a_law() -> None:
    sentences = {sentence(law) for law in LAWS}
    scopes = [found for law in (*LAWS, *FAULT_LAWS) if (found := scope(law))]

    assert {found.capability for found in scopes} <= {field.name for field in fields(Capabilities)}
    assert {found.otherwise for found in scopes} <= sentences
