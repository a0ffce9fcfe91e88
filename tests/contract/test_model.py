"""Any sequence of calls: a store behaves like a dict."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from app.store.backends.local import LocalStore
from app.store.backends.memory import MemoryStore
from app.store.contract import ABSENT, BlobStore, IfVersion, Span
from app.store.errors import ConditionFailed, InvalidKey, NotFound
from app.store.keys import Key
from app.store.operations import append

# "b" and "b/c": where keys are not flat, one is in the other's way.
_KEYS = st.sampled_from([Key("a"), Key("b"), Key("b/c"), Key("b/d/e")])
_DATA = st.binary(max_size=20)


class Machine(RuleBasedStateMachine):
    """A store beside a dict of what it should hold, and the versions it has named."""

    open_store: Callable[[Path], BlobStore]
    """Set by each machine below."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.store = self.open_store(Path(self.folder.name))
        self.model: dict[Key, tuple[bytes, str]] = {}
        self.stale: set[str] = {"never"}

    @rule(key=_KEYS, data=_DATA)
    def write(self, key: Key, data: bytes) -> None:
        if self._in_the_way(key):
            with pytest.raises(InvalidKey):
                self.store.write(key, data)
        else:
            self._hold(key, data, self.store.write(key, data).version)

    @rule(key=_KEYS, data=_DATA)
    def create(self, key: Key, data: bytes) -> None:
        if self._in_the_way(key):
            with pytest.raises(InvalidKey):
                self.store.write(key, data, when=ABSENT)
        elif key in self.model:
            with pytest.raises(ConditionFailed):
                self.store.write(key, data, when=ABSENT)
        else:
            self._hold(key, data, self.store.write(key, data, when=ABSENT).version)

    @rule(key=_KEYS, data=_DATA)
    def edit(self, key: Key, data: bytes) -> None:
        if key in self.model:
            when = IfVersion(self.model[key][1])
            self._hold(key, data, self.store.write(key, data, when=when).version)

    @rule(key=_KEYS, data=_DATA, choice=st.randoms(use_true_random=False))
    def edit_stale(self, key: Key, data: bytes, choice: Random) -> None:
        when = IfVersion(choice.choice(sorted(self.stale)))
        if not self._in_the_way(key):
            with pytest.raises(ConditionFailed):
                self.store.write(key, data, when=when)

    @rule(key=_KEYS, data=_DATA)
    def append(self, key: Key, data: bytes) -> None:
        if not self._in_the_way(key):
            held = self.model[key][0] if key in self.model else b""
            self._hold(key, held + data, append(self.store, key, data).version)

    @rule(key=_KEYS)
    def delete(self, key: Key) -> None:
        self.store.delete(key)
        if key in self.model:
            self.stale.add(self.model.pop(key)[1])

    @rule(key=_KEYS)
    def delete_stale(self, key: Key) -> None:
        with pytest.raises(ConditionFailed):
            self.store.delete(key, when=IfVersion("never"))

    @rule(key=_KEYS, start=st.integers(0, 25), length=st.integers(1, 25))
    def read(self, key: Key, start: int, length: int) -> None:
        if key not in self.model:
            with pytest.raises(NotFound):
                self.store.read(key)
            return
        data, version = self.model[key]
        assert self.store.read(key).data == data
        part = self.store.read(key, span=Span(start, length))
        assert (part.data, part.info.version) == (data[start : start + length], version)

    @invariant()
    def scan_shows_the_model(self) -> None:
        shown = {info.key: info.version for info in self.store.scan()}
        assert shown == {key: version for key, (_, version) in self.model.items()}

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    def _hold(self, key: Key, data: bytes, version: str) -> None:
        assert version not in self.stale
        if key in self.model:
            assert version != self.model[key][1]
            self.stale.add(self.model[key][1])
        self.model[key] = (data, version)

    def _in_the_way(self, key: Key) -> bool:
        return not self.store.capabilities.flat_keys and any(
            key.startswith(f"{other}/") or other.startswith(f"{key}/") for other in self.model
        )


class OnMemory(Machine):
    def open_store(self, folder: Path) -> BlobStore:
        return MemoryStore()


class OnLocal(Machine):
    def open_store(self, folder: Path) -> BlobStore:
        return LocalStore(folder)


@pytest.mark.parametrize("machine", [OnMemory, OnLocal])
def test_a_store_behaves_like_a_dict(machine: type[Machine]) -> None:
    _run(machine, examples=25)


@pytest.mark.proof
@pytest.mark.parametrize("machine", [OnMemory, OnLocal])
def test_a_store_behaves_like_a_dict_for_long(machine: type[Machine]) -> None:
    _run(machine, examples=500)


def _run(machine: type[Machine], *, examples: int) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            database=None,
        ),
    )
