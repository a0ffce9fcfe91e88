"""Any sequence of calls: every store behaves like a dict."""

import itertools
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from app.store.backends.local import LocalStore
from app.store.backends.memory import MemoryStore
from app.store.conformance import Around
from app.store.conformance.machine import behaves_like_a_dict
from app.store.contract import BlobStore
from app.store.errors import NotFound
from tests.contract.narrow import OneNameForTwins, WithoutConditions
from tests.contract.planted.others import DeletesOnce
from tests.contract.stores import LAYERS, Place, azure, gcs, s3


def _on_memory(layers: Around, folder: Path) -> BlobStore:
    return layers(MemoryStore())


_ON_THIS_MACHINE: dict[str, Callable[[Path], BlobStore]] = {
    "memory": lambda folder: MemoryStore(),
    "memory without conditions": lambda folder: WithoutConditions(MemoryStore()),
    "memory that takes twins for one": lambda folder: OneNameForTwins(MemoryStore()),
    "local": LocalStore,
    **{name: partial(_on_memory, layers) for name, layers in LAYERS.items()},
}
_EMULATED: dict[str, Callable[..., BlobStore]] = {"s3": s3, "azure": azure, "gcs": gcs}


@pytest.fixture
def folders(tmp_path: Path) -> Iterator[Path]:
    return _new_folders(tmp_path)


@pytest.mark.parametrize("name", _ON_THIS_MACHINE)
def test_a_store_behaves_like_a_dict(name: str, folders: Iterator[Path]) -> None:
    behaves_like_a_dict(lambda: _ON_THIS_MACHINE[name](next(folders)), examples=20)


@pytest.mark.proof
@pytest.mark.parametrize("name", _ON_THIS_MACHINE)
def test_a_store_behaves_like_a_dict_for_long(name: str, folders: Iterator[Path]) -> None:
    behaves_like_a_dict(lambda: _ON_THIS_MACHINE[name](next(folders)), examples=500)


@pytest.mark.emulator
@pytest.mark.parametrize("name", _EMULATED)
def test_a_service_behaves_like_a_dict(name: str, place: Place) -> None:
    behaves_like_a_dict(lambda: _EMULATED[name](place), examples=5, steps=15)


@pytest.mark.proof
@pytest.mark.timeout(1500)
@pytest.mark.parametrize("name", _EMULATED)
def test_a_service_behaves_like_a_dict_for_long(name: str, place: Place) -> None:
    behaves_like_a_dict(lambda: _EMULATED[name](place), examples=60, steps=40)


def test_a_store_that_behaves_otherwise_is_found() -> None:
    with pytest.raises(NotFound, match="nothing is stored"):
        behaves_like_a_dict(lambda: DeletesOnce(MemoryStore()))


def _new_folders(root: Path) -> Iterator[Path]:
    for number in itertools.count():
        folder = root / str(number)
        folder.mkdir()
        yield folder
