"""The emulators of one local stack, on 127.0.0.1 only.

moto (S3, IAM, STS), Azurite (blobs), fake-gcs-server (Google Cloud Storage). They are started once, outlive
the command that started them, keep their ports from one start to the next and end on `stop`. Azurite keeps
its documents on disk; the others keep nothing: a new process is lost memory.
"""

import http.client
import os
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import psutil

from infra.local_cloud import emulators, processes
from infra.local_cloud.credentials import AZURITE_ACCOUNT
from infra.local_cloud.emulators import AZURITE, FAKE_GCS, HOST, MOTO
from infra.local_cloud.records import Record, Register, locked, read_records, write_records
from infra.local_cloud.stacks import LocalCloudError, state_directory

NAMES: Final = (MOTO, AZURITE)
"""The emulators that a stack has unless others are asked for."""
READY_SECONDS_MAX: Final = 90
_POLL_SECONDS: Final = 0.05
_PORT_TRIES: Final = 5

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where the emulators of a stack answer; "" for one that it does not have."""

    aws_url: str
    """moto: S3, IAM, STS and the rest of AWS."""

    azure_blob_url: str
    """Azurite's blob service, its one account included: `http://127.0.0.1:PORT/devstoreaccount1`."""

    gcs_url: str = ""
    """fake-gcs-server: Google Cloud Storage."""


@dataclass(frozen=True, slots=True)
class Servers:
    """The running emulators of a stack, and what this start did."""

    stack: str
    endpoints: Endpoints
    started: tuple[str, ...]
    """The emulators that were not running before."""

    lost_memory: tuple[str, ...]
    """The emulators that had run before and have forgotten everything since."""


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """One emulator of a stack."""

    name: str
    port: int | None
    process_id: int | None
    """None when it is not running."""

    log: Path


@dataclass(frozen=True, slots=True)
class Status:
    """All emulators of a stack."""

    stack: str
    directory: Path
    servers: tuple[ServerStatus, ...]

    @property
    def running(self) -> bool:
        """Whether every emulator runs."""
        return all(server.process_id is not None for server in self.servers)


def start(
    stack: str,
    *,
    root: Path | None = None,
    names: tuple[str, ...] = NAMES,
    new_ports: bool = False,
    say: Say = lambda _: None,
) -> Servers:
    """Start those emulators of a stack that do not run; return when all of them answer.

    Args:
        stack: `local` or a name that begins `local-`.
        root: the folder of all stacks' state; the default is that of `stacks.state_root`.
        names: which emulators.
        new_ports: choose new free ports for the emulators that have to be started.
        say: receives a line when something takes long.

    Raises:
        LocalCloudError: the stack is not local, a remembered port is taken, or an emulator does not start.
    """
    directory = state_directory(stack, root=root)
    with locked(directory):
        records = read_records(directory)
        dead = [name for name in names if _find(records.get(name)) is None]
        lost = tuple(
            name
            for name in dead
            if name in records and records[name].process_id and _forgets(name, directory)
        )
        register = Register(directory, records)
        with ThreadPoolExecutor(max(1, len(dead))) as together:
            begun = [
                together.submit(_start_one, name, register, new_ports=new_ports, say=say)
                for name in dead
            ]
        for one in begun:
            one.result()
    return Servers(stack, _endpoints(records), tuple(dead), lost)


def stop(stack: str, *, root: Path | None = None, emptied: bool = False) -> tuple[str, ...]:
    """End the emulators of a stack; return the names of those that ran. Their ports are remembered.

    Args:
        stack: a local one.
        root: the folder of all stacks' state.
        emptied: everything in them was deleted, so that the next start has no lost memory to tell of.
    """
    directory = state_directory(stack, root=root)
    if not directory.exists():
        return ()
    with locked(directory):
        records = read_records(directory)
        running = {name: _find(record) for name, record in records.items()}
        for process in running.values():
            if process:
                processes.end(process)
        if emptied:
            write_records(
                directory,
                {name: replace(record, process_id=None) for name, record in records.items()},
            )
    return tuple(name for name, process in running.items() if process)


def status(stack: str, *, root: Path | None = None, names: tuple[str, ...] = NAMES) -> Status:
    """Tell which emulators of a stack run, and where: those with these names, and those it ever had."""
    directory = state_directory(stack, root=root)
    records = read_records(directory)
    return Status(
        stack,
        directory,
        tuple(
            ServerStatus(
                name,
                records[name].port if name in records else None,
                process.pid if (process := _find(records.get(name))) else None,
                _log(name, directory),
            )
            for name in dict.fromkeys((*names, *records))
        ),
    )


def endpoints(stack: str, *, root: Path | None = None, names: tuple[str, ...] = NAMES) -> Endpoints:
    """Return where the running emulators of a stack answer.

    Raises:
        LocalCloudError: the stack is not local, or one of those that are named does not run.
    """
    records = read_records(state_directory(stack, root=root))
    for name in names:
        if _find(records.get(name)) is None:
            raise LocalCloudError(
                f"{name} of stack {stack!r} does not run. Run: kb local start -s {stack}"
            )
    return _endpoints(records)


def reserve(stack: str, *, root: Path | None = None, names: tuple[str, ...] = NAMES) -> Endpoints:
    """Choose and remember the ports of emulators that were never started; starts nothing.

    So that variables for a shell can be printed before the first start.
    """
    directory = state_directory(stack, root=root)
    with locked(directory):
        records = read_records(directory)
        for name in names:
            records.setdefault(name, Record(_free_port(), processes.new_mark()))
        write_records(directory, records)
    return _endpoints(records)


def remembered_endpoints(stack: str, *, root: Path | None = None) -> Endpoints | None:
    """Return where the emulators of a stack answer when they run; None before the first start."""
    records = read_records(state_directory(stack, root=root))
    return _endpoints(records) if records else None


def _endpoints(records: dict[str, Record]) -> Endpoints:
    urls = {name: f"http://{HOST}:{record.port}" for name, record in records.items()}
    return Endpoints(
        aws_url=urls.get(MOTO, ""),
        azure_blob_url=f"{urls[AZURITE]}/{AZURITE_ACCOUNT}" if AZURITE in urls else "",
        gcs_url=urls.get(FAKE_GCS, ""),
    )


def _find(record: Record | None) -> psutil.Process | None:
    if record is None:
        return None
    if record.process_id is None and _is_free(record.port):
        return None  # nobody listens there, so there is nothing to look for among all processes
    return processes.find(mark=record.mark, process_id=record.process_id)


def _forgets(name: str, directory: Path) -> bool:
    return name != AZURITE or not (directory / "azurite" / "__azurite_db_blob__.json").exists()


def _start_one(name: str, register: Register, *, new_ports: bool, say: Say) -> None:
    directory = register.directory
    known = register.get(name)
    remembered = None if new_ports or known is None else known.port
    if remembered is not None and not _is_free(remembered):
        raise LocalCloudError(
            f"Port {remembered} of {name} is taken by {processes.describe_listener(remembered)}. End that, "
            f"or choose new ports: kb local start -s {directory.name} --new-ports, then "
            f"kb up -s {directory.name}"
        )
    # A port that was just found free may be taken before the server binds it: then another one is tried.
    for _ in range(_PORT_TRIES):
        port = remembered or _free_port()
        mark = processes.new_mark()
        register.put(name, Record(port, mark))
        process_id = processes.start_detached(
            emulators.command(name, port, directory, say=say),
            mark=mark,
            log=_log(name, directory),
            environment={**os.environ, **emulators.variables(name)},
        )
        record = Record(port, mark, process_id)
        register.put(name, record)
        if _wait_until_ready(record):
            return
        if process := _find(record):
            processes.end(process)
            break
    raise LocalCloudError(
        f"{name} did not start within {READY_SECONDS_MAX} s. Its log: {_log(name, directory)}"
    )


def _wait_until_ready(record: Record) -> bool:
    """Wait until the server answers HTTP; False when it ended first or takes too long.

    An answer alone proves nothing: another server may have bound the port a moment earlier.
    """
    deadline = time.monotonic() + READY_SECONDS_MAX
    while time.monotonic() < deadline:
        process = _find(record)
        if process is None:
            return False
        if processes.listens(process, record.port) and _answers(record.port):
            return True
        time.sleep(_POLL_SECONDS)
    return False


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/")
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As the servers do: a port whose last connections are only just closing is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _log(name: str, directory: Path) -> Path:
    return directory / f"{name}.log"
