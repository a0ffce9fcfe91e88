"""The conditions of IAM policies ("IAM JSON policy elements: Condition operators", AWS, read 2026-11-26)."""

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from infra.access.evaluate.calls import NotEvaluated, matches

Test = Callable[[str, str], bool]


def _like_arn(value: str, pattern: str) -> bool:
    """Compare the six parts of an ARN apart, so that a `*` never reaches into the next one."""
    parts, patterns = value.split(":", 5), pattern.split(":", 5)
    return len(parts) == len(patterns) and all(map(matches, patterns, parts))


def _numeric(compare: Callable[[Decimal, Decimal], bool]) -> Test:
    def test(value: str, wanted: str) -> bool:
        try:
            return compare(Decimal(value), Decimal(wanted))
        except InvalidOperation:
            return False

    return test


def _like(value: str, pattern: str) -> bool:
    return matches(pattern, value)


def _equal_in_any_case(value: str, wanted: str) -> bool:
    return value.lower() == wanted.lower()


_TESTS: Final[Mapping[str, Test]] = {
    "StringEquals": operator.eq,
    "StringEqualsIgnoreCase": _equal_in_any_case,
    "StringLike": _like,
    "ArnEquals": _like_arn,
    "ArnLike": _like_arn,
    "Bool": _equal_in_any_case,
    "NumericEquals": _numeric(operator.eq),
    "NumericLessThan": _numeric(operator.lt),
    "NumericLessThanEquals": _numeric(operator.le),
    "NumericGreaterThan": _numeric(operator.gt),
    "NumericGreaterThanEquals": _numeric(operator.ge),
}
_NEGATED: Final[Mapping[str, str]] = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NumericNotEquals": "NumericEquals",
}


def holds(condition: Mapping[str, Mapping[str, Any]], context: Mapping[str, str]) -> bool:
    """Tell whether every operator of a Condition element holds: each key of it, with any of its values.

    Raises:
        NotEvaluated: an operator or a policy variable that this module does not know.
    """
    here = {name.lower(): value for name, value in context.items()}
    return all(
        _holds(name, here.get(key.lower()), [str(it) for it in _listed(wanted)])
        for name, keys in condition.items()
        for key, wanted in keys.items()
    )


def _holds(name: str, value: str | None, wanted: list[str]) -> bool:
    for text in wanted:
        if "${" in text:
            raise NotEvaluated(f"policy variables are not evaluated: {text}")
    if name == "Null":
        return any((value is None) == (text.lower() == "true") for text in wanted)
    base = name.removesuffix("IfExists")
    negated = base in _NEGATED
    test = _TESTS.get(_NEGATED.get(base, base))
    if test is None:
        raise NotEvaluated(f"the condition operator {name} is not evaluated")
    if value is None:
        # A key that is not there equals nothing: so every "Not" holds.
        return negated or name != base
    return any(test(value, text) for text in wanted) != negated


def _listed(value: Any) -> list[Any]:
    # In JSON a boolean may stand without quotation marks; it is compared as text.
    listed = value if isinstance(value, list | tuple) else [value]
    return [str(it).lower() if isinstance(it, bool) else it for it in listed]
