"""What a vendor's rule about lifecycles is made of."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from app.terms.outputs import Cloud

Rules = list[dict[str, Any]]
Weight = Literal["refused", "charged", "idle", "risky"]
"""Where a law is broken the service refuses, bills more, does nothing, or does what nobody meant."""

Problem = tuple[str, str]
"""Where in the rules, and what is wrong there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a law has to know beside the rules.

    Attributes:
        container: of Azure.
        redundancy: the SKU of the Azure account.
        versioned: whether the bucket keeps versions.
        tracks_access: whether the Azure account notes the last access to each blob.
        soft_delete_days: for how long what is deleted can be brought back.
        kept_days: for how long the policy promises that.
        small_documents: how many are under 128 KB.
    """

    container: str = "knowledge-base"
    redundancy: str = "Standard_LRS"
    versioned: bool = True
    tracks_access: bool = False
    soft_delete_days: int = 0
    kept_days: int = 0
    small_documents: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """One rule of a vendor.

    Attributes:
        name: of the law.
        cloud: whose.
        says: the rule, in our words.
        weight: what breaking it leads to.
        source: where it is written.
        date: when it was read there; None: from memory, never read (docs/unproved.md).
        problems: finds where rules break it.
    """

    name: str
    cloud: Cloud
    says: str
    weight: Weight
    source: str
    date: date | None
    problems: Callable[[Rules, Facts], Iterator[Problem]]


@dataclass(frozen=True, slots=True)
class Judgement:
    """A law that is broken, and where."""

    law: Law
    path: str
    sentence: str

    def fields(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {
            "law": self.law.name,
            "weight": self.law.weight,
            "path": self.path,
            "sentence": self.sentence,
            "source": self.law.source,
            "read": self.law.date.isoformat() if self.law.date else None,
        }
