"""Stores whose writes have one fault each."""

import time
from contextlib import suppress

from app.store.contract import (
    ABSENT,
    ALWAYS,
    NO_PROPERTIES,
    BlobInfo,
    Content,
    IfVersion,
    Properties,
    Source,
    When,
)
from app.store.errors import NotFound, StoreError
from app.store.keys import Key
from tests.contract.narrow import EachAlone


class Writes(EachAlone):
    """A layer whose every write is `change`d: the arguments of the fault."""

    def write(
        self,
        key: Key,
        content: Content,
        *,
        when: When = ALWAYS,
        properties: Properties = NO_PROPERTIES,
        lease: str | None = None,
    ) -> BlobInfo:
        return self.changed(key, content, when, properties, lease)

    def changed(
        self, key: Key, content: Content, when: When, properties: Properties, lease: str | None
    ) -> BlobInfo:
        return self.inner.write(key, content, when=when, properties=properties, lease=lease)


class IgnoresIfVersion(Writes):
    def changed(
        self, key: Key, content: Content, when: When, properties: Properties, lease: str | None
    ) -> BlobInfo:
        when = ALWAYS if isinstance(when, IfVersion) else when
        return super().changed(key, content, when, properties, lease)


class IgnoresAbsent(Writes):
    def changed(
        self, key: Key, content: Content, when: When, properties: Properties, lease: str | None
    ) -> BlobInfo:
        return super().changed(key, content, ALWAYS if when is ABSENT else when, properties, lease)


class ChecksBeforeAndNotWhileWriting(Writes):
    """Looks, and writes a moment later."""

    def changed(
        self, key: Key, content: Content, when: When, properties: Properties, lease: str | None
    ) -> BlobInfo:
        if when is ABSENT:
            with suppress(NotFound):
                self.inner.stat(key)
                return super().changed(key, content, when, properties, lease)
            time.sleep(0.002)
        return super().changed(key, content, ALWAYS, properties, lease)


class WritesInTwoSteps(Writes):
    def changed(
        self, key: Key, content: Content, when: When, properties: Properties, lease: str | None
    ) -> BlobInfo:
        if when is ALWAYS and isinstance(content, bytes):
            self.inner.write(key, content[: len(content) // 2])
            time.sleep(0.002)
        return super().changed(key, content, when, properties, lease)


class TakesWhatASourceGives(Writes):
    def changed(
        self, key: Key, content: Content, when: When, properties: Properties, lease: str | None
    ) -> BlobInfo:
        if isinstance(content, Source):
            with content.reopen() as stream:
                content = stream.read()
        return super().changed(key, content, when, properties, lease)


class LeavesSourcesOpen(Writes):
    def changed(
        self, key: Key, content: Content, when: When, properties: Properties, lease: str | None
    ) -> BlobInfo:
        if isinstance(content, Source):
            content.reopen().__enter__()
        return super().changed(key, content, when, properties, lease)


class ForgetsProperties(Writes):
    def changed(
        self, key: Key, content: Content, when: When, properties: Properties, lease: str | None
    ) -> BlobInfo:
        return super().changed(key, content, when, NO_PROPERTIES, lease)


class IgnoresLeases(Writes):
    def changed(
        self, key: Key, content: Content, when: When, properties: Properties, lease: str | None
    ) -> BlobInfo:
        return super().changed(key, content, when, properties, None)


class TriesConditionsAgain(Writes):
    """Repeats what got no answer: a write then fails against its own effect."""

    def changed(
        self, key: Key, content: Content, when: When, properties: Properties, lease: str | None
    ) -> BlobInfo:
        try:
            return super().changed(key, content, when, properties, lease)
        except StoreError as error:
            if not error.retryable:
                raise
            return super().changed(key, content, when, properties, lease)
