"""The part of a store's folder that holds no blobs: unfinished writes and locks among processes."""

import errno
import fcntl
import hashlib
import os
import secrets
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from app.store.backends.folder.descriptors import entries_of, opened_folder
from app.store.keys import Key, folded

NAME: Final = ".kb-private."
"""Its name ends with a dot, so no key leads into it (keys.py)."""

_LOCKS: Final = "locks"
_UNFINISHED: Final = "unfinished"


@contextmanager
def opened(root: int) -> Iterator[int]:
    """Give the descriptor of the workplace below `root`; it is made where it is missing."""
    for name in (_LOCKS, _UNFINISHED):
        with opened_folder(root, [NAME, name], create=True):
            pass
    with opened_folder(root, [NAME]) as place:
        yield place


@contextmanager
def locked(place: int, key: Key) -> Iterator[None]:
    """Hold the lock that every writer of `key`, in any process, takes before it looks and replaces.

    Keys share 256 locks: that bounds the files, and nobody holds one while content arrives.
    """
    # Names that a file system may take for one must share a lock.
    name = hashlib.sha256(folded(key).encode()).hexdigest()[:2]
    with opened_folder(place, [_LOCKS]) as folder:
        descriptor = os.open(name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666, dir_fd=folder)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


class TemporaryFile:
    """A file on its way to its place: written, flushed, then moved.

    Its writer holds a lock on it, so that one left by a killed process can be told from one in use.
    """

    def __init__(self, folder: int) -> None:
        self._folder = folder
        while True:
            self._name = secrets.token_hex(8)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
            self.descriptor = os.open(self._name, flags, 0o666, dir_fd=folder)
            fcntl.flock(self.descriptor, fcntl.LOCK_EX)
            if os.fstat(self.descriptor).st_nlink:
                return
            # A sweep took it between its making and its locking.
            os.close(self.descriptor)

    def append(self, part: bytes) -> None:
        """Write `part` at the end."""
        view = memoryview(part)
        while view:
            view = view[os.write(self.descriptor, view) :]

    def finish(self) -> None:
        """Flush the content to the disk, under a time of modification of its own.

        The kernel stamps writes with its last tick, milliseconds ago; a recycled inode and an equal size
        could then make two states look alike. The clock itself counts nanoseconds.
        """
        now = time.time_ns()
        os.utime(self.descriptor, ns=(now, now))
        os.fsync(self.descriptor)

    def move(self, folder: int, name: str, *, mode: int | None) -> os.stat_result:
        """Put the file in the place `name`, with the permissions of what lay there; return its state."""
        if mode is not None:
            os.fchmod(self.descriptor, stat.S_IMODE(mode))
        os.replace(self._name, name, src_dir_fd=self._folder, dst_dir_fd=folder)
        os.fsync(folder)
        return os.fstat(self.descriptor)

    def close(self) -> None:
        """Close the file; remove it if it never took its place."""
        with suppress(FileNotFoundError):
            os.unlink(self._name, dir_fd=self._folder)
        os.close(self.descriptor)


@contextmanager
def temporary_file(place: int) -> Iterator[TemporaryFile]:
    """Give a new temporary file."""
    with opened_folder(place, [_UNFINISHED]) as folder:
        temporary = TemporaryFile(folder)
        try:
            yield temporary
        finally:
            temporary.close()


def sweep(place: int) -> None:
    """Remove the unfinished writes of processes that are gone."""
    with opened_folder(place, [_UNFINISHED]) as folder:
        for entry in entries_of(folder):
            with suppress(FileNotFoundError):
                _remove_abandoned(folder, entry.name)


def _remove_abandoned(folder: int, name: str) -> None:
    descriptor = os.open(name, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.unlink(name, dir_fd=folder)
    except OSError as error:
        if error.errno != errno.EWOULDBLOCK:
            raise
    finally:
        os.close(descriptor)
