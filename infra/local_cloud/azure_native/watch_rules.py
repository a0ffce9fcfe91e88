"""What Azure documents about alarms, diagnostics and budgets, beyond the form of their bodies."""

from typing import Any, Final

from infra.local_cloud.azure_native.hand_models import check
from infra.local_cloud.azure_native.watch_schemas import (
    ACTION_GROUP,
    DIAGNOSTICS,
    METRIC_ALERT,
    QUERY_RULE,
    WATCH_BODIES,
)
from infra.local_cloud.handlers import Failure
from infra.local_cloud.values import Properties

_DESTINATIONS: Final = ("workspaceId", "storageAccountId", "eventHubAuthorizationRuleId")
_MINUTES: Final = {"M": 1, "H": 60, "D": 1440}


def watch_failures(token: str, inputs: Properties) -> list[Failure]:
    """Say what is wrong with the inputs of a type that watches; nothing of any other type."""
    found: list[Failure] = []
    for name, model in WATCH_BODIES.get(token, {}).items():
        found += check(model, inputs.get(name), name)
    if token == DIAGNOSTICS:
        found += _diagnostics_failures(inputs)
    if token == ACTION_GROUP:
        found += _repeated_names(inputs)
    if token in (METRIC_ALERT, QUERY_RULE):
        found += _window_failures(inputs)
    return found


def _diagnostics_failures(inputs: Properties) -> list[Failure]:
    # https://learn.microsoft.com/azure/azure-monitor/platform/diagnostic-settings
    found: list[Failure] = []
    if not any(inputs.get(name) for name in _DESTINATIONS):
        found.append(("workspaceId", f"is required, or another of {', '.join(_DESTINATIONS[1:])}"))
    if not inputs.get("logs") and not inputs.get("metrics"):
        found.append(("logs", "is required, or metrics: else nothing is recorded"))
    for name in ("logs", "metrics"):
        items = inputs.get(name)
        for index, item in enumerate(items if isinstance(items, list) else []):
            given = [it for it in ("category", "categoryGroup") if _member(item, it) is not None]
            if isinstance(item, dict) and len(given) != 1:
                found.append((f"{name}[{index}].category", "is required, or else categoryGroup"))
    return found


def _repeated_names(inputs: Properties) -> list[Failure]:
    # "Names must be unique across all receivers within an action group" (REST reference).
    found: list[Failure] = []
    seen: set[Any] = set()
    for kind in ("emailReceivers", "armRoleReceivers"):
        receivers = inputs.get(kind)
        for index, receiver in enumerate(receivers if isinstance(receivers, list) else []):
            name = _member(receiver, "name")
            if isinstance(name, str) and name in seen:
                found.append((f"{kind}[{index}].name", f"is {name!r}, which another receiver has"))
            seen.add(name if isinstance(name, str) else None)
    return found


def _window_failures(inputs: Properties) -> list[Failure]:
    every, window = _minutes(inputs.get("evaluationFrequency")), _minutes(inputs.get("windowSize"))
    if every is None or window is None or window >= every:
        return []
    return [("windowSize", "is shorter than evaluationFrequency: something would be overlooked")]


def _minutes(duration: object) -> int | None:
    written = duration.upper() if isinstance(duration, str) else ""
    if not written[1:].strip("T")[:-1].isdigit():
        return None
    return int(written[1:].strip("T")[:-1]) * _MINUTES.get(written[-1], 1)


def _member(item: object, name: str) -> Any:
    return item.get(name) if isinstance(item, dict) else None
