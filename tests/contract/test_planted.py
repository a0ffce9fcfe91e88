"""The laws find what is wrong: stores with one fault each."""

import pytest

from app.store.backends.memory import MemoryStore
from app.store.conformance import FAULT_LAWS, LAWS, FaultLaw, sentence
from app.store.errors import StoreError
from app.store.layers.base import Layer
from tests.contract.planted.table import FAULTS, planted

_LAWS = {sentence(law): law for law in LAWS}
_FAULT_LAWS = {sentence(law): law for law in FAULT_LAWS}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_each_planted_fault_is_found(fault: type[Layer]) -> None:
    named = FAULTS[fault]

    if named in _LAWS:
        assert _broken(_LAWS[named], fault)
    else:
        assert _broken_by_faults(_FAULT_LAWS[named], fault)


def test_no_two_laws_have_one_name() -> None:
    assert len(_LAWS.keys() | _FAULT_LAWS.keys()) == len(LAWS) + len(FAULT_LAWS)


def _broken(law: FaultLaw, fault: type[Layer]) -> bool:
    try:
        law(planted(fault))
    except (AssertionError, StoreError):
        return True
    return False


def _broken_by_faults(law: FaultLaw, fault: type[Layer]) -> bool:
    try:
        law(MemoryStore(), fault)
    except AssertionError:
        return True
    return False
