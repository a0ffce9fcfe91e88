"""When a budget's notifications are sent, in every cloud."""

from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True, slots=True)
class Threshold:
    """One notification of a budget.

    Attributes:
        name: of the notification.
        percent: of the budget.
        of: what was spent, or what the cloud expects to be spent by the end of the month.
    """

    name: str
    percent: int
    of: Literal["actual", "forecast"]


THRESHOLDS: Final = (
    Threshold("mostSpent", 80, "actual"),
    Threshold("allSpent", 100, "actual"),
    Threshold("moreExpected", 100, "forecast"),
)
