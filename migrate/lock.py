"""The lock that keeps two runs off one journal; the system lets go of it however a run ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from migrate.refusals import JournalRefused


@contextmanager
def locked(journal: Path) -> Iterator[None]:
    """Hold the lock of a journal.

    A file of its own: SQLite locks the journal's bytes for single transactions, and closing any descriptor of
    it would drop those.

    Raises:
        JournalRefused: another run holds it.
    """
    file = journal.with_name(journal.name + ".lock")
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
            raise JournalRefused(
                f"Another run (process {holder or 'unknown'}) is moving these files right now; "
                "wait for it, or stop it and run again."
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)
