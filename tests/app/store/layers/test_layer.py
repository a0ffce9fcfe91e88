"""What every layer owes to the contract."""

import inspect
from typing import Any

import pytest

from app.store.contract import BlobStore
from app.store.layers.base import Layer
from app.store.layers.cached import CachedStore
from app.store.layers.codec import Codec
from app.store.layers.compressed import CompressedStore
from app.store.layers.deduped import DedupedStore
from app.store.layers.metered import MeteredStore
from app.store.stack import Stack

VERBS = [name for name in dir(BlobStore) if not name.startswith("_")]


@pytest.mark.parametrize(
    "layer", [Layer, Codec, MeteredStore, CachedStore, CompressedStore, DedupedStore, Stack]
)
def test_a_layer_has_every_verb_as_the_contract_has_it(layer: Any) -> None:
    for verb in VERBS:
        promised, given = getattr(BlobStore, verb), inspect.getattr_static(layer, verb)
        assert isinstance(given, property) == isinstance(promised, property)
        if not isinstance(given, property):
            assert inspect.signature(given) == inspect.signature(promised), verb


def test_the_base_forwards_every_verb_itself() -> None:
    assert set(VERBS) <= set(vars(Layer))


@pytest.mark.parametrize("layer", [MeteredStore, CachedStore])
def test_a_layer_about_calls_overrides_every_verb_that_carries_bytes(layer: Any) -> None:
    assert {"read", "read_many", "write", "write_many", "delete"} <= set(vars(layer))
