"""What a fixture of a rule is: a payload that meets it, and changes of it that do not."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.rules.tags import NAMES

Properties = Mapping[str, Any]
TAGS = dict.fromkeys(NAMES, "any")


@dataclass(frozen=True, slots=True)
class Fixture:
    """A payload that meets a rule.

    Attributes:
        type: of the resource.
        good: its inputs; None for a type that no resource may have.
        bad: path of the property that a finding names → inputs that replace some of the good ones.
    """

    type: str
    good: Properties | None
    bad: Mapping[str, Properties]


def document(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Sid": "One", **statement}]})
