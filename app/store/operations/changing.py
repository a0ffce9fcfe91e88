"""Changes to a blob of which none is lost: each is made to what is there, if nobody wrote in between."""

import random
import re
import time
from collections.abc import Callable
from typing import Final

from app.store.contract import (
    ABSENT,
    Blob,
    BlobInfo,
    BlobStore,
    Digest,
    IfVersion,
    Version,
    digest_of,
)
from app.store.errors import ConditionFailed, LeaseLost, NotFound, StoreError, Unsupported
from app.store.keys import Key

UPDATE_SECONDS_MAX: Final = 30.0
_PAUSE_SECONDS_MIN: Final = 0.005
_PAUSE_SECONDS_MAX: Final = 1.0


class NotOnce(StoreError):
    """What an edit shall replace does not occur exactly once; nothing was written.

    Attributes:
        count: how often it occurs.
    """

    code = "not_once"

    def __init__(self, key: Key, count: int) -> None:
        super().__init__(
            f"{key}: what shall be replaced occurs {count} times, not once; nothing was written",
            key=key,
        )
        self.count = count


def append(
    store: BlobStore,
    key: Key,
    data: bytes,
    *,
    lease: str | None = None,
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
        lease=lease,
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
    lease: str | None = None,
    seconds_max: float = UPDATE_SECONDS_MAX,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
    chance: Callable[[], float] = random.random,
) -> BlobInfo:
    """Replace what is stored under `key` by what `change` makes of it. Return the new state.

    What is there is read, changed, and written back under the condition that nobody wrote in between; if
    somebody did, or holds a lease of the blob, again, after a pause. So no change by several writers is lost.
    The blob's properties stay.

    Args:
        store: with `conditional_writes`.
        key: the blob's.
        change: gets the bytes, None for a missing blob; may be called several times; what it raises ends the
            update, and nothing is written.
        lease: the caller's own lease of the blob.
        seconds_max: how long to try; with eight writers on one blob ten tries are not enough for 6 % of
            the appends, so time counts and not tries.
        clock: monotonic seconds.
        sleep: pauses for seconds.
        chance: a number from 0 to 1: pauses of one length would let the same writers meet again.

    Raises:
        ConditionFailed: others kept writing for `seconds_max`; nothing was written.
        LeaseHeld: another held a lease of the blob for `seconds_max`; nothing was written.
        LeaseLost: `lease` has ended; nothing was written.
        Unsupported: the store has no conditional writes, or the blob has a content encoding, in which other
            bytes may mean nothing; nothing was written.
        Unavailable: the service did not answer; if that happened to the write, the blob has to be read to
            know whether the change arrived.
    """
    return _changed(
        store,
        key,
        lambda blob: change(None if blob is None else blob.data),
        lease=lease,
        seconds_max=seconds_max,
        clock=clock,
        sleep=sleep,
        chance=chance,
    )


def edit(
    store: BlobStore,
    key: Key,
    old: bytes,
    new: bytes,
    *,
    version: Version,
    seen: Digest | None = None,
    lease: str | None = None,
    seconds_max: float = UPDATE_SECONDS_MAX,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
    chance: Callable[[], float] = random.random,
) -> BlobInfo:
    """Replace the one place where `old` occurs by `new`, in the content that the caller saw.

    A version also changes when equal bytes are written again (Azure, GCS) or a tier is set (S3). That is no
    conflict: the edit is then made to the new version, and written under the condition that it is still
    there, so no update is lost. What the caller saw is known by `seen`; without it only from the moment on
    at which the blob is found to have `version`.

    Args:
        store: with `conditional_writes`.
        key: the blob's.
        old: what is replaced; occurrences that overlap are several.
        new: what takes its place.
        version: of the content that the caller saw.
        seen: the digest of that content (`digest_of(blob.data)`).
        lease: as in `update`, like all that follow.
        seconds_max: how long to try.
        clock: monotonic seconds.
        sleep: pauses for seconds.
        chance: a number from 0 to 1.

    Raises:
        NotOnce: `old` does not occur exactly once; nothing was written.
        ConditionFailed: the content is not what the caller saw, or is gone; nothing was written.
        LeaseHeld, LeaseLost, Unsupported, Unavailable: as in `update`.
    """
    if not old:
        raise ValueError("an edit needs something that it replaces")

    def edited(blob: Blob | None) -> bytes:
        nonlocal seen
        if blob is None:
            raise ConditionFailed(f"{key} was deleted after it was read", key=key)
        if blob.info.version == version:
            seen = digest_of(blob.data)
        elif seen is None or digest_of(blob.data, seen.algorithm) != seen:
            raise ConditionFailed(f"{key} was changed after it was read", key=key)
        count = _occurrences(old, blob.data)
        if count != 1:
            raise NotOnce(key, count)
        return blob.data.replace(old, new)

    return _changed(
        store,
        key,
        edited,
        lease=lease,
        seconds_max=seconds_max,
        clock=clock,
        sleep=sleep,
        chance=chance,
    )


def _changed(
    store: BlobStore,
    key: Key,
    change: Callable[[Blob | None], bytes],
    *,
    lease: str | None,
    seconds_max: float,
    clock: Callable[[], float],
    sleep: Callable[[float], None],
    chance: Callable[[], float],
) -> BlobInfo:
    deadline = clock() + seconds_max
    pause = _PAUSE_SECONDS_MIN
    while True:
        blob = _present(store, key)
        data = change(blob)
        try:
            return _replace(store, key, blob, data, lease)
        except LeaseLost:
            raise
        except ConditionFailed:
            wait = pause * (0.5 + chance())
            if clock() + wait >= deadline:
                raise
        sleep(wait)
        pause = min(2 * pause, _PAUSE_SECONDS_MAX)


def _present(store: BlobStore, key: Key) -> Blob | None:
    try:
        blob = store.read(key)
    except NotFound:
        return None
    encoding = blob.properties.content_encoding
    if encoding is not None:
        raise Unsupported(
            f"{key} is stored with the encoding {encoding}; it was not changed", key=key
        )
    return blob


def _replace(
    store: BlobStore, key: Key, blob: Blob | None, data: bytes, lease: str | None
) -> BlobInfo:
    if blob is None:
        return store.write(key, data, when=ABSENT, lease=lease)
    when = IfVersion(blob.info.version)
    return store.write(key, data, when=when, properties=blob.properties, lease=lease)


def _occurrences(old: bytes, data: bytes) -> int:
    # With a look ahead: bytes.count leaves out those that overlap.
    return sum(1 for _ in re.finditer(b"(?=" + re.escape(old) + b")", data))
