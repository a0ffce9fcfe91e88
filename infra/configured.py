"""What an environment's file says, read without the engine."""

from collections.abc import Mapping
from typing import Any, Final

import pulumi
import yaml

from app.terms.answers import Refusal
from infra import stacks
from infra.settings import Settings, parse_settings

NAMESPACE: Final = "knowledge-base-cloud"


def read_file(name: str) -> dict[str, Any]:
    """Return the whole of `Pulumi.NAME.yaml`.

    Raises:
        UnknownEnvironment: there is none.
    """
    stacks.require_environment(name)
    text = (stacks.PROJECT / f"Pulumi.{name}.yaml").read_text(encoding="utf-8")
    read: dict[str, Any] = yaml.safe_load(text) or {}
    return read


def config_of(name: str) -> dict[str, Any]:
    """Return what `Pulumi.NAME.yaml` configures, by the keys with their namespaces.

    Raises:
        UnknownEnvironment: there is none.
    """
    config: dict[str, Any] = read_file(name).get("config") or {}
    return config


def settings_of(config: Mapping[str, Any], *, environment: str) -> Settings:
    """Return the settings that a configuration says.

    Raises:
        Refusal: a value is wrong or a key unknown.
    """
    ours = {
        key.partition(":")[2]: value
        for key, value in config.items()
        if key.startswith(f"{NAMESPACE}:")
    }
    try:
        return parse_settings(ours, namespace=NAMESPACE, file=f"Pulumi.{environment}.yaml")
    except pulumi.RunError as error:
        raise Refusal(str(error)) from None
