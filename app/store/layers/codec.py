"""A layer that stores other bytes than it is given: two hooks, applied to both forms of each verb."""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace

from app.store.contract import (
    ALWAYS,
    NO_PROPERTIES,
    Blob,
    BlobInfo,
    Content,
    Properties,
    Span,
    Upload,
    Version,
    When,
)
from app.store.errors import StoreError
from app.store.keys import Key
from app.store.layers.base import Layer, end


class Codec(Layer, ABC):
    """Encodes what is written and decodes what is read; a subclass says how, in `outgoing` and `incoming`."""

    @abstractmethod
    def outgoing(self, upload: Upload) -> AbstractContextManager[Upload]:
        """Give what is stored for `upload`; whatever it stands on may be released at the block's end.

        Raises:
            StoreError: it cannot be written.
        """

    @abstractmethod
    def is_encoded(self, blob: Blob) -> bool:
        """Return whether this codec has encoded what `blob` was read from, also where it is only a part."""

    @abstractmethod
    def incoming(self, blob: Blob) -> Blob:
        """Return a whole encoded blob as it was written.

        Raises:
            CorruptBlob: it does not decode.
        """

    def read(self, key: Key, *, span: Span | None = None, unless: Version | None = None) -> Blob:
        """See the contract. A span of an encoded blob costs the whole blob."""
        blob = self.inner.read(key, span=span, unless=unless)
        if span is None:
            return self._decoded(blob)
        if not self.is_encoded(blob):
            return blob
        if span.start or len(blob.data) == span.length:
            blob = self.inner.read(key, unless=unless)
        blob = self._decoded(blob)
        return replace(blob, data=blob.data[span.start : span.start + span.length])

    def read_many(self, keys: Iterable[Key]) -> Iterator[Blob | StoreError]:
        """See the contract."""
        for answer in self.inner.read_many(keys):
            try:
                yield answer if isinstance(answer, StoreError) else self._decoded(answer)
            except StoreError as error:
                yield error

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
        with self.outgoing(Upload(key, content, when, properties)) as upload:
            return self.inner.write(
                key, upload.content, when=when, properties=upload.properties, lease=lease
            )

    def write_many(self, uploads: Iterable[Upload]) -> Iterator[BlobInfo | StoreError]:
        """See the contract."""
        # One place per upload taken, in order: what to release once it is answered, or why it was not sent.
        places: deque[ExitStack | StoreError] = deque()

        def sent() -> Iterator[Upload]:
            for upload in uploads:
                stack = ExitStack()
                try:
                    encoded = stack.enter_context(self.outgoing(upload))
                except StoreError as error:
                    places.append(error)
                    continue
                places.append(stack)
                yield encoded

        answers = self.inner.write_many(sent())
        try:
            for answer in answers:
                while isinstance(place := places.popleft(), StoreError):
                    yield place
                place.close()
                yield answer
            # What is left was not sent.
            yield from (place for place in places if isinstance(place, StoreError))
        finally:
            end(answers)
            for place in places:
                if isinstance(place, ExitStack):
                    place.close()

    def _decoded(self, blob: Blob) -> Blob:
        return self.incoming(blob) if self.is_encoded(blob) else blob
