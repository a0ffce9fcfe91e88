"""Comparing by content: the steps of a plan that sizes and versions cannot decide."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Final

from app.store.contract import Blob, ReadableStore, Span, Version
from app.store.errors import NotFound, StoreError, Unavailable
from app.store.keys import Key
from migrate.ahead import read_ahead
from migrate.origin import Origin
from migrate.outage import Outage
from migrate.outcomes import Cause
from migrate.plan import (
    Action,
    Proof,
    Step,
    decide_different,
    decide_equal,
    differs_in_size,
    is_ours,
    was_interrupted,
)
from migrate.reading import LARGE_BYTES_MIN, Reading
from migrate.records import State
from migrate.refusals import SourceChanged, SourceUnreadable, Stopped

_PAGE: Final = 256
_ATTEMPTS_MAX: Final = 3


def key_of(key: bytes) -> Key:
    """Return the key of a sight whose name the plan has found fit for the destination."""
    return Key(key.decode("utf-8"))


def stored_digest(
    store: ReadableStore, key: Key, *, keep_going: Callable[[], None]
) -> tuple[bytes, Version]:
    """Return the SHA-256 of a blob of any size, and its version; a bounded part is held in memory.

    Raises:
        StoreError: it cannot be read, or was written again and again meanwhile.
    """
    failure = Unavailable(f"{key} was written again and again while it was read", key=key)
    for _ in range(_ATTEMPTS_MAX):
        try:
            found = _digest_in_parts(store, key, keep_going)
        except Unavailable as error:
            if not error.retryable:
                raise
            # A body that broke off: no SDK repeats that.
            failure = error
        else:
            if found:
                return found
    raise failure


def _digest_in_parts(
    store: ReadableStore, key: Key, keep_going: Callable[[], None]
) -> tuple[bytes, Version] | None:
    """Return SHA-256 and version; None if it was written meanwhile."""
    digest = hashlib.sha256()
    blob = store.read(key, span=Span(0, LARGE_BYTES_MIN))
    first = blob.info.version
    start = 0
    while blob.info.version == first:
        keep_going()
        digest.update(blob.data)
        start += len(blob.data)
        if len(blob.data) < LARGE_BYTES_MIN:
            return digest.digest(), first
        blob = store.read(key, span=Span(start, LARGE_BYTES_MIN))
    return None


def stored_digests(
    store: ReadableStore, wanted: Iterable[tuple[Key, int]], *, keep_going: Callable[[], None]
) -> Iterator[tuple[bytes, Version] | StoreError]:
    """Yield, in order, SHA-256 and version of each (key, listed size), or why it could not be read.

    Small ones are read several at once, a page of them ahead.
    """
    queue = iter(wanted)
    while page := list(islice(queue, _PAGE)):
        small = store.read_many(key for key, size in page if size < LARGE_BYTES_MIN)
        for key, size in page:
            keep_going()
            try:
                if size < LARGE_BYTES_MIN:
                    yield _digest_of(next(small))
                else:
                    yield stored_digest(store, key, keep_going=keep_going)
            except Stopped:
                raise
            except StoreError as error:
                yield error


def _digest_of(answer: Blob | StoreError) -> tuple[bytes, Version]:
    if isinstance(answer, StoreError):
        raise answer
    return hashlib.sha256(answer.data).digest(), answer.info.version


class Comparison:
    """Decides steps by content.

    Args:
        source, store: the two sides.
        replace_others: content that is not ours is to be replaced.
        keep_going: called often; raises Stopped to end the run.
        outage: told of each read that failed or succeeded.
    """

    def __init__(
        self,
        source: Origin,
        store: ReadableStore,
        *,
        replace_others: bool,
        keep_going: Callable[[], None],
        outage: Outage,
    ) -> None:
        self._source = source
        self._store = store
        self._replace_others = replace_others
        self._keep_going = keep_going
        self._outage = outage
        self._exact_size = store.capabilities.exact_size and source.exact_size

    def decided(self, steps: Iterable[Step]) -> Iterator[Step]:
        """Yield each step, in order, decided: none has the action COMPARE any more."""
        queue = iter(steps)
        while page := list(islice(queue, _PAGE)):
            if all(step.action is not Action.COMPARE for step in page):
                yield from page
                continue
            begun = list(self._begun(page))
            stored = stored_digests(
                self._store,
                (
                    (key_of(step.sight.key), step.sight.listed.size)
                    for step, _ in begun
                    if step.action is Action.COMPARE and step.sight.listed
                ),
                keep_going=self._keep_going,
            )
            for step, reading in begun:
                if step.action is Action.COMPARE:
                    yield self._finish(step, reading, next(stored))
                else:
                    yield step

    def _begun(self, page: list[Step]) -> Iterator[tuple[Step, Reading | None]]:
        """Yield each step, decided without reading the destination if that is possible.

        The reading that comes with an undecided step is None where the sizes differ already.
        """
        wanted = ((step, step.entry) for step in page if self._is_to_be_read(step))
        answers = read_ahead(self._source, wanted, keep_going=self._keep_going)
        for step in page:
            if not self._is_to_be_read(step):
                undecided = step.action is not Action.COMPARE or was_interrupted(step.sight)
                yield (step if undecided else self._different(step, None)), None
                continue
            match next(answers)[1]:
                case SourceChanged() as error:
                    yield step.leave_out(Cause.CHANGED, str(error)), None
                case SourceUnreadable() as error:
                    yield step.leave_out(error.cause, str(error)), None
                case reading:
                    yield self._begin(step, reading)

    def _is_to_be_read(self, step: Step) -> bool:
        """Tell whether the source's content decides: it does unless the sizes have."""
        listed = step.sight.listed
        return (
            step.action is Action.COMPARE
            and listed is not None
            and not differs_in_size(step.entry, listed, exact_size=self._exact_size)
        )

    def _begin(self, step: Step, reading: Reading) -> tuple[Step, Reading | None]:
        """Decide a step by the source's content alone, if that is possible; else keep its digest."""
        listed, record = step.sight.listed, step.sight.record
        assert listed is not None  # noqa: S101 - else nothing was read
        ours = is_ours(step.sight)
        proof = Proof(reading.fingerprint, reading.sha256, listed.version)
        if ours and record:
            # The record of a started replacement is about the new content, not about what is stored.
            same = record.state is not State.STARTED and record.sha256 == reading.sha256
            return (decide_equal(step, proof) if same else self._different(step, None)), None
        if listed.digest:
            if reading.has(listed.digest):
                return decide_equal(step, proof), None
            if not was_interrupted(step.sight):
                return self._different(step, None), None
        return step, replace(reading, content=b"")

    def _finish(
        self, step: Step, reading: Reading | None, stored: tuple[bytes, Version] | StoreError
    ) -> Step:
        if isinstance(stored, NotFound):
            # It was removed since the listing.
            return replace(step, action=Action.COPY, version=None)
        if isinstance(stored, StoreError):
            self._outage.add(stored)
            return step.leave_out(Cause.FAILED, f"could not be compared: {stored}")
        self._outage.clear()
        sha256, version = stored
        if reading and reading.sha256 == sha256:
            return decide_equal(step, Proof(reading.fingerprint, sha256, version))
        return self._different(step, sha256)

    def _different(self, step: Step, stored_sha256: bytes | None) -> Step:
        return decide_different(
            step, stored_sha256=stored_sha256, replace_others=self._replace_others
        )
