"""Folders and files by open descriptors, segment by segment, so that no symbolic link leads astray."""

import itertools
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# O_NONBLOCK: opening a named pipe must not wait for its writer.
_FILE: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@contextmanager
def opened_folder(start: int, segments: list[str], *, create: bool = False) -> Iterator[int]:
    """Give the descriptor of the folder `segments` below the folder `start`.

    Raises:
        OSError: a segment is missing, or no folder (a symbolic link is none).
    """
    descriptor = os.dup(start)
    try:
        for segment in segments:
            if create:
                with suppress(FileExistsError):
                    os.mkdir(segment, dir_fd=descriptor)
                    os.fsync(descriptor)
            following = os.open(segment, _FOLDER, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = following
        yield descriptor
    finally:
        os.close(descriptor)


def open_file(folder: int, name: str) -> int | None:
    """Return a descriptor for reading the regular file `name`, or None if it is something else.

    Raises:
        OSError: it is missing, a symbolic link, or may not be read.
    """
    descriptor = os.open(name, _FILE, dir_fd=folder)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    return None


def state_of(folder: int, name: str) -> os.stat_result | None:
    """Return what lies under `name`, itself and not what it links to; None if nothing does."""
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None


def entries_of(folder: int) -> list[os.DirEntry[str]]:
    """Return the folder's entries in the order of the keys below them: a folder sorts as `name/`."""
    with os.scandir(folder) as entries:
        return sorted(entries, key=_key_order)


def remove_empty_folders(start: int, segments: list[str]) -> None:
    """Remove the folder `segments` below `start` and its parents, as far as they are empty."""
    for depth in range(len(segments), 0, -1):
        try:
            with opened_folder(start, segments[: depth - 1]) as parent:
                os.rmdir(segments[depth - 1], dir_fd=parent)
        except OSError:
            return


def remove_empty_tree(folder: int, name: str) -> None:
    """Remove the folder `name` if there is nothing but folders in it, however deep.

    Raises:
        OSError: something else is in it; emptied folders on the way may be gone.
    """
    with opened_folder(folder, [name]) as inner:
        for entry in entries_of(inner):
            remove_empty_tree(inner, entry.name)
    os.rmdir(name, dir_fd=folder)


def tells_case_apart(root: Path) -> bool:
    """Return whether `root` holds `a` and `A` as two files, as far as existing names show it.

    Nothing is written to find out: the folder may be read-only. Without a name to try, the answer is
    what Linux does: True.
    """
    for known in (*itertools.islice(root.iterdir(), 1), root):
        swapped = known.parent / known.name.swapcase()
        if swapped.name != known.name:
            return not (swapped.exists() and swapped.samefile(known))
    return True


def _key_order(entry: os.DirEntry[str]) -> str:
    return f"{entry.name}/" if entry.is_dir(follow_symlinks=False) else entry.name
