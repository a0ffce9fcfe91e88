"""IAM's decision within one account ("Policy evaluation logic", AWS, read 2026-11-26)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from infra.access.evaluate.calls import Call, Decision, NotEvaluated, matches
from infra.access.evaluate.iam_conditions import holds

Document = Mapping[str, Any]
_Grant = Literal["none", "account", "caller"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who calls.

    Attributes:
        arn: of a role, a user, or an identity provider whose token is shown.
        account: its twelve digits.
    """

    arn: str
    account: str

    @property
    def is_user(self) -> bool:
        """Whether it is an IAM user: a resource policy that names one is not limited by a boundary."""
        return ":user/" in self.arn


def judge_iam(
    call: Call,
    *,
    caller: Caller,
    identity: Sequence[Document] = (),
    resource: Sequence[Document] = (),
    boundary: Document | None = None,
    resource_decides: bool = False,
) -> Decision:
    """Return IAM's decision about a call.

    Args:
        call: what is asked.
        caller: who asks.
        identity: the policies of the caller.
        resource: the policies of what the call is about: a bucket's, a key's, a role's trust policy.
        boundary: the permissions boundary of the caller.
        resource_decides: whether the caller's policies count only where those of the resource hand the
            decision to the account, as with keys and trust policies.
    """
    for document in (*identity, *resource, *([boundary] if boundary else [])):
        for name, statement in _applying(document, call):
            if statement["Effect"] == "Deny" and _named(statement, caller) != "none":
                return Decision(False, f"denied by {name}")
    granted = _granted(resource, call, caller)
    inside = boundary is None or _allowing(boundary, call) is not None
    if granted[0] == "caller" and (inside or caller.is_user):
        return Decision(True, f"allowed by {granted[1]}")
    if resource_decides and granted[0] == "none":
        return Decision(False, "the policy of the resource allows it to nobody like this")
    allowing = next(filter(None, (_allowing(document, call) for document in identity)), None)
    if allowing is None:
        return Decision(False, "nothing allows it")
    if not inside:
        return Decision(False, "outside the permissions boundary")
    return Decision(True, f"allowed by {allowing}")


def _granted(resource: Sequence[Document], call: Call, caller: Caller) -> tuple[_Grant, str]:
    """Return whether the policies of a resource allow a call to its caller, or leave it to the account."""
    best: tuple[_Grant, str] = ("none", "")
    for document in resource:
        for name, statement in _applying(document, call):
            if statement["Effect"] == "Allow":
                named = _named(statement, caller)
                if named == "caller":
                    return named, name
                if named == "account":
                    best = (named, name)
    return best


def _allowing(document: Document, call: Call) -> str | None:
    for name, statement in _applying(document, call):
        if statement["Effect"] == "Allow":
            return name
    return None


def _applying(document: Document, call: Call) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the statements, and their names, whose action, resource and condition fit a call."""
    for number, statement in enumerate(_listed(document["Statement"])):
        if (
            _covers(statement, "Action", call.action, ignore_case=True)
            and _covers(statement, "Resource", call.resource)
            and holds(statement.get("Condition", {}), call.context)
        ):
            yield statement.get("Sid", f"statement {number}"), statement


def _covers(
    statement: Mapping[str, Any], element: str, text: str, *, ignore_case: bool = False
) -> bool:
    if f"Not{element}" in statement:
        patterns = _listed(statement[f"Not{element}"])
        return not any(matches(it, text, ignore_case=ignore_case) for it in patterns)
    # A trust policy has no resource: it is the role's own.
    patterns = _listed(statement.get(element, "*"))
    return any(matches(it, text, ignore_case=ignore_case) for it in patterns)


def _named(statement: Mapping[str, Any], caller: Caller) -> _Grant:
    """Return whether the Principal of a statement is the caller; a caller's own policies have none."""
    if "NotPrincipal" in statement:
        raise NotEvaluated("NotPrincipal is not evaluated")
    principal = statement.get("Principal", "*")
    if principal == "*":
        return "caller"
    named = [it for kind in ("AWS", "Federated") for it in _listed(principal.get(kind, []))]
    if "*" in named or caller.arn in named:
        return "caller"
    if caller.account in named or any(it.endswith(f":{caller.account}:root") for it in named):
        return "account"
    return "none"


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]
