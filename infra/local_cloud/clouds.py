"""Which emulators a stack needs: those of the clouds that its configuration names."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from infra.local_cloud.emulators import AZURITE, FAKE_GCS, MOTO
from infra.local_cloud.stacks import PROJECT

EMULATORS: Final[Mapping[str, str]] = {"aws": MOTO, "azure": AZURITE, "gcp": FAKE_GCS}


def emulators_of(stack: str, *, project: Path = PROJECT) -> tuple[str, ...]:
    """Return the emulators of a stack; of a configuration that is wrong, those that can be told.

    The program is what refuses a wrong configuration, with a sentence that names the key.

    Args:
        stack: whose `Pulumi.STACK.yaml` is looked at; without one, the project's defaults hold.
        project: the folder of the configuration.
    """
    described = _read(project / "Pulumi.yaml")
    configured = _map(_read(project / f"Pulumi.{stack}.yaml").get("config"))
    declared = _map(_map(described.get("config")).get("clouds"))
    clouds = configured.get(f"{described.get('name')}:clouds", declared.get("default"))
    named = clouds if isinstance(clouds, list) else []
    return tuple(emulator for cloud, emulator in EMULATORS.items() if cloud in named)


def _read(path: Path) -> dict[str, Any]:
    try:
        return _map(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (FileNotFoundError, yaml.YAMLError):
        return {}


def _map(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
