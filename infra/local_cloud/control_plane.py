"""What no emulator keeps: resources of ARM by id, and which resource of a stack asked for which name.

One JSON file per stack. Every change reads, changes and replaces the file under a lock, so that the two
provider processes and a test that injects drift never lose each other's changes.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from infra.local_cloud.stacks import LocalCloudError, state_directory

_FILE: Final = "control_plane.json"

Record = dict[str, Any]


def control_plane_of(stack: str, *, root: Path | None = None) -> "ControlPlane":
    """The control plane of a local stack."""
    return ControlPlane(state_directory(stack, root=root) / _FILE)


class ControlPlane:
    """Resources by id, compared without regard to case, as ARM compares them."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def get(self, resource_id: str) -> Record | None:
        """Return the properties of a resource, or None."""
        found = self._read()["resources"].get(resource_id.lower())
        return dict(found["properties"]) if found else None

    def ids(self, prefix: str = "") -> list[str]:
        """Return the ids that begin with `prefix`, as they were written, sorted."""
        resources = self._read()["resources"]
        return sorted(
            record["id"] for key, record in resources.items() if key.startswith(prefix.lower())
        )

    def set(self, resource_id: str, properties: Record) -> None:
        """Put a resource, replacing what was there."""
        with self._changing() as state:
            state["resources"][resource_id.lower()] = {"id": resource_id, "properties": properties}

    def change(self, resource_id: str, **properties: Any) -> None:
        """Change what a resource was asked to be, behind the back of the engine: that is drift.

        Args:
            resource_id: of the resource.
            properties: new values by their Pulumi names; None takes one away.

        Raises:
            KeyError: there is no such resource.
        """
        with self._changing() as state:
            inputs = state["resources"][resource_id.lower()]["properties"]["inputs"]
            for name, value in properties.items():
                if value is None:
                    inputs.pop(name, None)
                else:
                    inputs[name] = value

    def delete(self, resource_id: str) -> list[str]:
        """Delete a resource and everything beneath it; return the ids that are gone."""
        key = resource_id.lower()
        with self._changing() as state:
            resources = state["resources"]
            gone = [name for name in resources if name == key or name.startswith(f"{key}/")]
            return sorted(resources.pop(name)["id"] for name in gone)

    def claim(self, name: str, urn: str) -> str | None:
        """Note, before it is made, that `urn` makes `name`; return who had noted that before, if anybody.

        A killed engine leaves a thing behind that its state does not know. Whoever comes again with the same
        urn may take it over; anybody else is refused.
        """
        with self._changing() as state:
            earlier: str | None = state["claims"].get(name)
            state["claims"][name] = earlier or urn
            return earlier

    def release(self, name: str, urn: str) -> None:
        """Forget that `urn` claimed a name."""
        if self._read()["claims"].get(name) == urn:
            with self._changing() as state:
                state["claims"].pop(name, None)

    def _read(self) -> dict[str, dict[str, Any]]:
        try:
            state: dict[str, dict[str, Any]] = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {"resources": {}, "claims": {}}
        except ValueError:
            raise LocalCloudError(
                f"{self._path} is damaged. Delete it and run: kb up -s {self._path.parent.name}"
            ) from None
        return state

    @contextmanager
    def _changing(self) -> Iterator[dict[str, dict[str, Any]]]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            state = self._read()
            yield state
            scratch = self._path.with_suffix(f".{os.getpid()}.tmp")
            scratch.write_text(json.dumps(state, indent=1, sort_keys=True) + "\n", encoding="utf-8")
            os.replace(scratch, self._path)
