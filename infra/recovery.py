"""What an engine that was killed leaves in the state of a local stack, put right before the next update."""

import json
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil


def recover(backend: Path, stack: str) -> tuple[str, ...]:
    """Put right what a killed engine left; return a line for each thing that was done.

    Its lock is taken away; a state file that it had written only in part is replaced by the one before,
    which the engine keeps beside it; and a file of attributes cut off in mid-write, which makes the engine
    refuse the whole state with "EOF", is deleted: a file without one is whole, too. Only where the state is
    a folder of this machine: of a shared state nobody can know from here whether the other engine lives.

    Args:
        backend: the folder of the stack's state.
        stack: its name.
    """
    folder = backend / ".pulumi"
    done: list[str] = []
    for lock, holder in _locks(folder / "locks"):
        if holder.get("hostname") != socket.gethostname() or psutil.pid_exists(holder["pid"]):
            return tuple(done)  # its engine lives, or is not here to ask
        lock.unlink(missing_ok=True)
        done.append(f"An engine that was killed had locked {stack}: the lock is taken away.")
    for state in (folder / "stacks").rglob(f"{stack}.json"):
        before = state.with_suffix(".json.bak")
        if _read(state) is None and _read(before) is not None:
            scratch = state.with_suffix(".json.tmp")
            shutil.copyfile(before, scratch)
            os.replace(scratch, state)
            done.append(
                f"An engine that was killed had written half a state of {stack}: the one before is back."
            )
    for attributes in folder.rglob("*.attrs"):
        if _read(attributes) is None:
            attributes.unlink(missing_ok=True)
            done.append(
                f"An engine that was killed had written half of {attributes.name}: it is deleted; "
                "the engine does without it."
            )
    return tuple(done)


def _locks(folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    for lock in folder.rglob("*.json"):
        holder = _read(lock)
        if (
            holder and "pid" in holder
        ):  # else it is just being taken: its engine lives, and will say so
            yield lock, holder


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None
