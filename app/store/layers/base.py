"""A layer that changes nothing: what every other one starts from."""

from collections.abc import Iterable, Iterator

from app.store.contract import (
    ALWAYS,
    NO_PROPERTIES,
    Blob,
    BlobInfo,
    BlobStore,
    Capabilities,
    Content,
    Properties,
    Span,
    Upload,
    Version,
    When,
    WhenPresent,
)
from app.store.errors import StoreError
from app.store.keys import Key


class Layer:
    """Forwards every verb to `inner`. A layer overrides the verbs that it is about.

    Args:
        inner: the store around which it stands; closed with it.
    """

    def __init__(self, inner: BlobStore) -> None:
        self.inner = inner

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.inner!r})"

    @property
    def capabilities(self) -> Capabilities:
        """Those of `inner`; a layer narrows them, never widens them."""
        return self.inner.capabilities

    def read(self, key: Key, *, span: Span | None = None, unless: Version | None = None) -> Blob:
        """See the contract."""
        return self.inner.read(key, span=span, unless=unless)

    def read_many(self, keys: Iterable[Key]) -> Iterator[Blob | StoreError]:
        """See the contract."""
        return self.inner.read_many(keys)

    def stat(self, key: Key) -> BlobInfo:
        """See the contract."""
        return self.inner.stat(key)

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
        return self.inner.write(key, content, when=when, properties=properties, lease=lease)

    def write_many(self, uploads: Iterable[Upload]) -> Iterator[BlobInfo | StoreError]:
        """See the contract."""
        return self.inner.write_many(uploads)

    def delete(self, key: Key, *, when: WhenPresent = ALWAYS, lease: str | None = None) -> None:
        """See the contract."""
        self.inner.delete(key, when=when, lease=lease)

    def scan(self, prefix: str = "", *, after: str | None = None) -> Iterator[BlobInfo]:
        """See the contract."""
        return self.inner.scan(prefix, after=after)

    def close(self) -> None:
        """See the contract."""
        self.inner.close()


def end(answers: Iterator[object]) -> None:
    """End an iteration that may have calls under way: after this none of them runs any more."""
    close = getattr(answers, "close", None)
    if close is not None:
        close()
