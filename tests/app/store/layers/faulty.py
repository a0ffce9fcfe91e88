"""A store whose N-th call fails, before or after it took effect."""

from collections.abc import Callable, Iterable, Iterator
from typing import Literal, TypeVar

from app.store.contract import (
    ALWAYS,
    NO_PROPERTIES,
    Blob,
    BlobInfo,
    BlobStore,
    Content,
    Properties,
    Span,
    Upload,
    Version,
    When,
    WhenPresent,
)
from app.store.errors import StoreError, Unavailable
from app.store.keys import Key
from app.store.layers.base import Layer

Answer = TypeVar("Answer")
Moment = Literal["before", "after"]


class Faulty(Layer):
    """Fails call number `at` (from 0), or all from it on, once `armed`; counts the calls since then.

    The items of `read_many` and `write_many` are calls, too.
    """

    def __init__(
        self, inner: BlobStore, *, at: int = -1, moment: Moment = "before", on: bool = False
    ) -> None:
        super().__init__(inner)
        self.at, self.moment, self.on = at, moment, on
        self.armed = True
        self.calls = 0

    def read(self, key: Key, *, span: Span | None = None, unless: Version | None = None) -> Blob:
        return self._call(key, lambda: self.inner.read(key, span=span, unless=unless))

    def read_many(self, keys: Iterable[Key]) -> Iterator[Blob | StoreError]:
        for key in keys:
            try:
                yield self.read(key)
            except StoreError as error:
                yield error

    def stat(self, key: Key) -> BlobInfo:
        return self._call(key, lambda: self.inner.stat(key))

    def write(
        self,
        key: Key,
        content: Content,
        *,
        when: When = ALWAYS,
        properties: Properties = NO_PROPERTIES,
        lease: str | None = None,
    ) -> BlobInfo:
        return self._call(
            key,
            lambda: self.inner.write(key, content, when=when, properties=properties, lease=lease),
        )

    def write_many(self, uploads: Iterable[Upload]) -> Iterator[BlobInfo | StoreError]:
        for upload in uploads:
            try:
                yield self.write(
                    upload.key, upload.content, when=upload.when, properties=upload.properties
                )
            except StoreError as error:
                yield error

    def delete(self, key: Key, *, when: WhenPresent = ALWAYS, lease: str | None = None) -> None:
        self._call(key, lambda: self.inner.delete(key, when=when, lease=lease))

    def _call(self, key: Key, call: Callable[[], Answer]) -> Answer:
        if not self.armed:
            return call()
        number, self.calls = self.calls, self.calls + 1
        fails = number == self.at or (self.on and number > self.at >= 0)
        if fails and self.moment == "before":
            raise Unavailable(f"{key}: call {number} was not made", key=key)
        answer = call()
        if fails:
            raise Unavailable(f"{key}: the answer to call {number} was lost", key=key)
        return answer


class Between(Faulty):
    """Something happens just before call number `number`, if there are so many."""

    def __init__(self, inner: BlobStore, number: int, act: Callable[[], None]) -> None:
        super().__init__(inner)
        self._number, self._act = number, act
        self.done = False

    def _call(self, key: Key, call: Callable[[], object]) -> object:  # type: ignore[override] # whatever a call answers
        if self.calls == self._number:
            self.done = True
            self.calls += 1
            self._act()
        return super()._call(key, call)
