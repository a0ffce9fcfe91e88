"""A store in this process's memory: the reference for the laws, and the fastest one for tests."""

import itertools
import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Final

from app.store.backends.content import whole
from app.store.backends.refusals import condition_failed, not_found, not_modified, refuse_lease
from app.store.backends.window import through_window
from app.store.contract import (
    ALWAYS,
    NO_PROPERTIES,
    Absent,
    Blob,
    BlobInfo,
    Capabilities,
    Content,
    IfVersion,
    Properties,
    Span,
    Upload,
    Version,
    When,
    WhenPresent,
    digest_of,
)
from app.store.errors import StoreError
from app.store.keys import Key

_CAPABILITIES: Final = Capabilities(conditional_writes=True)


class MemoryStore:
    """A dict behind a lock. What it holds ends with the process.

    Args:
        clock: tells when a blob was written, in UTC.
    """

    def __init__(self, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._clock = clock
        self._blobs: dict[Key, Blob] = {}
        self._versions = itertools.count(1)
        self._lock = threading.Lock()

    @property
    def capabilities(self) -> Capabilities:
        return _CAPABILITIES

    def read(self, key: Key, *, span: Span | None = None, unless: Version | None = None) -> Blob:
        blob = self._find(key)
        if blob.info.version == unless:
            raise not_modified(key)
        if span is None:
            return blob
        return Blob(blob.info, blob.properties, blob.data[span.start : span.start + span.length])

    def read_many(self, keys: Iterable[Key]) -> Iterator[Blob | StoreError]:
        # A window of one: threads cannot make a dict faster.
        return through_window(self.read, keys, concurrency=1)

    def stat(self, key: Key) -> BlobInfo:
        return self._find(key).info

    def write(
        self,
        key: Key,
        content: Content,
        *,
        when: When = ALWAYS,
        properties: Properties = NO_PROPERTIES,
        lease: str | None = None,
    ) -> BlobInfo:
        refuse_lease(key, lease)
        # Before the lock: a source may be slow, and nobody waits for it.
        data = whole(key, content)
        digest = digest_of(data, "md5")
        with self._lock:
            self._check(key, when)
            version = str(next(self._versions))
            info = BlobInfo(key, len(data), version, self._clock(), digest, properties.tier)
            self._blobs[key] = Blob(info, properties, data)
        return info

    def write_many(self, uploads: Iterable[Upload]) -> Iterator[BlobInfo | StoreError]:
        return through_window(self._upload, uploads, concurrency=1)

    def delete(self, key: Key, *, when: WhenPresent = ALWAYS, lease: str | None = None) -> None:
        refuse_lease(key, lease)
        with self._lock:
            self._check(key, when)
            self._blobs.pop(key, None)

    def scan(self, prefix: str = "", *, after: str | None = None) -> Iterator[BlobInfo]:
        with self._lock:
            # Code points sort as their UTF-8 bytes do.
            blobs = sorted(self._blobs.items())
        for key, blob in blobs:
            if key.startswith(prefix) and (after is None or key > after):
                yield blob.info

    def close(self) -> None:
        """Nothing to release: what is stored stays readable."""

    def _find(self, key: Key) -> Blob:
        with self._lock:
            blob = self._blobs.get(key)
        if blob is None:
            raise not_found(key)
        return blob

    def _check(self, key: Key, when: When) -> None:
        held = self._blobs.get(key)
        if when is Absent.ABSENT and held is not None:
            raise condition_failed(key, when)
        if isinstance(when, IfVersion) and (held is None or held.info.version != when.version):
            raise condition_failed(key, when)

    def _upload(self, upload: Upload) -> BlobInfo:
        return self.write(
            upload.key, upload.content, when=upload.when, properties=upload.properties
        )
