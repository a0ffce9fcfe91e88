"""What is judged, and the judgement."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field


class NotEvaluated(Exception):
    """A policy says something that the evaluator does not know; one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One thing that a service asks its access system about a request.

    Attributes:
        action: in the cloud's words: `s3:GetObject`, `Microsoft.Storage/…/blobs/read`, `storage.objects.get`.
        resource: an ARN, an ARM id, a name of Google Cloud.
        context: what else the request says, by the names that conditions use.
    """

    action: str
    resource: str
    context: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a call may happen, and which words of the policies say so."""

    allowed: bool
    reason: str

    def __bool__(self) -> bool:
        return self.allowed


def matches(pattern: str, text: str, *, ignore_case: bool = False, one: str = "?") -> bool:
    """Tell whether `text` is like `pattern`: `*` is any characters, also none and also slashes.

    Args:
        pattern: with wildcards.
        text: whole.
        ignore_case: whether case is of no importance.
        one: which character of the pattern stands for exactly one; '' where none does.
    """
    translated = "".join(
        ".*" if it == "*" else "." if one and it == one else re.escape(it) for it in pattern
    )
    return (
        re.fullmatch(translated, text, re.DOTALL | (re.IGNORECASE if ignore_case else 0))
        is not None
    )
