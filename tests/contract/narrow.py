"""Stores that can do less, where no backend of ours can: each says no to one capability, and keeps to it."""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace

from app.store.backends.refusals import not_found
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
from app.store.errors import StoreError, Unsupported
from app.store.keys import Key
from app.store.layers.base import Layer


class EachAlone(Layer):
    """A layer whose many-verbs go through its single ones."""

    def read_many(self, keys: Iterable[Key]) -> Iterator[Blob | StoreError]:
        for key in keys:
            try:
                yield self.read(key)
            except StoreError as error:
                yield error

    def write_many(self, uploads: Iterable[Upload]) -> Iterator[BlobInfo | StoreError]:
        for one in uploads:
            try:
                yield self.write(one.key, one.content, when=one.when, properties=one.properties)
            except StoreError as error:
                yield error


class WithoutConditions(EachAlone):
    """Like `rclone serve s3`, which checks no condition."""

    @property
    def capabilities(self) -> Capabilities:
        return replace(self.inner.capabilities, conditional_writes=False)

    def write(
        self,
        key: Key,
        content: Content,
        *,
        when: When = ALWAYS,
        properties: Properties = NO_PROPERTIES,
        lease: str | None = None,
    ) -> BlobInfo:
        _refuse(key, when)
        return self.inner.write(key, content, properties=properties, lease=lease)

    def delete(self, key: Key, *, when: WhenPresent = ALWAYS, lease: str | None = None) -> None:
        _refuse(key, when)
        self.inner.delete(key, lease=lease)


class OneNameForTwins(EachAlone):
    """Like a folder on macOS: case and Unicode form do not count, and the first spelling is listed."""

    def __init__(self, inner: BlobStore) -> None:
        super().__init__(inner)
        self._spelled: dict[str, Key] = {}

    @property
    def capabilities(self) -> Capabilities:
        return replace(self.inner.capabilities, exact_names=False)

    def read(self, key: Key, *, span: Span | None = None, unless: Version | None = None) -> Blob:
        blob = self.inner.read(self._known(key), span=span, unless=unless)
        return replace(blob, info=replace(blob.info, key=key))

    def stat(self, key: Key) -> BlobInfo:
        return replace(self.inner.stat(self._known(key)), key=key)

    def write(
        self,
        key: Key,
        content: Content,
        *,
        when: When = ALWAYS,
        properties: Properties = NO_PROPERTIES,
        lease: str | None = None,
    ) -> BlobInfo:
        name = self._spelled.setdefault(_folded(key), key)
        info = self.inner.write(name, content, when=when, properties=properties, lease=lease)
        return replace(info, key=key)

    def delete(self, key: Key, *, when: WhenPresent = ALWAYS, lease: str | None = None) -> None:
        name = self._spelled.get(_folded(key), key)
        self.inner.delete(name, when=when, lease=lease)
        self._spelled.pop(_folded(key), None)

    def _known(self, key: Key) -> Key:
        name = self._spelled.get(_folded(key), key)
        try:
            self.inner.stat(name)
        except StoreError:
            raise not_found(key) from None
        return name


class InNoOrder(Layer):
    """Like Azure, which promises no order of a listing."""

    @property
    def capabilities(self) -> Capabilities:
        return replace(self.inner.capabilities, sorted_scan=False)

    def scan(self, prefix: str = "", *, after: str | None = None) -> Iterator[BlobInfo]:
        found = list(self.inner.scan(prefix, after=after))
        return iter(found[::2] + found[1::2])


def _folded(key: Key) -> str:
    return unicodedata.normalize("NFC", key).casefold()


def _refuse(key: Key, when: When) -> None:
    if when is not ALWAYS:
        raise Unsupported(f"{key}: this store checks no conditions", key=key)
