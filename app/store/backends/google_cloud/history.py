"""Former states of the objects of a bucket whose versioning is on."""

import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC
from typing import Any, BinaryIO

from google.cloud.storage import Blob as Seen

from app.store.backends.content import PART_BYTES
from app.store.backends.google_cloud.objects import Objects
from app.store.backends.google_cloud.shapes import generation_of, info_of, properties_of
from app.store.backends.refusals import condition_failed, not_found
from app.store.contract import ABSENT, Blob, BlobInfo, Content, Properties, Source, Span
from app.store.extras import BlobVersion
from app.store.keys import Key


class History:
    """What `Versions` asks for, but for the writing.

    Args:
        objects: of the bucket.
    """

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    def versions(self, key: Key) -> Iterator[BlobVersion]:
        """Yield the states of a blob, the newest first. Deletions leave no trace of their own here."""
        for seen in self._objects.states(key):
            yield BlobVersion(
                key=key,
                id=str(seen.generation),
                info=info_of(key, seen),
                modified=seen.time_created.astimezone(UTC),
                current=seen.time_deleted is None,
            )

    def read(self, key: Key, version_id: str) -> Blob:
        """Return a former state."""
        seen = self._look(key, version_id)
        info = info_of(key, seen)
        return Blob(info, properties_of(seen), self._objects.data(info))

    def content(self, key: Key, version_id: str) -> tuple[Content, Properties]:
        """Return a former state as what can be written again; a large one is read when it is needed."""
        seen = self._look(key, version_id)
        info = info_of(key, seen)
        if info.size_stored <= PART_BYTES:
            return self._objects.data(info), properties_of(seen)
        return _source(info, self._objects.data), properties_of(seen)

    def last_deleted(self, key: Key) -> str:
        """Return the id of the state that was deleted last.

        Raises:
            NotFound: nothing is left of it.
            ConditionFailed: something is stored under `key` now.
        """
        states = list(self.versions(key))
        if not states:
            raise not_found(key)
        if any(state.current for state in states):
            raise condition_failed(key, ABSENT)
        return states[0].id

    def _look(self, key: Key, version_id: str) -> Seen:
        generation = generation_of(version_id)
        if generation is None:
            raise not_found(key)
        return self._objects.look(key, generation=generation)


def _source(info: BlobInfo, data: Callable[[BlobInfo, Span], bytes]) -> Source:
    def reopen() -> AbstractContextManager[BinaryIO]:
        return io.BufferedReader(_Spans(info, data), PART_BYTES)

    return Source(info.size_stored, reopen)


class _Spans(io.RawIOBase):
    """The bytes of one generation, a span at a time."""

    def __init__(self, info: BlobInfo, data: Callable[[BlobInfo, Span], bytes]) -> None:
        super().__init__()
        self._info = info
        self._data = data
        self._position = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        part = self._data(self._info, Span(self._position, len(buffer)))
        buffer[: len(part)] = part
        self._position += len(part)
        return len(part)
