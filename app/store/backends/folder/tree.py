"""Everything below a folder, in the order of its keys."""

import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime

from app.store.backends.folder import workplace
from app.store.backends.folder.descriptors import entries_of, opened_folder
from app.store.backends.strangers import Stranger
from app.store.contract import BlobInfo
from app.store.keys import SEGMENTS_MAX, Key, broken_rule

Found = BlobInfo | Stranger


def info_of(key: Key, state: os.stat_result) -> BlobInfo:
    """Return what the state of a regular file says about the blob in it."""
    version = f"{state.st_ino:x}-{state.st_size:x}-{state.st_mtime_ns:x}-{state.st_ctime_ns:x}"
    modified = datetime.fromtimestamp(state.st_mtime, UTC)
    return BlobInfo(key, state.st_size, version, modified)


def walk(root: int, prefix: str, after: str | None) -> Iterator[Found]:
    """Yield each blob and each stranger below `root` whose name starts with `prefix`, in key order.

    With `after`, only names greater than it. Folders that cannot hold such names are not opened; empty
    folders are nothing.
    """
    return _below(root, "", prefix, after, depth=1)


def _below(
    folder: int, above: str, prefix: str, after: str | None, *, depth: int
) -> Iterator[Found]:
    for entry in entries_of(folder):
        name = above + entry.name
        if not entry.is_dir(follow_symlinks=False):
            if name.startswith(prefix) and (after is None or name > after):
                yield from _file(name, entry)
        elif name != workplace.NAME and _may_hold(f"{name}/", prefix, after):
            yield from _folder(folder, entry.name, f"{name}/", prefix, after, depth=depth)


def _may_hold(below: str, prefix: str, after: str | None) -> bool:
    if not (below.startswith(prefix) or prefix.startswith(below)):
        return False
    return after is None or below > after or after.startswith(below)


def _folder(
    parent: int, name: str, below: str, prefix: str, after: str | None, *, depth: int
) -> Iterator[Found]:
    if depth == SEGMENTS_MAX:
        yield Stranger(below, f"what lies in it has more than {SEGMENTS_MAX} segments")
        return
    try:
        with opened_folder(parent, [name]) as folder:
            yield from _below(folder, below, prefix, after, depth=depth + 1)
    except PermissionError:
        yield Stranger(below, "the folder may not be listed", hides=True)
    except (FileNotFoundError, NotADirectoryError):
        # Removed or replaced since its parent was listed: its blobs did not exist all the time.
        return


def _file(name: str, entry: os.DirEntry[str]) -> Iterator[Found]:
    try:
        state = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return
    if stat.S_ISLNK(state.st_mode):
        yield Stranger(name, "a symbolic link, which is not followed")
    elif not stat.S_ISREG(state.st_mode):
        yield Stranger(name, "neither a file nor a folder")
    elif broken := broken_rule(name):
        yield Stranger(name, broken)
    else:
        yield info_of(Key(name), state)
