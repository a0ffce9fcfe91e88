"""What IAM and S3 refuse in a policy document.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html. The grammar
only: whether an action exists is known to AWS alone.
"""

import json
from typing import Any, Final, Literal

from infra.local_cloud.handlers import Failure
from infra.local_cloud.values import UNKNOWN, is_known

Kind = Literal["identity", "bucket", "key", "trust"]

_STATEMENT: Final = frozenset(
    {"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource"}
    | {"NotResource", "Condition"}
)
_VERSIONS: Final = ("2012-10-17", "2008-10-17")


def document_text(policy: Any) -> str:
    """A policy as the API takes it: text, whether the program wrote text or an object."""
    return policy if isinstance(policy, str) else json.dumps(policy, separators=(",", ":"))


def without_conditional_denials(policy: Any) -> str:
    """A bucket policy as moto can take it.

    moto reads no conditions: to it, a denial of whoever comes without TLS denies everybody.
    """
    document = json.loads(document_text(policy))
    statements = document.get("Statement", [])
    if isinstance(statements, dict):
        statements = [statements]
    document["Statement"] = [
        statement
        for statement in statements
        if not (statement.get("Effect") == "Deny" and statement.get("Condition"))
    ]
    return document_text(document)


def document_failures(policy: Any, path: str, *, kind: Kind) -> list[Failure]:
    """Say what the service would refuse in a policy."""
    if policy is UNKNOWN or policy is None or not is_known(policy):
        return []
    if isinstance(policy, str):
        try:
            policy = json.loads(policy)
        except ValueError as error:
            return [(path, f"is not JSON: {error}")]
    if not isinstance(policy, dict):
        return [(path, "must be a JSON object")]
    found: list[Failure] = [
        (f"{path}.{name}", "is not an element of a policy")
        for name in policy
        if name not in ("Version", "Id", "Statement")
    ]
    if policy.get("Version", _VERSIONS[0]) not in _VERSIONS:
        found.append((f"{path}.Version", f"must be one of {', '.join(_VERSIONS)}"))
    statements = policy.get("Statement")
    if isinstance(statements, dict):
        statements = [statements]
    if not isinstance(statements, list) or not statements:
        return [*found, (f"{path}.Statement", "must have at least one statement")]
    for index, statement in enumerate(statements):
        found += _statement_failures(statement, f"{path}.Statement[{index}]", kind)
    return found


def _statement_failures(statement: Any, path: str, kind: Kind) -> list[Failure]:
    if not isinstance(statement, dict):
        return [(path, "must be an object")]
    found: list[Failure] = [
        (f"{path}.{name}", "is not an element of a statement")
        for name in statement
        if name not in _STATEMENT
    ]
    if statement.get("Effect") not in ("Allow", "Deny"):
        found.append((f"{path}.Effect", "must be Allow or Deny"))
    pairs = [("Action", True), ("Resource", kind != "trust"), ("Principal", kind != "identity")]
    for name, wanted in pairs:
        given = [key for key in (name, f"Not{name}") if statement.get(key)]
        if wanted and len(given) != 1:
            found.append((f"{path}.{name}", f"exactly one of {name} and Not{name} is required"))
        if not wanted and given:
            found.append((f"{path}.{given[0]}", "has no place in this kind of policy"))
    return found
