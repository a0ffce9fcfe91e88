"""Stores among others: somebody meddles, or a call breaks off."""

from collections.abc import Callable

from app.store.backends.memory import MemoryStore
from app.store.contract import (
    ALWAYS,
    NO_PROPERTIES,
    Blob,
    BlobInfo,
    Content,
    Properties,
    Span,
    Version,
    When,
    WhenPresent,
)
from app.store.errors import (
    Unavailable,
)
from app.store.keys import Key


class Meddled(MemoryStore):
    """Before the next calls of `verb`, somebody does `meddle`, so many times."""

    def __init__(self, verb: str, meddle: Callable[[MemoryStore], object], times: int = 1) -> None:
        super().__init__()
        self.verb, self.meddle, self.times = verb, meddle, times

    def meddled(self, verb: str) -> None:
        if verb == self.verb and self.times:
            self.times -= 1
            self.verb, held = "", self.verb
            self.meddle(self)
            self.verb = held

    def read(self, key: Key, *, span: Span | None = None, unless: Version | None = None) -> Blob:
        if span != Span(0, 10):
            self.meddled("read")
        return super().read(key, span=span, unless=unless)

    def write(
        self,
        key: Key,
        content: Content,
        *,
        when: When = ALWAYS,
        properties: Properties = NO_PROPERTIES,
        lease: str | None = None,
    ) -> BlobInfo:
        self.meddled("write")
        return super().write(key, content, when=when, properties=properties, lease=lease)

    def delete(self, key: Key, *, when: WhenPresent = ALWAYS, lease: str | None = None) -> None:
        self.meddled("delete")
        super().delete(key, when=when, lease=lease)


class Broken(MemoryStore):
    """Breaks off one call of `verb`."""

    def __init__(self, verb: str, *, effect: bool) -> None:
        super().__init__()
        self.verb, self.effect, self.breaks = verb, effect, False

    def write(
        self,
        key: Key,
        content: Content,
        *,
        when: When = ALWAYS,
        properties: Properties = NO_PROPERTIES,
        lease: str | None = None,
    ) -> BlobInfo:
        if self.verb == "write" and self.breaks:
            self.breaks = False
            if self.effect:
                super().write(key, content, when=when, properties=properties)
            raise Unavailable("broken off", key=key)
        return super().write(key, content, when=when, properties=properties)

    def delete(self, key: Key, *, when: WhenPresent = ALWAYS, lease: str | None = None) -> None:
        if self.verb == "delete" and self.breaks:
            self.breaks = False
            if self.effect:
                super().delete(key, when=when)
            raise Unavailable("broken off", key=key)
        super().delete(key, when=when)
