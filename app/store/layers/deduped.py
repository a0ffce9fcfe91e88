"""A layer that stores equal content once."""

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from typing import Final

from app.store.backends.content import PART_BYTES
from app.store.backends.refusals import condition_failed, not_found, refuse_hopeless
from app.store.backends.window import through_window
from app.store.contract import (
    ALWAYS,
    NO_PROPERTIES,
    Blob,
    BlobInfo,
    BlobStore,
    Capabilities,
    Content,
    IfVersion,
    Properties,
    Span,
    Upload,
    Version,
    When,
    WhenPresent,
)
from app.store.errors import (
    ConditionFailed,
    InvalidKey,
    NotFound,
    StoreError,
    StoreOptionError,
    Unavailable,
)
from app.store.keys import Key
from app.store.layers.base import Layer, end
from app.store.layers.epochs import ServiceClock, epoch_of
from app.store.layers.following import pointer_in, resolved, with_contents
from app.store.layers.pointers import (
    CONTENT_PREFIX,
    Pointer,
    is_content_key,
    is_reserved,
    may_be_pointer,
)
from app.store.layers.sharing import Shared, shared_or_inline

SHARED_BYTES_MIN: Final = 4096
"""Below this a pointer, its content's name and a second trip cost more than a second copy."""

_PAGE: Final = 16
_ATTEMPTS_MAX: Final = 3
_TURNS: Final = 256


class DedupedStore(Layer):
    """Keeps content once per week in which it is written, however many blobs have it.

    - Under a blob's own key lies a *pointer*, with the blob's properties; its content lies at
      `.kb/content/<epoch>/<2 hex>/<sha256>`, which callers neither see nor reach. Versions, conditions,
      times, sizes and digests are those of the pointers. Without this layer nobody reads more than pointers.
    - Stored as they are: content under `bytes_min`, blobs with a tier of their own, everything under `.kb/`.
      Blobs that were there before the layer are read as they are.
    - Equal contents that are written through one of these at the same time are sent once.
    - A write stores content first and the pointer last, with the caller's condition: the blob is the old or
      the new. Content that nothing names any more is left for `app.store.collector`.
    - What is read whole is checked against its SHA-256. A span is not: no digest is of a part.
    - Reads, writes and the collector agree by *epochs*, weeks by the service's clock; see
      docs/decisions/0006-one-copy-of-equal-content.md.

    Args:
        inner: the store around which it stands; with `conditional_writes`.
        bytes_min: smaller content is stored as it is.
        clock: this machine's time, in UTC; corrected by what the service answers.
        concurrency: how many contents `write_many` stores at once.

    Raises:
        StoreOptionError: `inner` has no conditional writes.
    """

    def __init__(
        self,
        inner: BlobStore,
        *,
        bytes_min: int = SHARED_BYTES_MIN,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        concurrency: int = 8,
    ) -> None:
        if not inner.capabilities.conditional_writes:
            raise StoreOptionError("equal content is stored once only with conditional writes")
        super().__init__(inner)
        self._bytes_min = bytes_min
        self._clock = ServiceClock(clock)
        self._concurrency = concurrency
        # Of equal contents under way at the same time one is sent, and the others find it there.
        self._turns = [threading.Lock() for _ in range(_TURNS)]

    @property
    def capabilities(self) -> Capabilities:
        """Those of `inner`, but for sizes."""
        return replace(self.inner.capabilities, exact_size=False)

    def read(self, key: Key, *, span: Span | None = None, unless: Version | None = None) -> Blob:
        """See the contract.

        Raises:
            CorruptBlob: the content is gone, or is not what was written.
        """
        if is_content_key(key):
            raise not_found(key)
        blob = self.inner.read(key, span=span, unless=unless)
        if not may_be_pointer(key, blob.info.size_stored):
            return blob
        if span is not None and (span.start or len(blob.data) == span.length):
            # A part does not show what it is a part of; all of it is small.
            blob = self.inner.read(key, unless=unless)
        return resolved(self.inner, blob, span)

    def read_many(self, keys: Iterable[Key]) -> Iterator[Blob | StoreError]:
        """See the contract. A page of pointers is read, then their contents."""
        rest = iter(keys)
        while page := list(islice(rest, _PAGE)):
            found = self.inner.read_many([key for key in page if not is_content_key(key)])
            answers = [not_found(key) if is_content_key(key) else next(found) for key in page]
            yield from with_contents(self.inner, [pointer_in(answer) for answer in answers])

    def stat(self, key: Key) -> BlobInfo:
        """See the contract."""
        if is_content_key(key):
            raise not_found(key)
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
        upload = self._prepared(Upload(key, content, when, properties))
        if isinstance(upload, Shared):
            return self._write_shared(upload, lease)
        return self.inner.write(key, upload.content, when=when, properties=properties, lease=lease)

    def write_many(self, uploads: Iterable[Upload]) -> Iterator[BlobInfo | StoreError]:
        """See the contract."""
        rest = iter(uploads)
        while page := list(islice(rest, _PAGE)):
            prepared = [self._prepared_or_refused(upload) for upload in page]
            inline = self.inner.write_many([each for each in prepared if isinstance(each, Upload)])
            shared = through_window(
                self._write_shared,
                [each for each in prepared if isinstance(each, Shared)],
                concurrency=self._concurrency,
            )
            try:
                for each in prepared:
                    if isinstance(each, StoreError):
                        yield each
                    else:
                        yield next(shared if isinstance(each, Shared) else inline)
            finally:
                end(shared)
                end(inline)

    def delete(self, key: Key, *, when: WhenPresent = ALWAYS, lease: str | None = None) -> None:
        """See the contract. The content stays until it is collected."""
        if not is_content_key(key):
            self.inner.delete(key, when=when, lease=lease)
        elif isinstance(when, IfVersion):
            raise condition_failed(key, when)

    def scan(self, prefix: str = "", *, after: str | None = None) -> Iterator[BlobInfo]:
        """See the contract."""
        for info in self.inner.scan(prefix, after=after):
            if not is_content_key(info.key):
                yield info

    def _prepared(self, upload: Upload) -> Shared | Upload:
        if is_content_key(upload.key):
            raise InvalidKey(
                f"{upload.key!r} cannot be written: {CONTENT_PREFIX} is the system's own",
                key=upload.key,
            )
        if is_reserved(upload.key):
            return upload
        return shared_or_inline(upload, bytes_min=self._bytes_min)

    def _prepared_or_refused(self, upload: Upload) -> Shared | Upload | StoreError:
        try:
            return self._prepared(upload)
        except StoreError as error:
            return error

    def _write_shared(self, upload: Shared, lease: str | None = None) -> BlobInfo:
        if upload.size > PART_BYTES:
            refuse_hopeless(self.inner, upload.key, upload.when)
        when = upload.when
        written: BlobInfo | None = None
        for _ in range(_ATTEMPTS_MAX):
            pointer = Pointer(upload.sha256, upload.size, self._clock.epoch)
            try:
                self._keep_content(pointer, upload.content)
            except StoreError as error:
                error.about(upload.key)
                raise
            if not _may_be_named_in(pointer, self._clock.epoch):
                continue
            try:
                info = self._write_pointer(upload, pointer, when, lease)
            except ConditionFailed:
                if written is None:
                    raise
                # Ours was there, and another writer has replaced it already.
                return written
            if _may_be_named_in(pointer, epoch_of(info.modified)):
                return info
            # The collector may have passed by in between: named again, in the present week.
            written, when = info, IfVersion(info.version)
        raise Unavailable(f"{upload.key}: it took weeks to write, again and again", key=upload.key)

    def _keep_content(self, pointer: Pointer, content: Content) -> None:
        key = pointer.content_key
        with self._turns[int(pointer.sha256[:8], 16) % _TURNS]:
            try:
                size = self.inner.stat(key).size_stored
            except NotFound:
                pass
            else:
                if size == pointer.size or not self.inner.capabilities.exact_size:
                    return
            self._clock.learn(self.inner.write(key, content).modified)

    def _write_pointer(
        self, upload: Shared, pointer: Pointer, when: When, lease: str | None
    ) -> BlobInfo:
        info = self.inner.write(
            upload.key, pointer.encode(), when=when, properties=upload.properties, lease=lease
        )
        self._clock.learn(info.modified)
        return info


def _may_be_named_in(pointer: Pointer, epoch: int) -> bool:
    """Return whether a pointer written in `epoch` names content that no collector deletes then."""
    return epoch in (pointer.epoch, pointer.epoch + 1)
