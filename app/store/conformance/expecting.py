"""What the laws expect of failures."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from app.store.contract import BlobInfo, BlobStore
from app.store.errors import NotFound, StoreError
from app.store.keys import Key

LARGE: Final = bytes(range(256)) * (36 << 10) + b"end"
"""More than one part of any service, and not a multiple of one."""


@dataclass(slots=True)
class Caught:
    """What a block raised, once it is over."""

    error: StoreError | None = None


@contextmanager
def refused(kind: type[StoreError], *, key: str = "") -> Iterator[Caught]:
    """Expect that the block raises `kind`, and that its message names `key`."""
    caught = Caught()
    try:
        yield caught
    except kind as error:
        caught.error = error
    assert caught.error is not None, f"{kind.__name__} was not raised"
    assert key in str(caught.error), f"the message does not name {key!r}: {caught.error}"
    assert not key or caught.error.key == key


def content_of(store: BlobStore, key: Key) -> bytes | None:
    """Return what is stored under `key`, None for nothing."""
    try:
        return store.read(key).data
    except NotFound:
        return None


def keys_of(blobs: Iterator[BlobInfo]) -> list[str]:
    """Return the keys in the order of a scan."""
    return [info.key for info in blobs]
