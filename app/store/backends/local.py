"""A store in a folder: each blob is a file, its key the path below the root."""

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from app.store.backends import folders, workplace
from app.store.backends.content import parts
from app.store.backends.os_errors import cannot_hold, translated
from app.store.backends.refusals import condition_failed, not_found, not_modified, refuse_lease
from app.store.backends.strangers import Stranger
from app.store.backends.tree import walk
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
from app.store.errors import AccessDenied, StoreError, StoreMissing, Unavailable
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
        with self._opened_root():
            exact = folders.tells_case_apart(self._root)
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
                info = _info(key, before)
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
            with folders.opened_folder(root, above) as folder:
                state = folders.state_of(folder, name)
        if state is None or not stat.S_ISREG(state.st_mode):
            raise not_found(key)
        return _info(key, state)

    def write(
        self,
        key: Key,
        content: Content,
        *,
        when: When = ALWAYS,
        properties: Properties = NO_PROPERTIES,  # noqa: ARG002 - not kept; see capabilities
        lease: str | None = None,
    ) -> BlobInfo:
        refuse_lease(key, lease)
        with (
            self._opened_root() as root,
            translated(key, writing=True),
            workplace.opened(root) as place,
            workplace.temporary_file(place) as temporary,
        ):
            for part in parts(key, content, part_bytes_max=_PART_BYTES_MAX):
                temporary.append(part)
            temporary.finish()
            with workplace.locked(place, key):
                return _info(key, _put_in_place(root, temporary, key, when))

    def write_many(self, uploads: Iterable[Upload]) -> Iterator[BlobInfo | StoreError]:
        return through_window(self._upload, uploads, concurrency=self._concurrency)

    def delete(self, key: Key, *, when: WhenPresent = ALWAYS, lease: str | None = None) -> None:
        refuse_lease(key, lease)
        try:
            self.stat(key)
        except StoreError:
            # A folder that is only read from gets no workplace because of a delete that has nothing to do.
            if isinstance(when, IfVersion):
                raise condition_failed(key, when) from None
            self._refuse_silence(key)
            return
        *above, name = key.split("/")
        with (
            self._opened_root() as root,
            translated(key, writing=True),
            workplace.opened(root) as place,
            workplace.locked(place, key),
        ):
            try:
                with folders.opened_folder(root, above) as folder:
                    _check(key, when, folders.state_of(folder, name))
                    os.unlink(name, dir_fd=folder)
                    os.fsync(folder)
            except FileNotFoundError:
                _check(key, when, None)
            folders.remove_empty_folders(root, above)

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
