"""Faults at will: a layer whose N-th call fails, and storms that try every N."""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

from app.store.contract import (
    ALWAYS,
    NO_PROPERTIES,
    Blob,
    BlobInfo,
    BlobStore,
    Content,
    Properties,
    Span,
    Upload,
    Version,
    When,
    WhenPresent,
)
from app.store.errors import StoreError, Unavailable
from app.store.keys import Key
from app.store.layers.base import Layer

Verb = Literal["read", "read_many", "stat", "write", "write_many", "delete", "scan"]
Moment = Literal["before", "after"]
VERBS: Final[frozenset[Verb]] = frozenset(
    ("read", "read_many", "stat", "write", "write_many", "delete", "scan")
)
_CALLS_MAX: Final = 1000

Item = TypeVar("Item")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Fault:
    """Which calls fail, and how.

    Attributes:
        number: the call that fails, counted from 0 among calls of `verbs`.
        moment: "before" its effect, or "after" it: then it happened, and only the answer is lost.
        lasting: from this call on all of them fail; else only this one.
        verbs: which calls count and may fail.
    """

    number: int
    moment: Moment = "before"
    lasting: bool = False
    verbs: frozenset[Verb] = VERBS


class Faulty(Layer):
    """Fails as `fault` says, always alike: what fails raises Unavailable, as a service out of reach does.

    Each item of `read_many` and `write_many` counts as a call; a scan is one, and with "after" breaks off at
    its end. Calls are counted for the whole object, not for each thread: a counter of its own would start
    again in every thread of a pool, so that "the first call" would be many. Whoever wants the same N to mean
    the same call each time calls from one thread, as `storms` does.

    Args:
        inner: the store around which it stands.
        fault: what fails; None for nothing.
    """

    def __init__(self, inner: BlobStore, fault: Fault | None = None) -> None:
        super().__init__(inner)
        self._fault = fault
        self._calls = 0
        self._fired = False
        self._lock = threading.Lock()

    @property
    def fired(self) -> bool:
        """Whether a call has failed."""
        return self._fired

    def calm(self) -> None:
        """Let every later call through."""
        self._fault = None

    def read(self, key: Key, *, span: Span | None = None, unless: Version | None = None) -> Blob:
        """See the contract."""
        return self._call("read", key, lambda: self.inner.read(key, span=span, unless=unless))

    def read_many(self, keys: Iterable[Key]) -> Iterator[Blob | StoreError]:
        """See the contract."""
        return self._calls_of("read_many", keys, self.inner.read_many, lambda key: key)

    def stat(self, key: Key) -> BlobInfo:
        """See the contract."""
        return self._call("stat", key, lambda: self.inner.stat(key))

    def write(
        self,
        key: Key,
        content: Content,
        *,
        when: When = ALWAYS,
        properties: Properties = NO_PROPERTIES,
        lease: str | None = None,
    ) -> BlobInfo:
        """See the contract."""
        return self._call(
            "write",
            key,
            lambda: self.inner.write(key, content, when=when, properties=properties, lease=lease),
        )

    def write_many(self, uploads: Iterable[Upload]) -> Iterator[BlobInfo | StoreError]:
        """See the contract."""
        return self._calls_of("write_many", uploads, self.inner.write_many, lambda one: one.key)

    def delete(self, key: Key, *, when: WhenPresent = ALWAYS, lease: str | None = None) -> None:
        """See the contract."""
        self._call("delete", key, lambda: self.inner.delete(key, when=when, lease=lease))

    def scan(self, prefix: str = "", *, after: str | None = None) -> Iterator[BlobInfo]:
        """See the contract."""
        fate = self._fate("scan")
        if fate == "before":
            raise _lost(Key(prefix))
        yield from self.inner.scan(prefix, after=after)
        if fate == "after":
            raise _lost(Key(prefix))

    def _call(self, verb: Verb, key: Key, call: Callable[[], Answer]) -> Answer:
        fate = self._fate(verb)
        if fate == "before":
            raise _lost(key)
        if fate == "after":
            with suppress(StoreError):
                call()
            raise _lost(key)
        return call()

    def _calls_of(
        self,
        verb: Verb,
        items: Iterable[Item],
        call: Callable[[Iterable[Item]], Iterator[Answer | StoreError]],
        key_of: Callable[[Item], Key],
    ) -> Iterator[Answer | StoreError]:
        taken: deque[tuple[Key, Moment | None]] = deque()

        def passed() -> Iterator[Item]:
            for item in items:
                fate = self._fate(verb)
                taken.append((key_of(item), fate))
                if fate != "before":
                    yield item

        for answer in call(passed()):
            while taken[0][1] == "before":
                yield _lost(taken.popleft()[0])
            key, fate = taken.popleft()
            yield _lost(key) if fate == "after" else answer
        yield from (_lost(key) for key, _ in taken)

    def _fate(self, verb: Verb) -> Moment | None:
        fault = self._fault
        if fault is None or verb not in fault.verbs:
            return None
        with self._lock:
            number, self._calls = self._calls, self._calls + 1
        fails = number >= fault.number if fault.lasting else number == fault.number
        self._fired |= fails
        return fault.moment if fails else None


@dataclass(frozen=True, slots=True)
class Storm:
    """What one fault has left behind.

    Attributes:
        fault: it.
        key: the scenario's blob, or its folder: no other storm's.
        error: what the scenario ended with; None where it said that all is well.
        subject: the store that saw the fault; nothing fails any more.
        fresh: opens one that never saw a fault, and remembers nothing.
    """

    fault: Fault
    key: Key
    error: StoreError | None
    subject: BlobStore
    fresh: Callable[[], BlobStore]


Around = Callable[[BlobStore], BlobStore]
"""Puts the layers that are tried on a store."""


def as_it_is(store: BlobStore) -> BlobStore:
    """Put no layer on `store`."""
    return store


def storms(
    store: BlobStore,
    scenario: Callable[[BlobStore, Key], object],
    check: Callable[[Storm], None],
    *,
    around: Around = as_it_is,
    prepare: Callable[[BlobStore, Key], object] = lambda store, key: None,
    verbs: frozenset[Verb] = VERBS,
) -> int:
    """Run `scenario` with every call failing in turn, and hand what is left to `check`.

    For N = 0, 1, 2, … until the scenario has fewer calls: before and after the call's effect, once and from
    then on. Nothing is random: a failure comes again.

    Args:
        store: where it all happens; each storm has a key of its own there.
        scenario: works on the faulty store, at or below the key, in one thread; a StoreError may end it.
        check: raises AssertionError where a law is broken.
        around: layers above the fault: what is tried when it is more than `store`.
        prepare: makes the state before, without faults.
        verbs: which calls may fail.

    Returns:
        How many faults there were.
    """
    fired = 0
    for number in range(_CALLS_MAX):
        faults: list[Fault] = [
            Fault(number, moment, lasting, verbs)
            for moment in ("before", "after")
            for lasting in (False, True)
        ]
        outcomes = [_storm(store, scenario, check, fault, around, prepare) for fault in faults]
        if not any(outcomes):
            return fired
        fired += sum(outcomes)
    raise AssertionError(f"the scenario still calls its store after {_CALLS_MAX} calls")


def _storm(
    store: BlobStore,
    scenario: Callable[[BlobStore, Key], object],
    check: Callable[[Storm], None],
    fault: Fault,
    around: Around,
    prepare: Callable[[BlobStore, Key], object],
) -> bool:
    key = Key(f"storm/{fault.number}-{fault.moment}-{'lasting' if fault.lasting else 'once'}")
    prepare(around(store), key)
    faulty = Faulty(store, fault)
    subject = around(faulty)
    error: StoreError | None = None
    try:
        scenario(subject, key)
    except StoreError as caught:
        error = caught
    faulty.calm()
    try:
        check(Storm(fault, key, error, subject, lambda: around(store)))
    except AssertionError as broken:
        broken.add_note(f"{fault}; the scenario ended with {error!r}")
        raise
    return faulty.fired


def _lost(key: Key) -> Unavailable:
    return Unavailable(f"{key}: the answer was lost (a fault made for a test)", key=key)
