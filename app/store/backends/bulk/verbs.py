"""The two bulk verbs over a service that is spoken to directly."""

import random
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Final, Protocol, TypeVar

from app.store.backends.bulk.conversation import (
    Conversation,
    Elsewhere,
    Hold,
    Pause,
    held_here,
)
from app.store.backends.bulk.failures import (
    Service,
    is_passing,
    meaning_of,
    retry_after_seconds,
    wrote_nothing,
)
from app.store.backends.bulk.lanes import Lanes
from app.store.backends.bulk.messages import Reply, Request, Silence
from app.store.backends.bulk.room import Room, Seat
from app.store.backends.bulk.transport import Exchanges, Handles
from app.store.backends.content import PART_BYTES, size_of, whole
from app.store.backends.endpoints import TornAnswer, no_answer
from app.store.contract import (
    ALWAYS,
    Blob,
    BlobInfo,
    BlobStore,
    Content,
    Source,
    Upload,
)
from app.store.errors import CorruptBlob, StoreError
from app.store.keys import Key

Answer = TypeVar("Answer")

SMALL_BYTES_MAX: Final = 1 << 20
"""What goes over the lanes; larger content has a thread of its own."""
_RETRY_AFTER_SECONDS_MAX: Final = 20.0
"""A service that asks for more is given up on: who called may try again."""
_UPLOADS_BYTES_MAX: Final = 160 << 20
"""Three uploads of the largest size: with fewer the service waits while the next one is read."""


class Dialect(Protocol):
    """What differs between services."""

    @property
    def service(self) -> Service:
        """For messages."""
        ...

    @property
    def put_bytes_max(self) -> int:
        """How many bytes one request may carry; what is larger goes through the vendor's SDK."""
        ...

    @property
    def tries_max(self) -> int:
        """How often a call that may be repeated is made, as the vendor's SDK does it."""
        ...

    @property
    def backoff_seconds(self) -> float:
        """How long it waits before each repetition: so much to twice as much."""
        ...

    def handles(self) -> Handles:
        """Return what makes connections to the service, as the vendor's SDK would."""
        ...

    def get(self, key: Key) -> Request | None:
        """Return a signed request for a blob; None where the SDK has to say why there can be none."""
        ...

    def put(self, upload: Upload, data: bytes) -> Request | None:
        """Return a signed request that writes a blob; None as for `get`.

        Raises:
            StoreError: the service has no such property.
        """
        ...

    def blob(self, key: Key, reply: Reply) -> Blob:
        """Return what a GET answered.

        Raises:
            CorruptBlob: the bytes are not those of the checksum that it names.
            TornAnswer: the answer lacks what every answer has.
        """
        ...

    def written(self, upload: Upload, data: bytes, reply: Reply) -> BlobInfo:
        """Return what a PUT answered.

        Raises:
            CorruptBlob: the service has other bytes than were sent.
            TornAnswer: as for `blob`.
        """
        ...


class BulkVerbs:
    """`read_many` and `write_many` of `store`.

    What is large, and whatever only the vendor's SDK can do or explain, goes through the store's own `read`
    and `write`, on threads of their own.

    Args:
        store: whose single verbs are used.
        dialect: its service.
        concurrency: how many calls are on their way at once.
    """

    def __init__(self, store: BlobStore, dialect: Dialect, *, concurrency: int) -> None:
        self._store = store
        self._dialect = dialect
        self._concurrency = concurrency
        self._handles: Handles | None = None
        # Kept for their connections.
        self._spare: deque[Exchanges[Seat]] = deque()

    def read_many(self, keys: Iterable[Key]) -> Iterator[Blob | StoreError]:
        """See the contract."""
        exchanges = self._exchanges()
        lanes = Lanes[Key, Blob](self._read, exchanges, concurrency=self._concurrency)
        yield from self._answers(lanes.run(keys), exchanges)

    def write_many(self, uploads: Iterable[Upload]) -> Iterator[BlobInfo | StoreError]:
        """See the contract."""
        exchanges = self._exchanges()
        lanes = Lanes[Upload, BlobInfo](
            self._write,
            exchanges,
            concurrency=self._concurrency,
            size_of=_held_by,
            bytes_max=_UPLOADS_BYTES_MAX,
        )
        yield from self._answers(lanes.run(uploads), exchanges)

    def close(self) -> None:
        """Let go of the connections; a later call opens new ones."""
        while self._spare:
            self._spare.pop().close()
        if self._handles:
            self._handles.close()

    def _exchanges(self) -> Exchanges[Seat]:
        try:
            return self._spare.pop()
        except IndexError:
            if self._handles is None:
                self._handles = self._dialect.handles()
            return Exchanges(self._handles)

    def _answers(self, answers: Iterator[Answer], exchanges: Exchanges[Seat]) -> Iterator[Answer]:
        try:
            yield from answers
        finally:
            if len(exchanges):
                exchanges.close()  # whoever waited for their end was interrupted
            else:
                self._spare.append(exchanges)

    def _read(self, key: Key, seat: Seat, room: Room) -> Conversation[Blob]:
        dialect = self._dialect
        if room.expected:
            yield Hold(room.expected)
        tries = 0
        while True:
            request = dialect.get(key)
            if request is None:
                break
            tries += 1
            came = yield request.expecting(lambda size: _fits(room, seat, size))
            if isinstance(came, Reply) and came.status == 200:
                try:
                    blob = yield from self._looked_at(key, came)
                except TornAnswer:
                    raise self._torn(key) from None
                except CorruptBlob:
                    break  # it may have been damaged on the way: the SDK asks again
                return blob
            if not isinstance(came, Reply) and came.refused is not None:
                # No connection is kept waiting, however long it takes: the service might end it.
                tries -= 1
                yield Hold(came.refused)
            elif is_passing(came) and tries < dialect.tries_max:
                yield self._pause(came)
            else:
                meaning = meaning_of(came, key, dialect.service, when=None, retried=tries > 1)
                if meaning is not None:
                    raise meaning
                break
        return (yield from _elsewhere(lambda: self._store.read(key)))

    def _write(self, upload: Upload, seat: Seat, room: Room) -> Conversation[BlobInfo]:
        size = size_of(upload.content)
        if size <= SMALL_BYTES_MAX:
            return self._put(upload)
        if size <= self._put_bytes_max(upload.content):
            handles = self._handles
            assert handles is not None  # noqa: S101 - made before the lanes
            return _elsewhere(lambda: held_here(self._put(upload), handles))
        return _elsewhere(lambda: self._single(upload))

    def _put(self, upload: Upload) -> Conversation[BlobInfo]:
        key, when, dialect = upload.key, upload.when, self._dialect
        data = whole(key, upload.content)
        tries_max = dialect.tries_max if when is ALWAYS else 1
        tries = 0
        while True:
            request = dialect.put(upload, data)
            if request is None:
                break
            tries += 1
            came = yield request
            if isinstance(came, Reply) and 200 <= came.status < 300:
                try:
                    return dialect.written(upload, data, came)
                except TornAnswer:
                    raise self._torn(key) from None
            if is_passing(came) and tries < tries_max:
                yield self._pause(came)
                continue
            meaning = meaning_of(came, key, dialect.service, when=when, retried=tries > 1)
            if meaning is not None:
                raise meaning
            if not wrote_nothing(came):
                raise no_answer(
                    key, dialect.service.endpoint, "it said nothing known", retried=False
                )
            break
        return (yield from _elsewhere(lambda: self._single(upload)))

    def _looked_at(self, key: Key, reply: Reply) -> Conversation[Blob]:
        if len(reply.body) <= SMALL_BYTES_MAX:
            return self._dialect.blob(key, reply)
        return (yield from _elsewhere(lambda: self._dialect.blob(key, reply)))

    def _torn(self, key: Key) -> StoreError:
        endpoint = self._dialect.service.endpoint
        return no_answer(key, endpoint, "the answer broke off", retried=False)

    def _pause(self, came: Reply | Silence) -> Pause:
        backoff = self._dialect.backoff_seconds * random.uniform(1, 2)  # noqa: S311 - keeps no secret
        return Pause(max(backoff, min(retry_after_seconds(came), _RETRY_AFTER_SECONDS_MAX)))

    def _put_bytes_max(self, content: Content) -> int:
        return self._dialect.put_bytes_max if isinstance(content, bytes) else SMALL_BYTES_MAX

    def _single(self, upload: Upload) -> BlobInfo:
        return self._store.write(
            upload.key, upload.content, when=upload.when, properties=upload.properties
        )


def _elsewhere(call: Callable[[], Answer]) -> Conversation[Answer]:
    answer: Answer = yield Elsewhere(call)
    return answer


def _fits(room: Room, seat: Seat, size: int) -> bool:
    room.learn(size)
    return room.fits(seat, size)


def _held_by(upload: Upload) -> int:
    """Return how many bytes an upload holds in memory: a source, one part of it and the SDK's copy of it."""
    size = size_of(upload.content)
    return min(size, 2 * PART_BYTES) if isinstance(upload.content, Source) else size
