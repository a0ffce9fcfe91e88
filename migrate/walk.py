"""The source folder: every entry in it, told apart without following a link."""

import errno
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Final

from app.store.values import value
from migrate.paths import folders_of, printable
from migrate.reading import LARGE_BYTES_MIN, Reading, read
from migrate.refusals import SourceChanged, SourceFailed, SourceRefused, SourceUnreadable

WORKPLACE: Final = b".kb-private."
"""Where `LocalStore` keeps its locks: a folder that was once a destination is a source without it."""

_OPEN_FLAGS: Final = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
"""O_NONBLOCK: a pipe that took a file's place must not hold the run."""

_NO_LONGER: Final = frozenset(
    {errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.ESTALE}
)
"""The errors of what was a file when the walk saw it; ELOOP: it is a link by now."""


class Kind(StrEnum):
    """What an entry of the source is."""

    FILE = "file"
    LINK = "link"
    SPECIAL = "special"
    UNREADABLE = "unreadable"
    EMPTY_FOLDER = "empty_folder"


@value(frozen=True, slots=True)
class Entry:
    """One entry of the source.

    Attributes:
        path: below the root, segments parted by `/`, as the file system spells it.
        kind: what it is; folders that hold something are not entries.
        reason: why it is no file that can be moved, as a phrase; "" for a file.
        size: bytes, of a file; else 0.
        modified_ns: the file's time of change in nanoseconds since 1970.
        inode, device: which file it is, whatever it is called; of a blob, which state.
        is_folder: an unreadable or empty folder.
    """

    path: bytes
    kind: Kind
    reason: str = ""
    size: int = 0
    modified_ns: int = 0
    inode: int = 0
    device: int = 0
    is_folder: bool = False


class Folder:
    """A folder as the source of a migration: an `Origin`.

    Args:
        root: where it is.
        open_descriptor: opens a path with flags and returns a descriptor, or raises OSError.
        read_descriptor: reads at most so many bytes from a descriptor, as `os.read` does.
        is_readable: tells whether this process may read a file, without opening it.

    Raises:
        SourceRefused: there is no such folder, or it may not be read.
    """

    def __init__(
        self,
        root: Path,
        *,
        open_descriptor: Callable[[bytes, int], int] = os.open,
        read_descriptor: Callable[[int, int], bytes] = os.read,
        is_readable: Callable[[bytes], bool] = lambda path: os.access(path, os.R_OK),
    ) -> None:
        self.root = root.absolute()
        self._open_descriptor = open_descriptor
        self._is_readable = is_readable
        self.read_descriptor = read_descriptor
        self._prefix = os.fsencode(self.root).rstrip(b"/") + b"/"
        try:
            descriptor = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            self._identity = _identity(os.fstat(descriptor))
            os.close(descriptor)
        except FileNotFoundError:
            raise SourceRefused(f"The source {root} does not exist.") from None
        except NotADirectoryError:
            raise SourceRefused(f"The source {root} is a file; name the folder it is in.") from None
        except OSError as error:
            raise SourceRefused(f"The source {root} cannot be read: {_reason(error)}.") from None

    @property
    def name(self) -> str:
        """The folder's path."""
        return folder_name(self.root)

    @property
    def exact_size(self) -> bool:
        """True: a file's size is its content's."""
        return True

    def walk(self) -> Iterator[Entry]:
        """Yield every entry once; in no promised order; what vanishes meanwhile is left out.

        A source that is gone altogether is not an empty one: see `opened`.

        Memory is bounded by the largest folder: names of one folder on each level are held.
        """
        waiting = [b""]
        while waiting:
            folder = waiting.pop()
            try:
                names = self._names(folder)
            except FileNotFoundError:
                self._refuse_loss()
                continue
            except OSError as error:
                reason = f"a folder: {_reason(error)}"
                yield Entry(folder or b".", Kind.UNREADABLE, reason, is_folder=True)
                continue
            if not names and folder:
                yield Entry(folder, Kind.EMPTY_FOLDER, is_folder=True)
            for name, is_folder in names:
                path = folder + b"/" + name if folder else name
                if is_folder:
                    if path != WORKPLACE:
                        waiting.append(path)
                else:
                    entry = self._look(path)
                    if entry:
                        yield entry

    def look_again(self, path: bytes) -> Entry | None:
        """Return the entry at `path` as it is now; None if it is gone, or lies behind a link by now."""
        for folder in folders_of(path):
            try:
                if not stat.S_ISDIR(os.lstat(self._prefix + folder).st_mode):
                    return None
            except OSError:
                return None
        return self._look(path)

    def _look(self, path: bytes) -> Entry | None:
        try:
            state = os.lstat(self._prefix + path)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            return Entry(path, Kind.UNREADABLE, _reason(error))
        if stat.S_ISREG(state.st_mode):
            if not self._is_readable(self._prefix + path):
                return Entry(path, Kind.UNREADABLE, "no permission to read it")
            return Entry(
                path, Kind.FILE, "", state.st_size, state.st_mtime_ns, state.st_ino, state.st_dev
            )
        if stat.S_ISLNK(state.st_mode):
            return Entry(path, Kind.LINK, "a symbolic link; links are never followed")
        return Entry(path, Kind.SPECIAL, _SPECIAL.get(stat.S_IFMT(state.st_mode), "no file"))

    def ignore_file(self, path: bytes, *, bytes_max: int) -> bytes | None:
        """See `Origin`."""
        data = b""
        try:
            with self.opened(path) as descriptor:
                while len(data) <= bytes_max and (
                    part := self.read_descriptor(descriptor, bytes_max)
                ):
                    data += part
        except SourceUnreadable as error:
            if isinstance(error.__cause__, FileNotFoundError | NotADirectoryError):
                return None
            raise
        except OSError as error:
            raise SourceUnreadable(_reason(error)) from error
        return data

    def read(self, entry: Entry, *, keep_going: Callable[[], None]) -> Reading:
        """See `Origin`."""
        return self._read(entry, LARGE_BYTES_MIN - 1, keep_going)

    def read_many(
        self,
        entries: Iterable[Entry],
        *,
        whole_bytes_max: int = LARGE_BYTES_MIN - 1,
        keep_going: Callable[[], None],
    ) -> Iterator[Reading | SourceChanged | SourceUnreadable]:
        """See `Origin`."""
        for entry in entries:
            try:
                yield self._read(entry, whole_bytes_max, keep_going)
            except (SourceChanged, SourceUnreadable) as error:
                yield error

    def _read(self, entry: Entry, whole_bytes_max: int, keep_going: Callable[[], None]) -> Reading:
        try:
            return read(self, entry, whole_bytes_max=whole_bytes_max, keep_going=keep_going)
        except SourceUnreadable as error:
            if isinstance(error.__cause__, OSError) and error.__cause__.errno in _NO_LONGER:
                raise SourceChanged("it is no longer there") from error
            raise

    @contextmanager
    def opened(self, path: bytes) -> Iterator[int]:
        """Give a descriptor of the file at `path`; a link in its place is not followed.

        Raises:
            SourceUnreadable: it cannot be opened.
            SourceFailed: the source as a whole is gone: one sentence for all of its files.
        """
        descriptor = self.open(path)
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    def open(self, path: bytes) -> int:
        """Return a descriptor as `opened` gives it, for the caller to close."""
        try:
            return self._open_descriptor(self._prefix + path, _OPEN_FLAGS)
        except OSError as error:
            if error.errno in _NO_LONGER:
                self._refuse_loss()
            raise SourceUnreadable(_reason(error)) from error

    def _refuse_loss(self) -> None:
        """Return if the root still is the folder that it was: a disk that is taken out leaves another."""
        try:
            if _identity(self.root.stat()) == self._identity:
                return
        except OSError:
            pass
        raise SourceFailed(
            f"The source {self.root} is gone, or another folder took its place. What was done is in the "
            "journal; run again when it is back."
        )

    def _names(self, folder: bytes) -> list[tuple[bytes, bool]]:
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
        # The root is what its owner says it is; below it, a link in a folder's place is not followed.
        descriptor = os.open(self._prefix + folder, flags | (os.O_NOFOLLOW if folder else 0))
        try:
            with os.scandir(descriptor) as entries:
                return [
                    (os.fsencode(entry.name), entry.is_dir(follow_symlinks=False))
                    for entry in entries
                ]
        finally:
            os.close(descriptor)


def _identity(state: os.stat_result) -> tuple[int, int]:
    return state.st_dev, state.st_ino


def folder_name(root: Path) -> str:
    """Return what a folder is called in journals, also where there is none any more."""
    return printable(bytes(root.resolve()))


_SPECIAL: Final = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFBLK: "a block device",
    stat.S_IFCHR: "a character device",
    stat.S_IFDIR: "it became a folder while the migration looked",
}


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
