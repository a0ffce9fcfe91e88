"""Policy documents of AWS, as far as rules look into them."""

import json
from collections.abc import Mapping
from typing import Any, Final

from infra.rules.terms import Problem, Properties

_TLS: Final = {"Bool": {"aws:SecureTransport": "false"}}


def statements(document: object) -> list[Mapping[str, Any]]:
    """Return the statements of a document, text or object; none if it is not known or broken."""
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except ValueError:
            return []
    found = document.get("Statement") if isinstance(document, Mapping) else None
    together = found if isinstance(found, list) else [found]
    return [statement for statement in together if isinstance(statement, Mapping)]


def refuses_plain_text(inputs: Properties) -> list[Problem]:
    """Look whether a bucket policy denies everything to everybody who comes without TLS."""
    document = inputs.get("policy")
    if not isinstance(document, str | Mapping):
        return []
    for statement in statements(document):
        refused = statement.get("Effect") == "Deny" and statement.get("Condition") == _TLS
        if refused and _is_everybody(statement) and statement.get("Action") == "s3:*":
            return []
    return [("policy", "must deny s3:* to everybody where aws:SecureTransport is false")]


def opens_to_nobody_unnamed(inputs: Properties) -> list[Problem]:
    """Look whether a policy on a resource, or a trust policy, lets everybody in."""
    path = "policy" if "policy" in inputs else "assumeRolePolicy"
    return [
        (path, f"{_named(statement, index)} allows everybody: name who is meant")
        for index, statement in enumerate(statements(inputs.get(path)))
        if statement.get("Effect") == "Allow"
        and _is_everybody(statement)
        and not statement.get("Condition")
    ]


def grants_no_wildcard(inputs: Properties) -> list[Problem]:
    """Look whether an identity's policy allows every action, or every action of a service, or everything."""
    found: list[Problem] = []
    for index, statement in enumerate(statements(inputs.get("policy"))):
        if statement.get("Effect") != "Allow":
            continue
        name = _named(statement, index)
        wide = [action for action in _listed(statement.get("Action")) if "*" in action]
        found += [("policy", f"{name} allows {action!r}: name each action") for action in wide]
        if "NotAction" in statement or "NotResource" in statement:
            found.append(("policy", f"{name} allows all but what it names: name what is allowed"))
        if "*" in _listed(statement.get("Resource")):
            found.append(("policy", f"{name} allows it on '*': name the resources"))
    return found


def trusts_whole_subjects(inputs: Properties) -> list[Problem]:
    """Look whether a trust policy names the whole subject and the audience of each web identity."""
    found: list[Problem] = []
    for index, statement in enumerate(statements(inputs.get("assumeRolePolicy"))):
        if "sts:AssumeRoleWithWebIdentity" not in _listed(statement.get("Action")):
            continue
        exact = (statement.get("Condition") or {}).get("StringEquals") or {}
        found += [
            ("assumeRolePolicy", f"{_named(statement, index)} must compare {claim} by StringEquals")
            for claim in ("aud", "sub")
            if not any(name.endswith(f":{claim}") and "*" not in str(exact[name]) for name in exact)
        ]
    return found


def _is_everybody(statement: Mapping[str, Any]) -> bool:
    principal = statement.get("Principal")
    named = principal.get("AWS") if isinstance(principal, Mapping) else principal
    return "*" in _listed(named)


def _listed(value: object) -> list[str]:
    together = value if isinstance(value, list) else [value]
    return [item for item in together if isinstance(item, str)]


def _named(statement: Mapping[str, Any], index: int) -> str:
    return f"statement {statement.get('Sid') or index}"
