"""Stores with one fault each in another verb than write."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import islice

from app.store.backends.content import whole
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
from app.store.errors import NotFound, StoreError
from app.store.keys import Key
from app.store.layers.base import Layer
from tests.contract.narrow import EachAlone


class NamesAVersionByItsSize(Layer):
    """Two states of one size have one version."""

    def stat(self, key: Key) -> BlobInfo:
        return _by_size(self.inner.stat(key))

    def read(self, key: Key, *, span: Span | None = None, unless: Version | None = None) -> Blob:
        blob = self.inner.read(key, span=span)
        return replace(blob, info=_by_size(blob.info))

    def write(
        self,
        key: Key,
        content: Content,
        *,
        when: When = ALWAYS,
        properties: Properties = NO_PROPERTIES,
        lease: str | None = None,
    ) -> BlobInfo:
        return _by_size(self.inner.write(key, content, properties=properties))


class DeletesOnce(Layer):
    """Deleting a missing blob fails."""

    def delete(self, key: Key, *, when: WhenPresent = ALWAYS, lease: str | None = None) -> None:
        self.inner.stat(key)
        self.inner.delete(key, when=when, lease=lease)


class DeletesAnyVersion(Layer):
    def delete(self, key: Key, *, when: WhenPresent = ALWAYS, lease: str | None = None) -> None:
        self.inner.delete(key, lease=lease)


class DeletesWhatLiesBelow(Layer):
    def delete(self, key: Key, *, when: WhenPresent = ALWAYS, lease: str | None = None) -> None:
        self.inner.delete(key, when=when, lease=lease)
        for info in list(self.inner.scan(f"{key}")):
            self.inner.delete(info.key)


class ListsAPageTwice(Layer):
    def scan(self, prefix: str = "", *, after: str | None = None) -> Iterator[BlobInfo]:
        yield from islice(self.inner.scan(prefix, after=after), 100)
        yield from islice(self.inner.scan(prefix, after=after), 99, None)


class LosesABlobBetweenPages(Layer):
    def scan(self, prefix: str = "", *, after: str | None = None) -> Iterator[BlobInfo]:
        yield from islice(self.inner.scan(prefix, after=after), 100)
        yield from islice(self.inner.scan(prefix, after=after), 101, None)


class ListsWholeFoldersOnly(Layer):
    """As some clients do: a prefix is a path, not text."""

    def scan(self, prefix: str = "", *, after: str | None = None) -> Iterator[BlobInfo]:
        folder = f"{prefix.rstrip('/')}/" if prefix else ""
        return self.inner.scan(folder, after=after)


class ListsTheKeyAfterToo(Layer):
    def scan(self, prefix: str = "", *, after: str | None = None) -> Iterator[BlobInfo]:
        return (info for info in self.inner.scan(prefix) if after is None or info.key >= after)


class ListsBackwards(Layer):
    def scan(self, prefix: str = "", *, after: str | None = None) -> Iterator[BlobInfo]:
        return iter(list(self.inner.scan(prefix, after=after))[::-1])


class CountsSpansFromOne(Layer):
    def read(self, key: Key, *, span: Span | None = None, unless: Version | None = None) -> Blob:
        moved = Span(span.start + 1, span.length) if span else None
        return self.inner.read(key, span=moved, unless=unless)


class SendsWhatIsHeld(Layer):
    """`unless` is ignored."""

    def read(self, key: Key, *, span: Span | None = None, unless: Version | None = None) -> Blob:
        return self.inner.read(key, span=span)


class FindsNothingEmpty(Layer):
    """A missing blob reads as an empty one."""

    def read(self, key: Key, *, span: Span | None = None, unless: Version | None = None) -> Blob:
        try:
            return self.inner.read(key, span=span, unless=unless)
        except NotFound:
            return Blob(BlobInfo(key, 0, "", datetime.min), NO_PROPERTIES, b"")


class TellsLocalTime(Layer):
    def stat(self, key: Key) -> BlobInfo:
        info = self.inner.stat(key)
        return replace(info, modified=info.modified.replace(tzinfo=None))


class AnswersManyBySpeed(EachAlone):
    def read_many(self, keys: Iterable[Key]) -> Iterator[Blob | StoreError]:
        return iter(sorted(super().read_many(islice(keys, 1000)), key=str))


class TakesAllKeysFirst(EachAlone):
    def read_many(self, keys: Iterable[Key]) -> Iterator[Blob | StoreError]:
        return super().read_many(list(islice(keys, 1000)))


class StopsAtTheFirstFailure(Layer):
    def write_many(self, uploads: Iterable[Upload]) -> Iterator[BlobInfo | StoreError]:
        return (
            self.inner.write(one.key, one.content, when=one.when, properties=one.properties)
            for one in uploads
        )


class WritesManyUnconditionally(Layer):
    def write_many(self, uploads: Iterable[Upload]) -> Iterator[BlobInfo | StoreError]:
        return self.inner.write_many(replace(one, when=ALWAYS) for one in uploads)


class WritesManyWithoutProperties(Layer):
    def write_many(self, uploads: Iterable[Upload]) -> Iterator[BlobInfo | StoreError]:
        return self.inner.write_many(replace(one, properties=NO_PROPERTIES) for one in uploads)


class SaysItHasNoConditions(Layer):
    @property
    def capabilities(self) -> Capabilities:
        return replace(self.inner.capabilities, conditional_writes=False)


class ClosesOnce(Layer):
    def close(self) -> None:
        assert not vars(self).get("closed")
        vars(self)["closed"] = True


class RemembersWhatFailed(EachAlone):
    """A cache that keeps what it was told to write before it knows whether that happened."""

    def __init__(self, inner: BlobStore) -> None:
        super().__init__(inner)
        self._kept: dict[Key, bytes] = {}

    def read(self, key: Key, *, span: Span | None = None, unless: Version | None = None) -> Blob:
        blob = self.inner.read(key, unless=unless)
        return replace(blob, data=self._kept.get(key, blob.data))

    def write(
        self,
        key: Key,
        content: Content,
        *,
        when: When = ALWAYS,
        properties: Properties = NO_PROPERTIES,
        lease: str | None = None,
    ) -> BlobInfo:
        self._kept[key] = whole(key, content)
        return self.inner.write(key, content, when=when, properties=properties, lease=lease)


def _by_size(info: BlobInfo) -> BlobInfo:
    return replace(info, version=str(info.size_stored))
