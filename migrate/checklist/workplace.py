"""A checklist's folder on this machine, whose lock tells the next one whether it still works."""

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_FOLDER: Final = "checklists"
_LOCK: Final = ".lock"


@dataclass(frozen=True, slots=True)
class Workplaces:
    """Where the checklists of this machine work.

    Attributes:
        state: the state folder of the project.
    """

    state: Path

    @contextmanager
    def opened(self, destination: str) -> Iterator[Path]:
        """Give a folder of a fresh name, and remove it in the end.

        Its lock file stays until the caller says, by `forget`, that nothing lies in the store any more.

        Args:
            destination: the address of the store that is checked.
        """
        root = self.state / _FOLDER
        root.mkdir(parents=True, exist_ok=True)
        folder = root / secrets.token_hex(6)
        with _held(folder.with_suffix(_LOCK)) as descriptor:
            assert descriptor is not None  # noqa: S101 - nobody else knows the name
            # What has no destination yet is just being made: see `dead`.
            os.write(descriptor, destination.encode("utf-8", "surrogateescape"))
            folder.mkdir()
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)

    def forget(self, name: str) -> None:
        """Note that nothing of this checklist lies anywhere any more."""
        shutil.rmtree(self.state / _FOLDER / name, ignore_errors=True)
        (self.state / _FOLDER / f"{name}{_LOCK}").unlink(missing_ok=True)

    def known(self, destination: str) -> dict[str, bool]:
        """Return the checklists of this destination that this machine knows, and whether each has ended."""
        root = self.state / _FOLDER
        found = {}
        for file in root.glob(f"*{_LOCK}") if root.is_dir() else ():
            text = file.read_bytes().decode("utf-8", "surrogateescape")
            if text == destination:
                with _held(file) as descriptor:
                    found[file.stem] = descriptor is not None
        return found


@contextmanager
def _held(file: Path) -> Iterator[int | None]:
    """Give a descriptor that holds the file's lock; None if another process holds it."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
        else:
            yield descriptor
    finally:
        os.close(descriptor)
