"""The processes that belong to a state folder, however they were started."""

import time
from collections.abc import Iterator
from pathlib import Path

import psutil

EMULATORS = {"moto.server", "azurite", "fake-gcs-server"}

ENDING_SECONDS_MAX = 60


def lasting_names_of(state: Path) -> set[str]:
    """Return what stays, once all but the emulators had the time to end.

    What looks whether an engine lives looks once a second: it outlives its engine by as much.
    """
    deadline = time.monotonic() + ENDING_SECONDS_MAX
    while names_of(state) - EMULATORS and time.monotonic() < deadline:
        psutil.wait_procs(list(processes_of(state)), timeout=0.2)
    return names_of(state)


def processes_of(state: Path) -> Iterator[psutil.Process]:
    """Yield every process that was started with this state folder in its environment."""
    for process in psutil.process_iter():
        try:
            if process.environ().get("KB_STATE_DIR") == str(state):
                yield process
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            continue


def names_of(state: Path) -> set[str]:
    """Return what they are, in a word each."""
    found = set()
    for process in processes_of(state):
        try:
            command = " ".join(process.cmdline())
        except psutil.NoSuchProcess:
            continue
        words = (
            "moto.server",
            "azurite",
            "fake-gcs-server",
            "pulumi-resource",
            "local_cloud.plugin",
            "pulumi",
        )
        found.add(next((word for word in words if word in command), command))
    return found
