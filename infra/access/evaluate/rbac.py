"""The decision of Azure RBAC ("What is Azure RBAC", how it determines access, Microsoft, read 2026-11-26)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from infra.access.evaluate.abac import condition_holds
from infra.access.evaluate.calls import Call, Decision, matches

_KINDS: Final = {True: ("data_actions", "not_data_actions"), False: ("actions", "not_actions")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A role that somebody has somewhere.

    Attributes:
        scope: the ARM id at and below which the role holds.
        permissions: of the role definition, with the program's names (`data_actions`, …).
        condition: which limits it; None: nothing does.
    """

    scope: str
    permissions: Sequence[Mapping[str, Sequence[str]]]
    condition: str | None = None


def judge_rbac(call: Call, assignments: Sequence[Assignment], *, data: bool = True) -> Decision:
    """Return the decision about a call: allowed as soon as one assignment allows it.

    Args:
        call: what is asked.
        assignments: of whoever asks.
        data: whether it is done to the data, not to a resource of Azure.
    """
    for assignment in assignments:
        if not _below(call.resource, assignment.scope):
            continue
        granted = any(_grants(it, call.action, data=data) for it in assignment.permissions)
        if granted and (
            assignment.condition is None or condition_holds(assignment.condition, call)
        ):
            return Decision(True, f"allowed by the role at {assignment.scope}")
    return Decision(False, "no role assignment allows it")


def _grants(permission: Mapping[str, Sequence[str]], action: str, *, data: bool) -> bool:
    granted, excepted = (permission.get(name, ()) for name in _KINDS[data])

    def covers(patterns: Sequence[str]) -> bool:
        return any(matches(pattern, action, ignore_case=True, one="") for pattern in patterns)

    return covers(granted) and not covers(excepted)


def _below(resource: str, scope: str) -> bool:
    resource, scope = resource.lower().rstrip("/"), scope.lower().rstrip("/")
    return resource == scope or resource.startswith(f"{scope}/")
