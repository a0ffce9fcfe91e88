"""The part of CEL in which conditions of Google Cloud IAM are written, as far as ours need it.

"Attribute reference for IAM Conditions" (Google, read 2026-11-26): resource attributes and API attributes.
"""

import re
from collections.abc import Mapping
from typing import Final

from infra.access.evaluate.calls import Call, NotEvaluated
from infra.access.evaluate.tokens import Tokens

_WORD: Final = r"'(?:[^'\\])*'|\"(?:[^\"\\])*\"|\|\||&&|==|!=|[()!,]|\.?[A-Za-z_]+(?:\.[A-Za-z_]+)*"
_TESTS: Final = ("startsWith", "endsWith", "contains")


def expression_holds(expression: str, call: Call) -> bool:
    """Tell whether a condition's expression is true of a call.

    Raises:
        NotEvaluated: an attribute or a function that this module does not know, or a wrong expression.
    """
    tokens = Tokens(expression, _WORD)
    held = _any(tokens, call)
    tokens.expect_end()
    return held


def _any(tokens: Tokens, call: Call) -> bool:
    held = _all(tokens, call)
    while tokens.took("||"):
        # Both sides are read, whatever the first one is.
        held = _all(tokens, call) or held
    return held


def _all(tokens: Tokens, call: Call) -> bool:
    held = _one(tokens, call)
    while tokens.took("&&"):
        held = _one(tokens, call) and held
    return held


def _one(tokens: Tokens, call: Call) -> bool:
    if tokens.took("!"):
        return not _one(tokens, call)
    if tokens.took("("):
        held = _any(tokens, call)
        tokens.expect(")")
        return held
    return _comparison(tokens, call)


def _comparison(tokens: Tokens, call: Call) -> bool:
    value, method = _text(tokens, call)
    if method:
        tokens.expect("(")
        wanted = _literal(tokens)
        tokens.expect(")")
        return {
            "startsWith": value.startswith(wanted),
            "endsWith": value.endswith(wanted),
            "contains": wanted in value,
        }[method]
    sign = tokens.take()
    if sign not in ("==", "!="):
        raise NotEvaluated(f"expected a comparison, not {sign!r}")
    return (value == _literal(tokens)) == (sign == "==")


def _text(tokens: Tokens, call: Call) -> tuple[str, str]:
    """Return a text of the call, and the method that is asked of it."""
    word = tokens.take()
    if word == "api.getAttribute":
        tokens.expect("(")
        name = _literal(tokens)
        tokens.expect(",")
        default = _literal(tokens)
        tokens.expect(")")
        method = tokens.take().removeprefix(".") if tokens.at.startswith(".") else ""
        value = call.context.get(name, default)
    else:
        found = re.fullmatch(r"(resource\.(?:name|type|service))(?:\.(\w+))?", word)
        if found is None:
            raise NotEvaluated(f"not evaluated: {word}")
        method = found[2] or ""
        value = _attributes(call)[found[1]]
    if method and method not in _TESTS:
        raise NotEvaluated(f"the function {method} is not evaluated")
    return value, method


def _attributes(call: Call) -> Mapping[str, str]:
    # "Resource attributes for IAM Conditions": of a call that has none they are empty.
    return {
        "resource.name": call.resource,
        "resource.type": call.context.get("resource.type", ""),
        "resource.service": call.context.get("resource.service", ""),
    }


def _literal(tokens: Tokens) -> str:
    word = tokens.take()
    if word[0] not in "'\"":
        raise NotEvaluated(f"expected a text in quotation marks, not {word!r}")
    return word[1:-1]
