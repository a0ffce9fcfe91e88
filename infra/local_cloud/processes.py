"""Processes that outlive who started them, known by a mark that no other process carries."""

import os
import subprocess
import time
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import psutil

MARK: Final = "KB_LOCAL_CLOUD_SERVER"
"""The environment variable that holds a process's mark.

A process id and a start time are not enough: ids are reused, and the start time that the system reports
moves with its clock.
"""

# What would change how an emulator behaves if it were inherited.
_DROPPED: Final = ("AZURITE_", "MOTO_", "INITIAL_NO_AUTH_ACTION_COUNT", "NODE_OPTIONS", "PYTHON")

EXEC_SECONDS_MAX: Final = 2.0
"""How long a process may look as if it had no variables, before it is taken for another one."""


def new_mark() -> str:
    """A mark that no process has carried before."""
    return uuid.uuid4().hex


def start_detached(
    command: Sequence[str], *, mark: str, log: Path, environment: Mapping[str, str]
) -> int:
    """Start a process in a session of its own, its output appended to `log`; return its id.

    A shell stands between, so that the server is nobody's child: it ends neither with its starter nor as a
    zombie of a starter that lives on.
    """
    inherited = {
        name: value for name, value in environment.items() if not name.startswith(_DROPPED)
    }
    done = subprocess.run(
        [
            "/bin/sh",
            "-c",
            '{ exec "$@"; } </dev/null >>"$KB_LOG" 2>&1 & echo $!',
            "sh",
            *command,
        ],
        env={**inherited, MARK: mark, "KB_LOG": str(log), "PYTHONUNBUFFERED": "1"},
        cwd=log.parent,
        start_new_session=True,
        stdout=subprocess.PIPE,
        check=True,
    )
    return int(done.stdout)


def find(*, mark: str, process_id: int | None) -> psutil.Process | None:
    """Return the living process that carries the mark, or None.

    Without an id every process is looked at: that is how one is found again whose starter was killed before
    it could write the id down.
    """
    if process_id is None:
        candidates = psutil.process_iter()
    else:
        try:
            candidates = iter([psutil.Process(process_id)])
        except psutil.NoSuchProcess:
            return None
    for process in candidates:
        try:
            patience = 0 if process_id is None else EXEC_SECONDS_MAX
            if _mark_of(process, patience_seconds=patience) == mark:
                return process
        except (psutil.Error, OSError):
            continue  # another user's process, or one that has just ended
    return None


def _mark_of(process: psutil.Process, *, patience_seconds: float) -> str | None:
    """Return the mark that a living process carries.

    In the instant in which a process becomes another program (exec) its variables read as none at all: taken
    for its end, a second server would be started beside it and the first one left behind.
    """
    deadline = time.monotonic() + patience_seconds
    while process.status() != psutil.STATUS_ZOMBIE:
        environ = process.environ()
        if environ or time.monotonic() >= deadline:
            return environ.get(MARK)
        time.sleep(0.005)
    return None


def end(process: psutil.Process, *, patience_seconds: float = 15) -> None:
    """End a process and its children: asked first, so that it can save; killed when it does not listen."""
    try:
        family = [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    for member in family:
        _signal(member, kill=False)
    _, alive = psutil.wait_procs(family, timeout=patience_seconds)
    for member in alive:
        _signal(member, kill=True)
    psutil.wait_procs(alive, timeout=patience_seconds)


def _signal(process: psutil.Process, *, kill: bool) -> None:
    try:
        if kill:
            process.kill()
        else:
            process.terminate()
    except psutil.NoSuchProcess:
        pass


def listens(process: psutil.Process, port: int) -> bool:
    """Tell whether it is this process that listens on a port, not another that was faster."""
    try:
        return any(
            connection.status == psutil.CONN_LISTEN and connection.laddr.port == port
            for connection in process.net_connections(kind="tcp")
        )
    except psutil.Error:
        return False


def describe_listener(port: int) -> str:
    """Say which process listens on a port of this machine, as well as this user may know."""
    try:
        for connection in psutil.net_connections(kind="tcp"):
            if (
                connection.status == psutil.CONN_LISTEN
                and connection.laddr
                and connection.laddr.port == port
                and connection.pid
            ):
                name = psutil.Process(connection.pid).name()
                return f"{name} (process {connection.pid})"
    except (psutil.Error, OSError):
        pass
    return f"a process that is not of user {os.environ.get('USER') or os.getuid()}"
