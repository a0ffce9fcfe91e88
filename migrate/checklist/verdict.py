"""What a check comes to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Result(StrEnum):
    """The three ways a check ends."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One check's end.

    Attributes:
        result: how it ended.
        evidence: what was seen, as sentences.
        next_step: what to do now; of a failed check what mends it; "" where there is nothing to do.
        figures: the numbers behind the evidence, for programs.
    """

    result: Result
    evidence: str
    next_step: str = ""
    figures: Mapping[str, Any] = field(default_factory=dict)


def passed(
    evidence: str, next_step: str = "", *, figures: Mapping[str, Any] | None = None
) -> Verdict:
    """Return that all is well."""
    return Verdict(Result.PASSED, evidence, next_step, figures or {})


def failed(evidence: str, next_step: str, *, figures: Mapping[str, Any] | None = None) -> Verdict:
    """Return what is broken, and what mends it."""
    return Verdict(Result.FAILED, evidence, next_step, figures or {})


def skipped(reason: str, next_step: str = "") -> Verdict:
    """Return why nothing was tried."""
    return Verdict(Result.SKIPPED, reason, next_step)
