"""How each cloud goes about a lifecycle: what differs where the policy is the same.

Sources and dates of these facts are those of the laws that name them (`infra.tiering.laws`).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from app.terms.outputs import Cloud
from infra.tiering.azure import ARCHIVE_AGAIN_AFTER_DAYS, azure_soft_delete_days
from infra.tiering.gcs import gcs_soft_delete_seconds
from infra.tiering.policy import TieringPolicy

FIRST_RUN_DAY: Final = 1
"""Rules run once a day at midnight UTC; the first time on the midnight after they were made."""

_DAY_SECONDS: Final = 24 * 60 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """What a cloud's lifecycle does in its own way.

    Attributes:
        default: the tier of what is written.
        cool, cold, archive: its words for the policy's tiers.
        offline: tiers whose documents take hours to read.
        onward: where a rule may move a document from each tier.
        age_exceeds: whether an age must be more than the days of a rule, or may equal them.
        bytes_min: smaller documents stay where they are.
        old_since: what the age of an old version is counted from.
        move_before_marker: whether a document that would move and expire on one day moves first.
        rest_days_before_archive: since the last change of tier; None: none is needed.
        warmed_after_days: how long a document that reading warmed is not warmed again; None: it never is.
        early_since: what a minimum time of storage is counted from: entering the tier, or writing the
            object. In the second case only deleting is early, moving is not.
    """

    default: str
    cool: str
    cold: str
    archive: str
    offline: frozenset[str] = frozenset()
    onward: Mapping[str, frozenset[str]]
    age_exceeds: bool = False
    bytes_min: int = 0
    old_since: Literal["replaced", "written"] = "replaced"
    move_before_marker: bool = False
    rest_days_before_archive: int | None = None
    warmed_after_days: int | None = None
    early_since: Literal["entered", "written"] = "entered"

    def run_of(self, moment: float, days: int) -> int:
        """Return the first run at which something that happened at `moment` is `days` old."""
        due = moment + days
        run = math.floor(due) + 1 if self.age_exceeds else math.ceil(due)
        return max(run, FIRST_RUN_DAY)


_S3_GLACIER: Final = frozenset({"GLACIER", "DEEP_ARCHIVE"})

MANNERS: Final[Mapping[Cloud, Manners]] = {
    "aws": Manners(
        default="STANDARD",
        cool="STANDARD_IA",
        cold="GLACIER_IR",
        archive="GLACIER",
        offline=_S3_GLACIER,
        onward={
            "STANDARD": frozenset({"STANDARD_IA", "GLACIER_IR", "GLACIER"}),
            "STANDARD_IA": frozenset({"GLACIER_IR", "GLACIER"}),
            "INTELLIGENT_TIERING": frozenset({"GLACIER_IR", "GLACIER"}),
            "ONEZONE_IA": frozenset({"GLACIER"}),
            "GLACIER_IR": frozenset({"GLACIER"}),
        },
        bytes_min=128 * 1024,
        move_before_marker=True,
    ),
    "azure": Manners(
        default="Hot",
        cool="Cool",
        cold="Cold",
        archive="Archive",
        offline=frozenset({"Archive"}),
        onward={
            "Hot": frozenset({"Cool", "Cold", "Archive"}),
            "Cool": frozenset({"Cold", "Archive"}),
            "Cold": frozenset({"Archive"}),
        },
        age_exceeds=True,
        old_since="written",
        rest_days_before_archive=ARCHIVE_AGAIN_AFTER_DAYS,
        warmed_after_days=30,
    ),
    "gcp": Manners(
        default="STANDARD",
        cool="NEARLINE",
        cold="COLDLINE",
        archive="ARCHIVE",
        onward={
            "STANDARD": frozenset({"NEARLINE", "COLDLINE", "ARCHIVE"}),
            "NEARLINE": frozenset({"COLDLINE", "ARCHIVE"}),
            "COLDLINE": frozenset({"ARCHIVE"}),
        },
        early_since="written",
    ),
}


def tier_on(cloud: Cloud, tier: str | None) -> str:
    """Return the tier that a document would lie in on a cloud, whichever cloud's word `tier` is."""
    manners = MANNERS[cloud]
    if tier is None:
        return manners.default
    for other in MANNERS.values():
        for word, own in (
            (other.default, manners.default),
            (other.cool, manners.cool),
            (other.cold, manners.cold),
            (other.archive, manners.archive),
        ):
            if tier == word and not (tier in manners.onward or tier in manners.offline):
                return own
    return tier


def soft_delete_days(cloud: Cloud, policy: TieringPolicy) -> int:
    """Return for how long a deleted old version is still there, and paid for."""
    match cloud:
        case "aws":
            return 0
        case "azure":
            return azure_soft_delete_days(policy)
        case "gcp":
            return gcs_soft_delete_seconds(policy) // _DAY_SECONDS
