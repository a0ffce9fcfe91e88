"""The decision of Google Cloud IAM's allow policies ("Policy evaluation", Google, read 2026-11-26)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from infra.access.evaluate.calls import Call, Decision
from infra.access.evaluate.cel import expression_holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """A role that somebody has on a resource.

    Attributes:
        resource: its name: what lies below inherits the binding.
        permissions: of the role.
        condition: with an `expression`; None: nothing limits it.
    """

    resource: str
    permissions: Sequence[str]
    condition: Mapping[str, str] | None = None


def judge_google(call: Call, bindings: Sequence[Binding]) -> Decision:
    """Return the decision about a call: allowed as soon as one binding allows it."""
    for binding in bindings:
        inherited = call.resource == binding.resource or call.resource.startswith(
            f"{binding.resource}/"
        )
        if not inherited or call.action not in binding.permissions:
            continue
        if binding.condition is None or expression_holds(binding.condition["expression"], call):
            return Decision(True, f"allowed by the binding on {binding.resource}")
    return Decision(False, "no binding allows it")
