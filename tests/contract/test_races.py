"""Processes that change the same documents at once: no update is lost, no conflict is false."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from app.store.conformance.races import Kind, Opening, Race, RaceFailed, Tally, run_race
from tests.contract.addresses import ADDRESSES, Address, opened
from tests.contract.stores import Place

_ROWS = [
    pytest.param(name, marks=[] if name == "local" else [pytest.mark.emulator])
    for name in ADDRESSES
]
_KINDS: tuple[Kind, ...] = ("append", "edit")


@pytest.fixture
def address(request: pytest.FixtureRequest, place: Place) -> Iterator[Address]:
    address = opened(request.param, place)
    with closing(address.store):
        yield address


@pytest.mark.parametrize("address", _ROWS, indirect=True)
@pytest.mark.parametrize("kind", _KINDS)
def test_processes_lose_nothing(kind: Kind, address: Address) -> None:
    tally = _run(address, Race(kind, documents=1, processes=2, rounds=12))

    assert (tally.broken(), tally.acknowledged) == (None, 24)


@pytest.mark.proof
@pytest.mark.timeout(1500)
@pytest.mark.parametrize("address", _ROWS, indirect=True)
@pytest.mark.parametrize("documents", [1, 8], ids=["one document", "many documents"])
@pytest.mark.parametrize("kind", _KINDS)
def test_many_processes_lose_nothing(kind: Kind, documents: int, address: Address) -> None:
    tally = _run(address, Race(kind, documents=documents, processes=8, rounds=200))

    assert (tally.broken(), tally.acknowledged + tally.unknown) == (None, 1600)
    # A service on a crowded machine may leave one without an answer; who asked is told so.
    assert tally.unknown <= 16


@pytest.mark.parametrize("address", ["local"], indirect=True)
def test_what_goes_wrong_is_counted(address: Address) -> None:
    tally = run_race(
        address.store,
        Opening("tests.contract.openers:open_careless", address.url),
        Race("append", processes=3, rounds=30),
        environ=address.environ,
    )

    assert tally.lost > 0
    assert str(tally.lost) in str(tally.broken())


@pytest.mark.parametrize("address", ["local"], indirect=True)
def test_a_process_that_cannot_open_the_store_says_why(address: Address) -> None:
    gone = Opening(address.opening.function, f"{address.url}/gone")
    with pytest.raises(RaceFailed, match="does not exist"):
        run_race(address.store, gone, Race("append", processes=2, rounds=1))


def _run(address: Address, race: Race) -> Tally:
    return run_race(address.store, address.opening, race, environ=address.environ)
