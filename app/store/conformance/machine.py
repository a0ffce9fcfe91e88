"""A state machine of hypothesis: any sequence of calls, on a store and on a dict beside it.

The only module of the suite that needs hypothesis.
"""

from collections.abc import Callable
from random import Random
from typing import Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from app.store.conformance.expecting import refused
from app.store.contract import (
    ABSENT,
    NO_PROPERTIES,
    Blob,
    BlobInfo,
    BlobStore,
    IfVersion,
    Properties,
    Span,
    Upload,
    Version,
    When,
)
from app.store.errors import ConditionFailed, InvalidKey, NotFound, NotModified, Unsupported
from app.store.keys import Key
from app.store.operations import append

# "b" and "b/c": where keys are not flat, one is in the other's way.
_KEYS: Final = st.sampled_from([Key("a"), Key("b"), Key("b/c"), Key("b/d/e"), Key("é ~%")])
_MANY_KEYS: Final = st.lists(_KEYS, max_size=6)
_DATA: Final = st.binary(max_size=20)
_PROPERTIES: Final = st.sampled_from(
    [NO_PROPERTIES, Properties("text/plain", None, {"n": "1"}), Properties(None, "gzip")]
)

Held = tuple[bytes, Version, Properties]


def behaves_like_a_dict(
    open_store: Callable[[], BlobStore], *, examples: int = 25, steps: int = 25
) -> None:
    """Run so many sequences of so many calls; always the same ones.

    Args:
        open_store: returns an empty store, for each sequence; it is closed here.
        examples: how many sequences.
        steps: how long each may be.

    Raises:
        AssertionError: the store and the dict differ; its notes are the shortest sequence that shows it.
    """

    class Machine(_Machine):
        def __init__(self) -> None:
            super().__init__(open_store())

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


class _Machine(RuleBasedStateMachine):
    """A store beside a dict of what it should hold, and the versions it has named."""

    def __init__(self, store: BlobStore) -> None:
        super().__init__()
        self.store = store
        self.able = store.capabilities
        self.model: dict[Key, Held] = {}
        self.stale: set[Version] = {"0" * 32}
        self.named: dict[tuple[Key, Version], bytes] = {}

    @rule(key=_KEYS, data=_DATA, properties=_PROPERTIES)
    def write(self, key: Key, data: bytes, properties: Properties) -> None:
        if self._in_the_way(key):
            with refused(InvalidKey, key=key):
                self.store.write(key, data)
        else:
            info = self.store.write(key, data, properties=properties)
            self._hold(key, data, info, properties)

    @rule(key=_KEYS, data=_DATA)
    def create(self, key: Key, data: bytes) -> None:
        self._write_if(key, data, ABSENT, holds=key not in self.model)

    @rule(key=_KEYS, data=_DATA)
    def replace(self, key: Key, data: bytes) -> None:
        if key in self.model:
            self._write_if(key, data, IfVersion(self.model[key][1]), holds=True)

    @rule(key=_KEYS, data=_DATA, choice=st.randoms(use_true_random=False))
    def replace_stale(self, key: Key, data: bytes, choice: Random) -> None:
        stale = choice.choice(sorted(self.stale))
        if not self._in_the_way(key) and not self._is_again(key, stale):
            self._write_if(key, data, IfVersion(stale), holds=False)

    @rule(key=_KEYS, data=_DATA)
    def append(self, key: Key, data: bytes) -> None:
        if self.able.conditional_writes and not self._in_the_way(key):
            held, _, properties = self.model.get(key, (b"", "", NO_PROPERTIES))
            if properties.content_encoding is None or not self.able.properties:
                self._hold(key, held + data, append(self.store, key, data), properties)

    @rule(keys=_MANY_KEYS, data=_DATA, properties=_PROPERTIES)
    def write_many(self, keys: list[Key], data: bytes, properties: Properties) -> None:
        # Each key once: of two writes of one key in a call the last one is not promised to stay.
        chosen = [key for key in dict.fromkeys(keys) if not self._in_the_way(key, among=keys)]
        uploads = [Upload(key, data, properties=properties) for key in chosen]
        for key, answer in zip(chosen, self.store.write_many(uploads), strict=True):
            assert isinstance(answer, BlobInfo), answer
            self._hold(key, data, answer, properties)

    @rule(key=_KEYS)
    def delete(self, key: Key) -> None:
        self.store.delete(key)
        if key in self.model:
            self.stale.add(self.model.pop(key)[1])

    @rule(key=_KEYS)
    def delete_stale(self, key: Key) -> None:
        refusal = ConditionFailed if self.able.conditional_writes else Unsupported
        with refused(refusal, key=key):
            self.store.delete(key, when=IfVersion("0" * 32))

    @rule(key=_KEYS, start=st.integers(0, 25), length=st.integers(1, 25))
    def read(self, key: Key, start: int, length: int) -> None:
        if key not in self.model:
            with refused(NotFound, key=key):
                self.store.read(key)
            return
        data, version, _ = self.model[key]
        self._shows(key, self.store.read(key))
        part = self.store.read(key, span=Span(start, length))
        assert (part.data, part.info.version) == (data[start : start + length], version)
        with refused(NotModified, key=key):
            self.store.read(key, unless=version)

    @rule(keys=_MANY_KEYS)
    def read_many(self, keys: list[Key]) -> None:
        for key, answer in zip(keys, self.store.read_many(keys), strict=True):
            if key in self.model:
                assert isinstance(answer, Blob), answer
                self._shows(key, answer)
            else:
                assert isinstance(answer, NotFound), answer

    @rule(prefix=st.sampled_from(["", "a", "b", "b/", "b/c", "é"]), after=st.none() | _KEYS)
    def scan(self, prefix: str, after: Key | None) -> None:
        expected = [
            key for key in self.model if key.startswith(prefix) and (after is None or key > after)
        ]
        shown = [info.key for info in self.store.scan(prefix, after=after)]

        assert sorted(shown) == sorted(expected)
        if self.able.sorted_scan:
            assert shown == sorted(shown, key=str.encode)

    @invariant()
    def a_scan_shows_the_model(self) -> None:
        shown = {info.key: info.version for info in self.store.scan()}
        assert shown == {key: version for key, (_, version, _) in self.model.items()}

    def teardown(self) -> None:
        self.store.close()

    def _write_if(self, key: Key, data: bytes, when: When, *, holds: bool) -> None:
        if not self.able.conditional_writes:
            with refused(Unsupported, key=key):
                self.store.write(key, data, when=when)
        elif self._in_the_way(key):
            with refused(InvalidKey, key=key):
                self.store.write(key, data, when=when)
        elif holds:
            self._hold(key, data, self.store.write(key, data, when=when), NO_PROPERTIES)
        else:
            with refused(ConditionFailed, key=key):
                self.store.write(key, data, when=when)

    def _hold(self, key: Key, data: bytes, info: BlobInfo, properties: Properties) -> None:
        former = self.model.get(key)
        if former and former[1] != info.version:
            self.stale.add(former[1])
        # Equal bytes may have equal versions (S3: the MD5 sum), different ones never.
        assert self.named.setdefault((key, info.version), data) == data
        if self.able.exact_size:
            assert info.size_stored == len(data)
        kept = properties if self.able.properties else NO_PROPERTIES
        self.model[key] = (data, info.version, kept)

    def _shows(self, key: Key, blob: Blob) -> None:
        shown = (blob.data, blob.info.version, blob.properties)
        assert shown == self.model[key]

    def _is_again(self, key: Key, version: Version) -> bool:
        return key in self.model and self.model[key][1] == version

    def _in_the_way(self, key: Key, *, among: list[Key] | None = None) -> bool:
        return not self.able.flat_keys and any(
            key.startswith(f"{other}/") or other.startswith(f"{key}/")
            for other in (*self.model, *(among or ()))
        )
