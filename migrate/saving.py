"""What a write replaces: saved before it is replaced, put back when that is undone."""

import hashlib
import io
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, Final

from app.store.backends.window import through_window
from app.store.contract import ABSENT, BlobStore, Content, IfVersion, Source, Version
from app.store.errors import ConditionFailed, ContentChanged, CorruptBlob, NotFound, StoreError
from app.store.keys import Key
from app.store.operations import Parts, ensure, read_in_parts, source_of
from app.store.values import value
from migrate.undo import Change, Former, UndoLog

if TYPE_CHECKING:
    from migrate.journal import Journal

LANES: Final = 8
"""How many blobs are saved, or put back, at once."""

PART_BYTES: Final = 4 << 20
"""How much of a large blob is read at once."""

_DURABLE_SECONDS: Final = 1.0


@value(frozen=True, slots=True)
class Write:
    """A write that is about to begin: whereto, of which file, what, and the version of what it replaces."""

    key: Key
    path: bytes
    sha256: bytes
    replaced: Version | None

    def as_change(self, run: int, former: Former | None = None) -> Change:
        """Return it as a change by a run."""
        return Change(self.key, self.path, run, self.sha256, former)


class Saving:
    """Notes what stands before each write, and saves it where something does.

    Args:
        store: the destination; it can write under conditions.
        journal: of the run.
        keep_going: called before each save; raises Stopped to end the run.
        lanes: how many are saved at once.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        store: BlobStore,
        journal: "Journal",
        *,
        keep_going: Callable[[], None],
        lanes: int = LANES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._journal = journal
        self._log = UndoLog(journal)
        self._keep_going = keep_going
        self._lanes = lanes
        self._prefix = ""
        self._clock = clock
        self._durable = clock()

    def before(self, writes: list[Write]) -> list[Change | StoreError]:
        """Return, in order, each write as it is noted, or why what it replaces could not be saved.

        What is saved is in the store, and noted so that it survives a power cut, when this returns. Writes
        that replace nothing are noted with the journal's next commit, and survive one after about a second.
        """
        replacing = [write for write in writes if write.replaced is not None]
        if replacing and not self._prefix:
            self._prefix = self._log.make_prefix()
        run = self._journal.run
        saved = through_window(
            lambda write: self._saved(run, write), replacing, concurrency=self._lanes
        )
        answers = [
            write.as_change(run) if write.replaced is None else next(saved) for write in writes
        ]
        changes = [answer for answer in answers if isinstance(answer, Change)]
        if replacing or self._clock() - self._durable >= _DURABLE_SECONDS:
            self._log.note_durably(changes)
            self._durable = self._clock()
        else:
            self._log.note(changes)
        return answers

    def _saved(self, run: int, write: Write) -> Change:
        self._keep_going()
        key, version = write.key, write.replaced
        assert version is not None  # noqa: S101 - chosen by its only caller for that
        # Named by what it is: a run that is killed here finds it when it comes again.
        name = hashlib.sha256(f"{key}\0{version}".encode()).hexdigest()
        saved = Key(f"{self._prefix}{name}")
        former = Former(version, _save(self._store, key, version, saved), saved)
        return write.as_change(run, former)


def _save(store: BlobStore, key: Key, version: Version, saved: Key) -> bytes:
    """Write one version of a blob under `saved` too, with its properties; return its SHA-256.

    Raises:
        ConditionFailed, NotFound: it no longer has this version.
    """
    head = read_in_parts(store, key, part_bytes_max=PART_BYTES)
    if head.info.version != version:
        raise _changed(key)
    digested = _Digested(store, head)
    try:
        ensure(store, saved, digested.content, when=ABSENT, properties=head.properties)
    except ContentChanged as error:
        raise _changed(key) from error
    return digested.sha256


def _changed(key: Key) -> ConditionFailed:
    return ConditionFailed(f"{key} was changed after the plan looked", key=key)


def put_back(store: BlobStore, former: Former, key: Key, *, when: IfVersion) -> Version:
    """Write what was saved under `key` again, with its properties; return its version there.

    Raises:
        CorruptBlob: it is gone from the save area, or no longer what was saved; nothing was written.
        ConditionFailed: `when` does not hold, and something else stands there.
    """
    try:
        head = read_in_parts(store, former.saved, part_bytes_max=PART_BYTES)
    except NotFound as error:
        reason = f"what stood there before is gone from the save area ({former.saved})"
        raise CorruptBlob(reason, key=key) from error
    digested = _Digested(store, head, expected=former.sha256)
    info = ensure(store, key, digested.content, when=when, properties=head.properties)
    return info.version


class _Digested:
    """One state of a blob as content whose SHA-256 is taken while it is read: a large one is read once.

    Attributes:
        content: the bytes, or for a large blob a source.
        sha256: of the content, once it has been read to its end.
    """

    def __init__(self, store: BlobStore, head: Parts, *, expected: bytes | None = None) -> None:
        self._key = head.info.key
        self._expected = expected
        self.sha256 = b""
        self.content: Content = next(head.parts, b"")
        if len(self.content) < PART_BYTES:
            self._take(hashlib.sha256(self.content).digest())
        else:
            self._source = source_of(store, head.info, part_bytes_max=PART_BYTES)
            self.content = Source(self._source.size, self._reopen)

    @contextmanager
    def _reopen(self) -> Iterator[BinaryIO]:
        with self._source.reopen() as inner:
            raw = _DigestingStream(inner, self._source.size, self._take)
            with io.BufferedReader(raw, PART_BYTES) as stream:
                yield stream

    def _take(self, sha256: bytes) -> None:
        if self._expected not in (None, sha256):
            raise CorruptBlob(f"{self._key} is no longer what was saved there", key=self._key)
        self.sha256 = sha256


class _DigestingStream(io.RawIOBase):
    def __init__(self, inner: BinaryIO, size: int, take: Callable[[bytes], None]) -> None:
        super().__init__()
        self._inner = inner
        self._left = size
        self._take = take
        self._sha256 = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed's is wider
        part = self._inner.read(len(buffer))
        self._sha256.update(part)
        self._left -= len(part)
        # Before the last bytes are handed over: a store commits when it has them all.
        if part and not self._left:
            self._take(self._sha256.digest())
        buffer[: len(part)] = part
        return len(part)
