"""The two bulk verbs over any service that obstore speaks to."""

import io
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, Protocol

import obstore

from app.store.backends.bulk.clients import Clients
from app.store.backends.bulk.failures import RAISED, Service, meaning_of, wrote_nothing
from app.store.backends.content import PART_BYTES, size_of, whole
from app.store.backends.names import Names
from app.store.backends.room import Room, Seat
from app.store.backends.window import Window
from app.store.contract import (
    ALWAYS,
    Absent,
    Blob,
    BlobInfo,
    BlobStore,
    Content,
    IfVersion,
    Source,
    Upload,
    When,
)
from app.store.errors import StoreError
from app.store.keys import Key

SMALL_BYTES_MAX: Final = 1 << 20
"""What is fetched whole from a source; a larger one goes through the vendor's SDK, in parts."""
_CHUNK_BYTES_MIN: Final = 1 << 20
# The C library keeps what each thread has freed, up to the size of its largest blob or so: with large ones on
# every thread of a window that is several times what the window itself holds (measured: 420 MB, here 190).
_LARGE_READERS: Final = ThreadPoolExecutor(3, thread_name_prefix="store-large")


class Dialect(Protocol):
    """What differs between services."""

    @property
    def service(self) -> Service:
        """For messages."""
        ...

    @property
    def put_bytes_max(self) -> int:
        """How many bytes obstore may put at once: obstore knows no conditions of an upload in parts."""
        ...

    def attributes(self, upload: Upload) -> dict[str, str]:
        """Return the properties of an upload as obstore's attributes.

        Raises:
            StoreError: the service has no such thing.
        """
        ...

    def blob(self, key: Key, meta: Any, attributes: Mapping[str, str], data: bytes) -> Blob | None:
        """Return what a GET answered; None where the bytes are not those of the checksum it names."""
        ...

    def written(self, upload: Upload, data: bytes, etag: str) -> BlobInfo | None:
        """Return what a PUT answered; None where the service has other bytes than were sent."""
        ...

    def settled_read(self, blob: Blob) -> None:
        """Learn from what the vendor's SDK made of a blob that this one could not check."""
        ...

    def settled_write(self, upload: Upload, data: bytes, etag: str) -> BlobInfo:
        """Ask the vendor's SDK what became of an upload whose checksum did not come back.

        Raises:
            CorruptBlob: the service stores other bytes than were sent.
        """
        ...


class BulkVerbs:
    """`read_many` and `write_many` of `store`.

    Calls run on threads: obstore's calls leave the interpreter to others while they wait, and cost half of
    what its coroutines do. Large content, and whatever obstore cannot express or explain, goes through the
    store's own `read` and `write`, on the threads of the same window.

    Args:
        store: whose single verbs are used.
        names: its names.
        dialect: its service.
        clients: obstore's.
        concurrency: how many calls run at once.
    """

    def __init__(
        self,
        store: BlobStore,
        names: Names,
        dialect: Dialect,
        clients: Clients[Any],
        *,
        concurrency: int,
    ) -> None:
        self._store = store
        self._names = names
        self._dialect = dialect
        self._clients = clients
        self._concurrency = concurrency

    def read_many(self, keys: Iterable[Key]) -> Iterator[Blob | StoreError]:
        """See the contract."""
        return Window[Key, Blob](self._read, concurrency=self._concurrency).run(keys)

    def write_many(self, uploads: Iterable[Upload]) -> Iterator[BlobInfo | StoreError]:
        """See the contract."""
        window = Window[Upload, BlobInfo](
            self._write, concurrency=self._concurrency, size_of=_held_by
        )
        return window.run(uploads)

    def close(self) -> None:
        """Let go of the connections."""
        self._clients.close()

    def _read(self, key: Key, room: Room, seat: Seat) -> Blob:
        try:
            meta, attributes, data = self._fetch(key, room, seat)
        except RAISED as error:
            meaning = meaning_of(error, key, self._dialect.service, when=None)
            if meaning is not None:
                raise meaning from error
            return self._store.read(key)
        blob = self._dialect.blob(key, meta, attributes, data)
        if blob is None:
            blob = self._store.read(key)
            self._dialect.settled_read(blob)
        return blob

    def _fetch(self, key: Key, room: Room, seat: Seat) -> tuple[Any, Mapping[str, str], bytes]:
        client = self._clients.client(retries=True)
        name = self._names.name(key)
        room.expect(seat)
        while True:
            # The answer's head is here; its bytes are fetched only when there is room for them.
            answer = obstore.get(client, name)
            meta = answer.meta
            size = meta["size"]
            room.learn(size)
            if room.fits(seat, size):
                return meta, answer.attributes, _bytes_of(answer, size)
            # No connection is kept waiting, however long it takes: the service might end it.
            del answer
            room.hold(seat, size)

    def _write(self, upload: Upload, room: Room, seat: Seat) -> BlobInfo:
        key, when = upload.key, upload.when
        if size_of(upload.content) > self._put_bytes_max(upload.content):
            return self._single(upload)
        attributes = self._dialect.attributes(upload)
        data = whole(key, upload.content)
        client = self._clients.client(retries=when is ALWAYS)
        try:
            answer = obstore.put(
                client,
                self._names.name(key),
                data,
                mode=_mode(when),
                attributes=attributes,
                use_multipart=False,
            )
        except RAISED as error:
            meaning = meaning_of(error, key, self._dialect.service, when=when)
            if meaning is not None:
                raise meaning from error
            if not wrote_nothing(error):
                raise
            return self._single(upload)
        etag = (answer["e_tag"] or "").strip('"')
        written = self._dialect.written(upload, data, etag)
        return written or self._dialect.settled_write(upload, data, etag)

    def _put_bytes_max(self, content: Content) -> int:
        return self._dialect.put_bytes_max if isinstance(content, bytes) else SMALL_BYTES_MAX

    def _single(self, upload: Upload) -> BlobInfo:
        return self._store.write(
            upload.key, upload.content, when=upload.when, properties=upload.properties
        )


def _bytes_of(answer: Any, size: int) -> bytes:
    if size > PART_BYTES:
        return _LARGE_READERS.submit(_gathered, answer).result()
    data: bytes = answer.bytes().to_bytes()
    return data


def _gathered(answer: Any) -> bytes:
    """Return the bytes without holding them twice: what BytesIO gives away at its end is not copied."""
    gathered = io.BytesIO()
    for chunk in answer.stream(min_chunk_size=_CHUNK_BYTES_MIN):
        gathered.write(chunk)
    return gathered.getvalue()


def _mode(when: When) -> Any:
    if when is Absent.ABSENT:
        return "create"
    if isinstance(when, IfVersion):
        # Without the key "version": obstore takes no None there.
        return {"e_tag": f'"{when.version}"'}
    return "overwrite"


def _held_by(upload: Upload) -> int:
    """Return how many bytes an upload holds in memory: a source, one part of it and the SDK's copy of it."""
    size = size_of(upload.content)
    return min(size, 2 * PART_BYTES) if isinstance(upload.content, Source) else size
