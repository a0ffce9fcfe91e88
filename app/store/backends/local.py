"""A store in a folder: each blob is a file, its key the path below the root."""

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from app.store.backends.content import parts
from app.store.backends.folder import descriptors, workplace
from app.store.backends.folder.failures import in_the_way, translated
from app.store.backends.folder.tree import info_of, walk
from app.store.backends.refusals import condition_failed, not_found, not_modified, refuse_lease
from app.store.backends.strangers import Stranger
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
)
from app.store.errors import AccessDenied, NotFound, StoreError, StoreMissing, Unavailable
from app.store.keys import Key

_PART_BYTES_MAX: Final = 1 << 20
_ATTEMPTS_MAX: Final = 20


class LocalStore:
    """The files below `root`.

    - Readers see the old file or the new one: a write goes to a temporary file, is flushed to the disk, and
      takes its place in one step. Conditions hold among all processes of this machine that use this class.
    - A version is (inode, size, modified, changed) of the file. Own writes never repeat one. Other programs
      are noticed when they change one of the four; an edit in place within the clock tick of a look at the
      file, to the same size, is not.
    - Symbolic links are never followed, neither as files nor as folders: nothing outside `root` is read,
      listed or written. What lies in the folder and is not a blob (links, pipes, names that are no keys) is
      not scanned; `strangers` names it. A write where such a thing lies is InvalidKey: it is not replaced.
    - Locks and unfinished writes lie in `root/.kb-private.`, made by the first write. No key leads there, no
      scan shows it; it may be removed when no process uses the store.

    Args:
        root: an existing folder; relative to the working directory at this moment.
        concurrency: how many calls `read_many` and `write_many` make at once.

    Raises:
        StoreMissing: there is no such folder.
    """

    def __init__(self, root: Path | str, *, concurrency: int = 8) -> None:
        self._root = Path(root).absolute()
        self._concurrency = concurrency
        self._swept = False
        with self._opened_root():
            exact = descriptors.tells_case_apart(self._root)
        self._capabilities = Capabilities(
            conditional_writes=True,
            flat_keys=False,
            exact_names=exact,
            properties=False,
            segment_bytes_max=255,
        )

    def __repr__(self) -> str:
        return f"LocalStore({str(self._root)!r})"

    @property
    def capabilities(self) -> Capabilities:
        return self._capabilities

    def read(self, key: Key, *, span: Span | None = None, unless: Version | None = None) -> Blob:
        with self._opened_root() as root, translated(key), _opened_blob(root, key) as descriptor:
            for _ in range(_ATTEMPTS_MAX):
                before = os.fstat(descriptor)
                info = info_of(key, before)
                if info.version == unless:
                    raise not_modified(key)
                data = _bytes_of(descriptor, span)
                after = os.fstat(descriptor)
                # Not the time of change: it moves when another file takes this one's place.
                if (before.st_mtime_ns, before.st_size) == (after.st_mtime_ns, after.st_size):
                    return Blob(info, NO_PROPERTIES, data)
        raise Unavailable(f"{key}: another program kept changing it while it was read", key=key)

    def read_many(self, keys: Iterable[Key]) -> Iterator[Blob | StoreError]:
        return through_window(self.read, keys, concurrency=self._concurrency)

    def stat(self, key: Key) -> BlobInfo:
        with self._opened_root() as root, translated(key):
            *above, name = key.split("/")
            with descriptors.opened_folder(root, above) as folder:
                state = descriptors.state_of(folder, name)
        if state is None or not stat.S_ISREG(state.st_mode):
            raise not_found(key)
        return info_of(key, state)

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
        with (
            self._opened_root() as root,
            translated(key, writing=True),
            workplace.opened(root) as place,
            workplace.temporary_file(place) as temporary,
        ):
            self._sweep_once(place)
            for part in parts(key, content, part_bytes_max=_PART_BYTES_MAX):
                temporary.append(part)
            temporary.finish()
            with workplace.locked(place, key):
                return info_of(key, _put_in_place(root, temporary, key, when))

    def write_many(self, uploads: Iterable[Upload]) -> Iterator[BlobInfo | StoreError]:
        return through_window(self._upload, uploads, concurrency=self._concurrency)

    def delete(self, key: Key, *, when: WhenPresent = ALWAYS, lease: str | None = None) -> None:
        refuse_lease(key, lease)
        try:
            # Before the lock: a folder that nobody writes to gets no workplace for a delete of nothing.
            self.stat(key)
        except NotFound:
            _check(key, when, None)
            return
        *above, name = key.split("/")
        with (
            self._opened_root() as root,
            translated(key, writing=True),
            workplace.opened(root) as place,
            workplace.locked(place, key),
        ):
            _remove(root, above, name, key, when)

    def scan(self, prefix: str = "", *, after: str | None = None) -> Iterator[BlobInfo]:
        with self._opened_root() as root, translated(Key("")):
            for found in walk(root, prefix, after):
                if isinstance(found, BlobInfo):
                    yield found
                elif found.hides:
                    raise AccessDenied(f"{found.name}: {found.reason}", key=found.name)

    def strangers(self, prefix: str = "") -> Iterator[Stranger]:
        """Yield what lies below the root and is not a blob; see `SeesStrangers`."""
        with self._opened_root() as root, translated(Key("")):
            for found in walk(root, prefix, None):
                if isinstance(found, Stranger):
                    yield found

    def close(self) -> None:
        """Nothing to release: descriptors are open only during a call."""

    @contextmanager
    def _opened_root(self) -> Iterator[int]:
        # Opened for each call, and following links: the root is what its owner says it is, now.
        try:
            root = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except FileNotFoundError as error:
            raise StoreMissing(f"the folder {self._root} does not exist") from error
        except NotADirectoryError as error:
            raise StoreMissing(f"{self._root} is not a folder") from error
        except PermissionError as error:
            raise AccessDenied(f"the folder {self._root} may not be read") from error
        try:
            yield root
        finally:
            os.close(root)

    def _sweep_once(self, place: int) -> None:
        if not self._swept:
            self._swept = True
            workplace.sweep(place)

    def _upload(self, upload: Upload) -> BlobInfo:
        return self.write(
            upload.key, upload.content, when=upload.when, properties=upload.properties
        )


@contextmanager
def _opened_blob(root: int, key: Key) -> Iterator[int]:
    *above, name = key.split("/")
    with descriptors.opened_folder(root, above) as folder:
        descriptor = descriptors.open_file(folder, name)
    if descriptor is None:
        raise not_found(key)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _bytes_of(descriptor: int, span: Span | None) -> bytes:
    start, left = (span.start, span.length) if span else (0, None)
    pieces: list[bytes] = []
    while left is None or left:
        piece = os.pread(
            descriptor, _PART_BYTES_MAX if left is None else min(left, _PART_BYTES_MAX), start
        )
        if not piece:
            break
        pieces.append(piece)
        start += len(piece)
        left = None if left is None else left - len(piece)
    return b"".join(pieces)


def _check(key: Key, when: When, state: os.stat_result | None) -> None:
    """Refuse the call unless `when` holds for what lies under the key; only regular files are blobs."""
    blob = info_of(key, state) if state and stat.S_ISREG(state.st_mode) else None
    if when is Absent.ABSENT and blob:
        raise condition_failed(key, when)
    if isinstance(when, IfVersion) and (blob is None or blob.version != when.version):
        raise condition_failed(key, when)


def _put_in_place(
    root: int, temporary: workplace.TemporaryFile, key: Key, when: When
) -> os.stat_result:
    *above, name = key.split("/")
    for _ in range(_ATTEMPTS_MAX):
        # A delete in another process may remove the folder, then empty, before the file is in it.
        with suppress(FileNotFoundError):
            create = not isinstance(when, IfVersion)
            with descriptors.opened_folder(root, above, create=create) as folder:
                state = descriptors.state_of(folder, name)
                _check(key, when, state)
                if state and stat.S_ISDIR(state.st_mode):
                    descriptors.remove_empty_tree(folder, name)
                elif state and not stat.S_ISREG(state.st_mode):
                    raise in_the_way(key, "a link or a device lies there, which is not replaced")
                mode = state.st_mode if state and stat.S_ISREG(state.st_mode) else None
                return temporary.move(folder, name, mode=mode)
        if isinstance(when, IfVersion):
            raise condition_failed(key, when)
    raise Unavailable(f"{key}: its folder kept being removed while it was written", key=key)


def _remove(root: int, above: list[str], name: str, key: Key, when: WhenPresent) -> None:
    try:
        with descriptors.opened_folder(root, above) as folder:
            state = descriptors.state_of(folder, name)
            _check(key, when, state)
            if state and stat.S_ISREG(state.st_mode):
                os.unlink(name, dir_fd=folder)
                os.fsync(folder)
    except FileNotFoundError:
        _check(key, when, None)
    descriptors.remove_empty_folders(root, above)
