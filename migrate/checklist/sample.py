"""What a checklist migrates on trial: a copy of a part of the source, or a small tree made for it."""

import os
import random
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from migrate.paths import printable
from migrate.refusals import SourceChanged, SourceUnreadable
from migrate.reservoir import Reservoir
from migrate.walk import Entry, Folder, Kind

FILES_MAX: Final = 100
BYTES_MAX: Final = 16 << 20
PATH_BYTES_MAX: Final = 900
"""Longer ones fit into the store, but not behind the checklist's own prefix."""
_COPY_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is taken.

    Attributes:
        files_max: of the source.
        bytes_max: of all of them together.
    """

    files_max: int = FILES_MAX
    bytes_max: int = BYTES_MAX


USUAL: Final = Extent()


@dataclass(slots=True)
class Sample:
    """Files on this machine that nobody else uses.

    Attributes:
        folder: where they lie.
        origin: what they were taken from, as a phrase.
        files, size: how many, and their bytes.
        files_total, size_total: of the whole source.
        others: entries of the source that are no files: links, pipes.
        unreadable: path and reason of what could not be read, the first few.
        unreadable_count: how many those are.
    """

    folder: Path
    origin: str
    files: int = 0
    size: int = 0
    files_total: int = 0
    size_total: int = 0
    others: int = 0
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    unreadable_count: int = 0

    def add_unreadable(self, path: bytes, reason: str) -> None:
        """Note what could not be read."""
        self.unreadable_count += 1
        if len(self.unreadable) < 3:
            self.unreadable.append((printable(path), reason))


def taken(
    source: Folder,
    into: Path,
    extent: Extent,
    *,
    keep_going: Callable[[], None],
    without: bytes | None = None,
) -> Sample:
    """Copy a random part of the source; every entry of it is looked at.

    Args:
        source: is only read.
        into: an empty folder.
        extent: how much is copied.
        keep_going: called often; raises Stopped.
        without: nothing whose path begins like this.
    """
    sample = Sample(into, f"of {source.root}")
    entries = (
        entry for entry in source.walk() if without is None or not entry.path.startswith(without)
    )
    chosen = _chosen(entries, sample, extent, keep_going)
    for entry in chosen:
        keep_going()
        if sample.size + entry.size > extent.bytes_max:
            continue
        try:
            _copy(source, entry, into)
        except SourceUnreadable as error:
            sample.add_unreadable(entry.path, str(error))
        except SourceChanged:
            continue  # it is being written: another time it may be chosen
        else:
            sample.files += 1
            sample.size += entry.size
    return sample


def made(into: Path) -> Sample:
    """Make a small tree: text in two languages, folders, an empty file, and bytes that are no text."""
    chance = random.Random(5)  # noqa: S311 - the same bytes each time, no secret
    files = {
        "README.md": "# 지식 베이스\n\nA tree made by kb checklist.\n".encode(),
        "empty.txt": b"",
        "자료/회의 기록.md": "# 회의 기록\n\n- 백업을 먼저 만든다\n".encode() * 40,
        "data/noise.bin": chance.randbytes(200_000),
    }
    for number in range(20):
        files[f"notes/{number:02}.md"] = (f"# Note {number}\n\n" + "line\n" * number * 10).encode()
    sample = Sample(into, "made for this")
    for name, data in files.items():
        path = into / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        sample.files += 1
        sample.size += len(data)
    sample.files_total, sample.size_total = sample.files, sample.size
    return sample


def _chosen(
    entries: Iterable[Entry], sample: Sample, extent: Extent, keep_going: Callable[[], None]
) -> list[Entry]:
    """Return files that were chosen at random, each with the same chance, however many there are."""
    chance = random.Random()  # noqa: S311 - spreads the choice, keeps no secret
    chosen = Reservoir(extent.files_max, chance)
    for entry in entries:
        keep_going()
        if entry.kind is Kind.UNREADABLE:
            sample.add_unreadable(entry.path, entry.reason)
        elif entry.kind is not Kind.FILE:
            sample.others += entry.kind is not Kind.EMPTY_FOLDER
        else:
            sample.files_total += 1
            sample.size_total += entry.size
            if entry.size <= extent.bytes_max and len(entry.path) <= PATH_BYTES_MAX:
                chosen.add(entry)
    return chosen.kept


def _copy(source: Folder, entry: Entry, into: Path) -> None:
    target = into / os.fsdecode(entry.path)
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.opened(entry.path) as descriptor:
        before = os.fstat(descriptor)
        if (before.st_ino, before.st_dev) != (entry.inode, entry.device):
            raise SourceChanged("another file took its place")
        try:
            with os.fdopen(os.dup(descriptor), "rb") as read, target.open("wb") as written:
                shutil.copyfileobj(read, written, _COPY_BYTES)
        except OSError as error:
            raise SourceUnreadable((error.strerror or str(error)).lower()) from error
    os.utime(target, ns=(entry.modified_ns, entry.modified_ns))
