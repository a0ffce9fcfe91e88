"""What is remembered of a stack's emulators between two commands: ports, marks, process ids."""

import fcntl
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from infra.local_cloud.stacks import LocalCloudError

_FILE: Final = "servers.json"


@dataclass(frozen=True, slots=True)
class Record:
    """One emulator as it was last started; written before the start, so that a kill orphans nothing."""

    port: int
    mark: str
    process_id: int | None = None


def read_records(directory: Path) -> dict[str, Record]:
    """Return the emulators of a stack by name; none when it was never started."""
    path = directory / _FILE
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {name: Record(**record) for name, record in found.items()}
    except FileNotFoundError:
        return {}
    except (ValueError, TypeError, AttributeError):
        raise LocalCloudError(
            f"{path} is damaged. End the emulators it named, delete it and start again."
        ) from None


def write_records(directory: Path, records: dict[str, Record]) -> None:
    """Replace what is remembered, whole or not at all."""
    scratch = directory / f".{_FILE}.{os.getpid()}"
    scratch.write_text(
        json.dumps({name: asdict(record) for name, record in records.items()}, indent=1) + "\n",
        encoding="utf-8",
    )
    os.replace(scratch, directory / _FILE)


class Register:
    """The records of a stack while several of its emulators are being started, each by a thread."""

    def __init__(self, directory: Path, records: dict[str, Record]) -> None:
        self.directory = directory
        self._records = records
        self._lock = threading.Lock()

    def get(self, name: str) -> Record | None:
        """Return what is remembered of an emulator."""
        return self._records.get(name)

    def put(self, name: str, record: Record) -> None:
        """Remember an emulator, on disk before this returns."""
        with self._lock:
            self._records[name] = record
            write_records(self.directory, self._records)


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """Hold the one right to start or stop a stack's emulators; a second caller waits."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "servers.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
