"""What an environment's configuration says of tiering: read from its file, before anything is deployed."""

from pathlib import Path
from typing import Any

import pulumi
import yaml

from app.terms.answers import UsageRefusal
from infra.settings import Settings, parse_settings
from infra.stacks import PROJECT, require_environment


def read_settings(environment: str, *, folder: Path = PROJECT) -> Settings:
    """Return the settings of an environment, without an engine and whether it is up or not.

    Raises:
        UnknownEnvironment: it has no configuration.
        UsageRefusal: a value is wrong; the sentence that `kb up` would say.
    """
    require_environment(environment)
    project = _read(folder / "Pulumi.yaml")["name"]
    file = f"Pulumi.{environment}.yaml"
    configured = _read(folder / file).get("config") or {}
    try:
        return parse_settings(_plain(configured, project), namespace=project, file=file)
    except pulumi.RunError as error:
        raise UsageRefusal(str(error)) from error


def _read(file: Path) -> dict[str, Any]:
    try:
        found = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = str(error).splitlines()[0]
        raise UsageRefusal(f"The configuration {file.name} cannot be read: {reason}.") from error
    return found if isinstance(found, dict) else {}


def _plain(configured: dict[str, Any], project: str) -> dict[str, Any]:
    """Return the values of our keys; an encrypted one says nothing of tiering."""
    before = f"{project}:"
    return {
        key.removeprefix(before): value
        for key, value in configured.items()
        if key.startswith(before) and not (isinstance(value, dict) and "secure" in value)
    }
