"""What the contract's verbs can say together."""

import hashlib
import io
import random
import time
from collections.abc import Callable, Iterator
from typing import Final

from app.store.contract import (
    ABSENT,
    ALWAYS,
    NO_PROPERTIES,
    BlobInfo,
    BlobStore,
    Content,
    IfVersion,
    Properties,
    ReadableStore,
    Source,
    Span,
    When,
)
from app.store.errors import ConditionFailed, NotFound, Unavailable, Unsupported
from app.store.keys import Key

UPDATE_SECONDS_MAX: Final = 30.0
_PART_BYTES: Final = 8 << 20
_PAUSE_SECONDS_MIN: Final = 0.005
_PAUSE_SECONDS_MAX: Final = 1.0


def exists(store: ReadableStore, key: Key) -> bool:
    """Return whether a blob is stored under `key`.

    Raises:
        StoreError: the store could not tell; only NotFound means no.
    """
    try:
        store.stat(key)
    except NotFound:
        return False
    return True


def append(
    store: BlobStore,
    key: Key,
    data: bytes,
    *,
    seconds_max: float = UPDATE_SECONDS_MAX,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
    chance: Callable[[], float] = random.random,
) -> BlobInfo:
    """Write `data` behind what is stored under `key`; a missing blob is created. Return the new state.

    Appends by several writers all arrive, each whole: see `update`, whose arguments and errors these are.
    """
    return update(
        store,
        key,
        lambda held: (held or b"") + data,
        seconds_max=seconds_max,
        clock=clock,
        sleep=sleep,
        chance=chance,
    )


def update(
    store: BlobStore,
    key: Key,
    change: Callable[[bytes | None], bytes],
    *,
    seconds_max: float = UPDATE_SECONDS_MAX,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
    chance: Callable[[], float] = random.random,
) -> BlobInfo:
    """Replace what is stored under `key` by what `change` makes of it. Return the new state.

    What is there is read, changed, and written back under the condition that nobody wrote in between; if
    somebody did, again, after a pause. So no change by several writers is lost. The blob's properties stay.

    Args:
        store: with `conditional_writes`.
        key: the blob's.
        change: gets the bytes, None for a missing blob; may be called several times; what it raises ends the
            update, and nothing is written.
        seconds_max: how long to try; with eight writers on one blob ten tries are not enough for 6 % of
            the appends, so time counts and not tries.
        clock: monotonic seconds.
        sleep: pauses for seconds.
        chance: a number from 0 to 1: pauses of one length would let the same writers meet again.

    Raises:
        ConditionFailed: others kept writing for `seconds_max`; nothing was written.
        Unsupported: the store has no conditional writes, or the blob has a content encoding, in which other
            bytes may mean nothing; nothing was written.
        Unavailable: the service did not answer; if that happened to the write, the blob has to be read to
            know whether the change arrived.
    """
    deadline = clock() + seconds_max
    pause = _PAUSE_SECONDS_MIN
    while True:
        try:
            return _update_once(store, key, change)
        except ConditionFailed:
            wait = pause * (0.5 + chance())
            if clock() + wait >= deadline:
                raise
        sleep(wait)
        pause = min(2 * pause, _PAUSE_SECONDS_MAX)


def ensure(
    store: BlobStore,
    key: Key,
    content: Content,
    *,
    when: When = ALWAYS,
    properties: Properties = NO_PROPERTIES,
) -> BlobInfo:
    """Write `content` under `key`, content with an end in view: that the store holds it.

    Like `write`, but a write that was refused or got no answer is settled by looking: if the store holds
    equal bytes, whoever wrote them, that state is returned. For copies, where a repeat must not fail against
    itself. Not for appends and locks, where equal bytes of another writer are not one's own.

    Raises:
        ConditionFailed: the store holds other bytes than `content`, or none.
        Unavailable: no answer, and the store does not hold `content` (as far as it answers at all).
    """
    try:
        return store.write(key, content, when=when, properties=properties)
    except (ConditionFailed, Unavailable):
        held = _holding(store, key, content)
        if held is None:
            raise
        return held


def _update_once(store: BlobStore, key: Key, change: Callable[[bytes | None], bytes]) -> BlobInfo:
    try:
        blob = store.read(key)
    except NotFound:
        return store.write(key, change(None), when=ABSENT)
    encoding = blob.properties.content_encoding
    if encoding is not None:
        raise Unsupported(
            f"{key} is stored with the encoding {encoding}; it was not changed", key=key
        )
    return store.write(
        key,
        change(blob.data),
        when=IfVersion(blob.info.version),
        properties=blob.properties,
    )


def _holding(store: BlobStore, key: Key, content: Content) -> BlobInfo | None:
    """Return the state of the blob if its bytes are known to equal `content`."""
    try:
        info = store.stat(key)
        equal = _digests_agree if info.digest and store.capabilities.exact_size else _bytes_agree
        return info if equal(store, info, content) else None
    except (NotFound, Unavailable):
        return None


def _digests_agree(_: BlobStore, info: BlobInfo, content: Content) -> bool:
    assert info.digest is not None  # noqa: S101 - chosen by its only caller for that
    checksum = hashlib.new(info.digest.algorithm, usedforsecurity=False)
    for part in _parts(content):
        checksum.update(part)
    return checksum.hexdigest() == info.digest.value


def _bytes_agree(store: BlobStore, info: BlobInfo, content: Content) -> bool:
    start = 0
    for part in _parts(content):
        blob = store.read(info.key, span=Span(start, len(part)))
        if blob.data != part or blob.info.version != info.version:
            return False
        start += len(part)
    end = store.read(info.key, span=Span(start, 1))
    return not end.data and end.info.version == info.version


def _parts(content: Content) -> Iterator[bytes]:
    with content.reopen() if isinstance(content, Source) else io.BytesIO(content) as stream:
        while part := stream.read(_PART_BYTES):
            yield part
