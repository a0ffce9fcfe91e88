"""What `kb drift` answered, and what it must leave alone."""

import hashlib
import json
import subprocess
from pathlib import Path

from tests.e2e.conftest import Kb
from tests.e2e.drift.clouds import Clouds
from tests.e2e.drift.table import Said


def findings(answer: subprocess.CompletedProcess[str]) -> frozenset[Said]:
    """What `kb drift --json` found."""
    found = json.loads(answer.stdout)["findings"]
    return frozenset(
        Said(one["type"].rpartition(":")[2], one["property"], one["kind"], one["breaks"])
        for one in found
    )


def clouds_of(kb: Kb, state: Path) -> Clouds:
    outputs = json.loads(kb("outputs", "-s", "local", "--show-secrets", "--json").stdout)
    return Clouds(state, outputs)


def state_bytes(state: Path) -> dict[str, str]:
    """Every file of the engine's state, by its content."""
    folder = state / "local" / "state"
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }
