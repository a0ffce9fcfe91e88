"""The objects of one bucket: each call once, its errors translated."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any, Final

from google.api_core.exceptions import Conflict
from google.cloud.storage import Blob, Bucket

from app.store.backends.google_cloud.clients import TIMEOUT, Clients
from app.store.backends.google_cloud.failures import Place, bucket_missing, translated
from app.store.backends.google_cloud.retries import ONCE, PATIENT
from app.store.backends.google_cloud.shapes import (
    CHECKSUM,
    LISTED,
    condition_of,
    generation_of,
    info_of,
    set_properties,
)
from app.store.backends.google_cloud.uploads import PartwiseBlob, upload
from app.store.backends.names import Names
from app.store.backends.refusals import condition_failed
from app.store.contract import ALWAYS, BlobInfo, Content, Properties, Span, Version, When
from app.store.errors import AccessDenied, NotFound, StoreOptionError, Unavailable
from app.store.keys import Key


class Objects:
    """The objects of a bucket by the keys of a store.

    Args:
        bucket: the bucket's name.
        names: how its objects are called.
        clients: where they are.
    """

    def __init__(self, bucket: str, names: Names, clients: Clients) -> None:
        self.bucket: Final = bucket
        self.names: Final = names
        self._clients = clients
        self._bucket_seen = threading.Event()

    def look(
        self, key: Key, *, generation: int | None = None, unless: Version | None = None
    ) -> Blob:
        """Return what is known of an object, or of one generation of it.

        Raises:
            NotFound: there is none.
            NotModified: its version is `unless`.
        """
        held = generation_of(unless) if unless else None
        try:
            with self._translated(key):
                seen = self._bucket.blob(self._name(key), generation=generation)
                seen.reload(if_generation_not_match=held, timeout=TIMEOUT, retry=PATIENT)
        except NotFound:
            self._expect_bucket()
            raise
        self._bucket_seen.set()
        return seen

    def data(self, info: BlobInfo, span: Span | None = None) -> bytes:
        """Return the bytes, or a part of them, of the generation that `info` is about.

        Raises:
            NotFound: it has been replaced.
        """
        part: dict[str, int] = {}
        if span is not None:
            end = min(span.start + span.length, info.size_stored)
            part = {"start": span.start, "end": end - 1}
        if not info.size_stored or (span and span.start >= info.size_stored):
            return b""
        with self._translated(info.key):
            # A new one: that which was looked at would take on what the download's headers leave out.
            blob = self._bucket.blob(self._name(info.key), generation=int(info.version))
            data: bytes = blob.download_as_bytes(
                raw_download=True, checksum=CHECKSUM, timeout=TIMEOUT, retry=PATIENT, **part
            )
        return data

    def put(self, key: Key, content: Content, when: When, properties: Properties) -> BlobInfo:
        """Store content; see the contract's `write`."""
        condition = condition_of(key, when)
        try:
            with self._translated(key, when, retried=not condition):
                blob = PartwiseBlob(self._name(key), self._bucket)
                set_properties(key, blob, properties)
                upload(blob, key, content, properties.content_type, condition)
        except NotFound as error:
            self._expect_bucket()
            raise Unavailable(f"{key}: its upload ended before it was whole", key=key) from error
        self._bucket_seen.set()
        return info_of(key, blob)

    def remove(self, key: Key, when: When) -> None:
        """Delete an object; see the contract's `delete`."""
        condition = condition_of(key, when)
        try:
            with self._translated(key, when, retried=not condition):
                self._bucket.delete_blob(
                    self._name(key),
                    timeout=TIMEOUT,
                    retry=ONCE if condition else PATIENT,
                    **condition,
                )
        except NotFound as error:
            self._expect_bucket()
            if condition:
                raise condition_failed(key, when) from error

    def listed(self, **options: Any) -> Iterator[Blob]:
        """Yield what the service lists, in the order of UTF-8."""
        try:
            with self._translated(Key("")):
                yield from self._clients.client.list_blobs(
                    self.bucket, fields=LISTED, timeout=TIMEOUT, retry=PATIENT, **options
                )
        except NotFound as error:
            raise bucket_missing(self.bucket, self._clients.endpoint) from error

    def states(self, key: Key) -> list[Blob]:
        """Return every generation of an object that is kept, the newest first."""
        name = self._name(key)
        # Not by prefix: that could list all the bucket. "!" is the first printable character after the blank.
        # A word, since of a bool the SDK makes "True", which is not what the API calls true.
        # By the prefix, too: whoever may list below the store's prefix alone may not list by offsets.
        listed = self.listed(prefix=name, start_offset=name, end_offset=f"{name}!", versions="true")
        found = [blob for blob in listed if blob.name == name]
        return sorted(found, key=lambda blob: int(blob.generation), reverse=True)

    def create_bucket(self) -> None:
        """Create the bucket unless it exists and is the caller's."""
        with self._translated(Key("")):
            client = self._clients.client
            if not client.project:
                raise StoreOptionError(
                    f"a new bucket {self.bucket} needs a project: give one, or set GOOGLE_CLOUD_PROJECT"
                )
            try:
                client.create_bucket(self.bucket, timeout=TIMEOUT, retry=PATIENT)
            except Conflict:
                # Names of buckets are the world's: it may be somebody else's.
                next(self.listed(max_results=1), None)

    @property
    def _bucket(self) -> Bucket:
        return self._clients.client.bucket(self.bucket)

    def _name(self, key: Key) -> str:
        return self.names.name(key)

    def _translated(
        self, key: Key, when: When = ALWAYS, *, retried: bool = True
    ) -> AbstractContextManager[None]:
        place = Place(self.bucket, self._name(key), self._clients.endpoint)
        return translated(key, place, when=when, retried=retried)

    def _expect_bucket(self) -> None:
        """Make sure, once, that a 404 was about the key: the service says it only in a sentence."""
        if self._bucket_seen.is_set():
            return
        try:
            # Not the bucket's own description: who works with objects need not be allowed to see that.
            next(self.listed(max_results=1, prefix=self.names.prefix or None), None)
        except AccessDenied:
            return
        self._bucket_seen.set()
