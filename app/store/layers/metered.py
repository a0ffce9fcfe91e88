"""A layer that logs and measures every call."""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from opentelemetry.metrics import get_meter

from app.store.contract import (
    ALWAYS,
    NO_PROPERTIES,
    Blob,
    BlobInfo,
    BlobStore,
    Content,
    Properties,
    Source,
    Span,
    Upload,
    Version,
    When,
    WhenPresent,
)
from app.store.errors import NotModified, StoreError
from app.store.keys import Key
from app.store.layers.base import Layer

if TYPE_CHECKING:
    from opentelemetry.metrics import Meter

Answer = TypeVar("Answer", Blob | StoreError, BlobInfo | StoreError)

_LOG: Final = logging.getLogger("app.store")
_SECONDS: Final = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_BYTES: Final = tuple(float(1 << power) for power in range(8, 35, 2))


class MeteredStore(Layer):
    """Logs each call as the guide does, `READ notes/a.md: True (0.123s)`, and counts it.

    - One line at INFO from the logger `app.store`: verb, key, whether it succeeded, seconds. Verbs: READ,
      STAT, WRITE, DELETE, LIST, and READ_MANY and WRITE_MANY with a line for each blob.
    - OpenTelemetry: the counter `kb.store.calls` and the histograms `kb.store.seconds` and `kb.store.bytes`,
      with the attributes `verb` and `outcome`: "ok", the code of the error (`not_found` and `not_modified`
      are answers like others), or "bug". Bytes are those of contents that were read or written.
    - What seconds mean: for a single call, how long it took. For READ_MANY and WRITE_MANY, how long the
      caller waited for this answer: several are under way at once and no one outside sees when each began,
      so their sum is the time that the store cost, and the first of a window waits longest. For LIST, all
      the waits of the listing together, without what the caller did in between; `LIST` of everything has no
      prefix to show and says `*`.

    Nothing but keys, prefixes and numbers is logged or counted; keys only in the log.

    Args:
        inner: the store around which it stands.
        meter: where to count; None takes the process's own, which does nothing unless an SDK is set up.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        inner: BlobStore,
        *,
        meter: "Meter | None" = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(inner)
        self._clock = clock
        meter = meter or get_meter("app.store")
        self._calls = meter.create_counter("kb.store.calls", "{call}", "Calls to the store")
        self._seconds = meter.create_histogram(
            "kb.store.seconds",
            "s",
            "How long callers waited",
            explicit_bucket_boundaries_advisory=_SECONDS,
        )
        self._bytes = meter.create_histogram(
            "kb.store.bytes",
            "By",
            "Bytes of contents read and written",
            explicit_bucket_boundaries_advisory=_BYTES,
        )

    def read(self, key: Key, *, span: Span | None = None, unless: Version | None = None) -> Blob:
        """See the contract."""
        with self._measured("READ", key) as call:
            blob = self.inner.read(key, span=span, unless=unless)
            call.size = len(blob.data)
            return blob

    def read_many(self, keys: Iterable[Key]) -> Iterator[Blob | StoreError]:
        """See the contract."""
        answers = self.inner.read_many(keys)
        return self._each("READ_MANY", answers, lambda answer: _size_of(_data_of(answer)))

    def stat(self, key: Key) -> BlobInfo:
        """See the contract."""
        with self._measured("STAT", key):
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
        with self._measured("WRITE", key, sent=_size_of(content)):
            return self.inner.write(key, content, when=when, properties=properties, lease=lease)

    def write_many(self, uploads: Iterable[Upload]) -> Iterator[BlobInfo | StoreError]:
        """See the contract."""
        # In the order taken, which is the order answered; only those without an answer are held.
        sizes: deque[int] = deque()

        def taken() -> Iterator[Upload]:
            for upload in uploads:
                sizes.append(_size_of(upload.content))
                yield upload

        return self._each("WRITE_MANY", self.inner.write_many(taken()), lambda _: sizes.popleft())

    def delete(self, key: Key, *, when: WhenPresent = ALWAYS, lease: str | None = None) -> None:
        """See the contract."""
        with self._measured("DELETE", key):
            self.inner.delete(key, when=when, lease=lease)

    def scan(self, prefix: str = "", *, after: str | None = None) -> Iterator[BlobInfo]:
        """See the contract."""
        listing = self.inner.scan(prefix, after=after)
        seconds = 0.0
        error: Exception | None = None
        try:
            while True:
                begin = self._clock()
                try:
                    info = next(listing)
                finally:
                    seconds += self._clock() - begin
                yield info
        except StopIteration:
            return
        except Exception as raised:
            error = raised
            raise
        finally:
            # Also for a listing that its reader leaves early.
            self._record("LIST", _printable(prefix) or "*", seconds, error=error)

    @contextmanager
    def _measured(self, verb: str, key: Key, *, sent: int | None = None) -> Iterator["_Call"]:
        call = _Call(sent)
        begin = self._clock()
        try:
            yield call
        except Exception as error:
            self._record(verb, key, self._clock() - begin, error=error)
            raise
        self._record(verb, key, self._clock() - begin, size=call.size)

    def _each(
        self, verb: str, answers: Iterator[Answer], size_of: Callable[[Answer], int]
    ) -> Iterator[Answer]:
        while True:
            begin = self._clock()
            try:
                answer = next(answers)
            except StopIteration:
                return
            except Exception as error:
                self._record(verb, "*", self._clock() - begin, error=error)
                raise
            seconds, size = self._clock() - begin, size_of(answer)
            refused = answer if isinstance(answer, StoreError) else None
            self._record(verb, _key_of(answer), seconds, size=size, error=refused)
            yield answer

    def _record(
        self,
        verb: str,
        name: str,
        seconds: float,
        *,
        size: int | None = None,
        error: Exception | None = None,
    ) -> None:
        attributes = {"verb": verb, "outcome": _outcome_of(error)}
        self._calls.add(1, attributes)
        self._seconds.record(seconds, attributes)
        if size is not None and error is None:
            self._bytes.record(size, attributes)
        # The caller of `unless` got what it asked for.
        succeeded = error is None or isinstance(error, NotModified)
        _LOG.info("%s %s: %s (%.3fs)", verb, name, succeeded, seconds)


@dataclass(slots=True)
class _Call:
    """What a call learns of its own size."""

    size: int | None = None


def _outcome_of(error: Exception | None) -> str:
    if error is None:
        return "ok"
    return error.code if isinstance(error, StoreError) else "bug"


def _key_of(answer: Blob | BlobInfo | StoreError) -> str:
    return answer.info.key if isinstance(answer, Blob) else answer.key


def _data_of(answer: Blob | StoreError) -> bytes:
    return b"" if isinstance(answer, StoreError) else answer.data


def _size_of(content: Content) -> int:
    return content.size if isinstance(content, Source) else len(content)


def _printable(prefix: str) -> str:
    """Return a prefix as one line: unlike a key it may be anything."""
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in prefix)
