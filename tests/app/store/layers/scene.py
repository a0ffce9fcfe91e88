"""A service with a clock and leases, and a store in which things happen between calls."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from app.store.contract import (
    ALWAYS,
    NO_PROPERTIES,
    Blob,
    BlobInfo,
    BlobStore,
    Content,
    Properties,
    Span,
    Version,
    When,
)
from app.store.errors import LeaseHeld, LeaseLost, StoreError
from app.store.extras import Lease
from app.store.keys import Key
from app.store.layers.base import Layer

Happening = Callable[[Key], object]


@dataclass
class Clock:
    """A service's time, on a Thursday."""

    now: datetime = field(default_factory=lambda: datetime(2026, 1, 8, 12, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now


@dataclass
class OneLease:
    """Leases of one process's own."""

    holder: str | None = None
    renewals: int = 0

    def acquire(self, key: Key, *, seconds: int) -> Lease:
        if self.holder:
            raise LeaseHeld(f"{key} is leased", key=key)
        self.holder = "me"
        return Lease(key, "me", seconds)

    def renew(self, lease: Lease) -> Lease:
        if self.holder != lease.id:
            raise LeaseLost(f"{lease.key} is another's", key=lease.key)
        self.renewals += 1
        return lease

    def release(self, lease: Lease) -> None:
        if self.holder == lease.id:
            self.holder = None

    def break_lease(self, key: Key) -> None:
        self.holder = None


class Interrupted(Layer):
    """Something happens before or after a read or a write of a key."""

    def __init__(self, inner: BlobStore) -> None:
        super().__init__(inner)
        self.before_read: Happening = _nothing
        self.after_read: Happening = _nothing
        self.before_write: Happening = _nothing
        self.after_write: Happening = _nothing

    def calm(self) -> None:
        """Let nothing happen any more."""
        self.before_read = self.after_read = self.before_write = self.after_write = _nothing

    def read(self, key: Key, *, span: Span | None = None, unless: Version | None = None) -> Blob:
        self.before_read(key)
        blob = self.inner.read(key, span=span, unless=unless)
        self.after_read(key)
        return blob

    def read_many(self, keys: Iterable[Key]) -> Iterator[Blob | StoreError]:
        for key in keys:
            try:
                yield self.read(key)
            except StoreError as error:
                yield error

    def write(
        self,
        key: Key,
        content: Content,
        *,
        when: When = ALWAYS,
        properties: Properties = NO_PROPERTIES,
        lease: str | None = None,
    ) -> BlobInfo:
        self.before_write(key)
        info = self.inner.write(key, content, when=when, properties=properties, lease=lease)
        self.after_write(key)
        return info


def _nothing(_: Key) -> object:
    return None


def shared_contents(store: BlobStore) -> list[str]:
    """Return where shared content lies."""
    return [info.key for info in store.scan(".kb/content/") if info.key.count("/") > 2]
