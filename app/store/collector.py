"""The collector: deletes shared content that no blob stands for any more."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Final

from app.store.contract import ABSENT, BlobInfo, BlobStore
from app.store.errors import ConditionFailed, NotFound, StoreError
from app.store.extras import Lease, Leases
from app.store.keys import Key
from app.store.layers.epochs import epoch_of
from app.store.layers.pointers import (
    CONTENT_PREFIX,
    may_be_pointer,
    parse_content_key,
    parse_pointer,
)

COLLECTOR_KEY: Final = Key(f"{CONTENT_PREFIX}collector")
"""The blob on which a collector has its lease; one at a time, so that none does the work of another."""

_CLOCK_KEY: Final = Key(f"{CONTENT_PREFIX}clock")
_LEASE_SECONDS: Final = 60
_EPOCHS_KEPT: Final = 2
_MARGIN: Final = timedelta(days=1)
"""For a write that the service dated when it began, and clocks of its machines that are not one."""

_PAGE: Final = 64


@dataclass(frozen=True, slots=True)
class Collection:
    """What a collector found and did.

    Attributes:
        contents: how many contents there are.
        deleted: how many of them were deleted, or would have been.
        deleted_bytes: theirs, as stored.
        pointers: how many blobs stand for shared content.
    """

    contents: int
    deleted: int
    deleted_bytes: int
    pointers: int


def collect(
    store: BlobStore,
    leases: Leases,
    *,
    dry_run: bool,
    keep_going: Callable[[], None] = lambda: None,
    clock: Callable[[], float] = time.monotonic,
) -> Collection:
    """Delete the shared content that was stored two weeks ago or earlier and that no pointer names.

    Safe while others read and write, and with a collector or a writer that is stopped at any point and goes
    on later: a pointer that is written now names content of this week or the last one, which is not looked
    at; and every pointer to older content was there before the listing began
    (docs/decisions/0006-one-copy-of-equal-content.md). No pointer and no other blob is ever deleted.

    Args:
        store: what a DedupedStore stands on, its `inner`; a store that holds no shared content is left as it
            is, but for two blobs of our own.
        leases: of the same place; that only one collector works saves trips, and nothing depends on it.
        dry_run: tell what would be deleted.
        keep_going: called often; what it raises ends the work.
        clock: monotonic seconds, to renew the lease in time.

    Raises:
        LeaseHeld: another collector is at work.
        LeaseLost: another collector took over.
        CorruptBlob: a pointer is not readable; nothing was deleted.
        StoreError: a blob cannot be read, so it is not known what it stands for; nothing was deleted. Or a
            deletion failed; what was deleted before it was rightly so.
    """
    with _leased(store, leases, clock) as renew:

        def go_on() -> None:
            keep_going()
            renew()

        # Before the listing begins: what it does not show has been written later than this.
        present = epoch_of(store.write(_CLOCK_KEY, b"").modified - _MARGIN)
        named: set[tuple[int, str]] = set()
        old: dict[Key, int] = {}
        contents = pointers = 0
        for info, names in _looked_at(store, go_on):
            if names is not None:
                named.add(names)
                pointers += 1
            elif (content := parse_content_key(info.key)) is not None:
                contents += 1
                if content[0] <= present - _EPOCHS_KEPT:
                    old[info.key] = info.size_stored
        dead = {key: size for key, size in old.items() if parse_content_key(key) not in named}
        for key in () if dry_run else dead:
            go_on()
            store.delete(key)
        return Collection(contents, len(dead), sum(dead.values()), pointers)


def _looked_at(
    store: BlobStore, go_on: Callable[[], None]
) -> Iterator[tuple[BlobInfo, tuple[int, str] | None]]:
    """Yield every blob, and which content it names if it is a pointer."""
    listing = store.scan()
    while page := list(islice(listing, _PAGE)):
        go_on()
        small = [info.key for info in page if may_be_pointer(info.key, info.size_stored)]
        yield from zip(page, _named(store, page, small), strict=True)


def _named(
    store: BlobStore, page: Iterable[BlobInfo], small: list[Key]
) -> Iterator[tuple[int, str] | None]:
    answers = store.read_many(small)
    for info in page:
        if not may_be_pointer(info.key, info.size_stored):
            yield None
            continue
        answer = next(answers)
        if isinstance(answer, NotFound):
            # Deleted since it was listed: it names nothing, and what takes its place names recent content.
            yield None
        elif isinstance(answer, StoreError):
            raise answer
        else:
            pointer = parse_pointer(info.key, answer.data)
            yield (pointer.epoch, pointer.sha256) if pointer else None


@contextmanager
def _leased(
    store: BlobStore, leases: Leases, clock: Callable[[], float]
) -> Iterator[Callable[[], None]]:
    """Hold the collectors' lease during the block; gives what renews it."""
    with suppress(ConditionFailed):
        store.write(COLLECTOR_KEY, b"", when=ABSENT)
    lease: Lease = leases.acquire(COLLECTOR_KEY, seconds=_LEASE_SECONDS)
    renewed = clock()

    def renew() -> None:
        nonlocal lease, renewed
        if clock() - renewed > _LEASE_SECONDS / 3:
            lease, renewed = leases.renew(lease), clock()

    try:
        yield renew
    finally:
        leases.release(lease)
