"""Conditions of Azure role assignments.

"Azure role assignment condition format and syntax" (Microsoft, read 2026-11-26).
"""

import operator
from collections.abc import Callable, Mapping
from typing import Final

from infra.access.evaluate.calls import Call, NotEvaluated, matches
from infra.access.evaluate.tokens import Tokens

SUBOPERATION: Final = "suboperation"
"""In a call's context: which kind of its action it is, such as Blob.List."""

_WORD: Final = (
    r"'[^']*'|@(?:Resource|Request)\[[^\]]+\]|(?:ActionMatches|SubOperationMatches)\{'[^']*'\}"
    r"|\|\||&&|[()!{},]|[A-Za-z]+(?::[A-Za-z]+)?"
)

Test = Callable[[str, str], bool]


def _starts_with(value: str, wanted: str) -> bool:
    return value.startswith(wanted)


def _like(value: str, pattern: str) -> bool:
    if "\\" in pattern:
        raise NotEvaluated(f"escaped wildcards are not evaluated: {pattern}")
    return matches(pattern, value)


_TESTS: Final[Mapping[str, Test]] = {
    "Equals": operator.eq,
    "StartsWith": _starts_with,
    "Like": _like,
}


def condition_holds(condition: str, call: Call) -> bool:
    """Tell whether a condition lets a call through.

    An attribute that the call does not have fits nothing, also no "Not".

    Raises:
        NotEvaluated: a function or an operator that this module does not know, or a wrong expression.
    """
    tokens = Tokens(condition, _WORD)
    held = _any(tokens, call)
    tokens.expect_end()
    return held


def _any(tokens: Tokens, call: Call) -> bool:
    held = _all(tokens, call)
    while tokens.took("OR", "||"):
        # Both sides are read, whatever the first one is.
        held = _all(tokens, call) or held
    return held


def _all(tokens: Tokens, call: Call) -> bool:
    held = _one(tokens, call)
    while tokens.took("AND", "&&"):
        held = _one(tokens, call) and held
    return held


def _one(tokens: Tokens, call: Call) -> bool:
    if tokens.took("!", "NOT"):
        return not _one(tokens, call)
    if tokens.took("("):
        held = _any(tokens, call)
        tokens.expect(")")
        return held
    word = tokens.take()
    if word.startswith("ActionMatches{"):
        return matches(word[15:-2], call.action, ignore_case=True, one="")
    if word.startswith("SubOperationMatches{"):
        return word[21:-2].lower() == call.context.get(SUBOPERATION, "").lower()
    if word.startswith("@"):
        return _compare(call.context.get(word[1:]), tokens.take(), _literal(tokens))
    raise NotEvaluated(f"not evaluated: {word}")


def _compare(value: str | None, name: str, wanted: str) -> bool:
    base = name.removeprefix("String").removesuffix("IgnoreCase")
    negated = base.startswith("Not")
    test = _TESTS.get(base.removeprefix("Not"))
    if test is None or not name.startswith("String"):
        raise NotEvaluated(f"the operator {name} is not evaluated")
    if value is None:
        return False
    if name.endswith("IgnoreCase"):
        value, wanted = value.lower(), wanted.lower()
    return test(value, wanted) != negated


def _literal(tokens: Tokens) -> str:
    word = tokens.take()
    if not word.startswith("'"):
        raise NotEvaluated(f"expected a text in quotation marks, not {word!r}")
    return word[1:-1]
