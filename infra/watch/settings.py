"""What an environment's watch is, in no cloud's words."""

import re
from dataclasses import dataclass, field
from typing import Final, Literal

QuietHours = Literal[6, 24]
"""Hours that both CloudWatch and Azure's log alerts can look back over."""

EMAILS_MAX: Final = 10
"""Subscribers of a budget's notification on AWS (Budgets quotas, and botocore's model: 11 with the topic)."""

LOG_DAYS_MIN, LOG_DAYS_MAX = 30, 730
"""Retention of a Log Analytics workspace; below 31 days it costs the same (Azure Monitor Logs, retention)."""

_EMAIL: Final = re.compile(r"[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarms:
    """When somebody is told; None: never for that reason.

    Attributes:
        client_errors_percent: more of the requests than this are refused or wrong (4xx).
        server_errors_percent: more of the requests than this fail in the service (5xx).
        latency_milliseconds: one request in twenty takes longer on AWS and Google Cloud, the average one on
            Azure.
        quiet_hours: nobody asked for anything in so many hours, although no migration is under way.
    """

    client_errors_percent: int | None = 10
    server_errors_percent: int | None = 1
    latency_milliseconds: int | None = 1_000
    quiet_hours: QuietHours | None = 24

    def __post_init__(self) -> None:
        for name in ("client_errors_percent", "server_errors_percent"):
            percent = getattr(self, name)
            if percent is not None and not 0 < percent < 100:
                raise ValueError(f"{name} is {percent}, it must be 1 to 99")
        if self.latency_milliseconds is not None and self.latency_milliseconds < 1:
            raise ValueError(
                f"latency_milliseconds is {self.latency_milliseconds}, must be at least 1"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What is watched, and who is told.

    Attributes:
        emails: who is told; without anybody, Azure tells the owners, and the others nobody.
        budget_month: of AWS in US dollars, of Azure in the subscription's currency, of Google Cloud in the
            billing account's, where one is named; None: none.
        access_log_days: how long is kept who read and wrote what; None: nothing is logged.
        alarms: None: none.
    """

    emails: tuple[str, ...] = ()
    budget_month: int | None = 50
    access_log_days: int | None = 90
    alarms: Alarms | None = field(default_factory=Alarms)

    def __post_init__(self) -> None:
        for email in self.emails:
            if not _EMAIL.fullmatch(email):
                raise ValueError(f"emails: {email!r} must look like 'team@example.com'")
        if len(set(self.emails)) != len(self.emails) or len(self.emails) > EMAILS_MAX:
            raise ValueError(f"emails must be at most {EMAILS_MAX} different addresses")
        if self.budget_month is not None and self.budget_month < 1:
            raise ValueError(f"budget_month is {self.budget_month}, it must be at least 1")
        days = self.access_log_days
        if days is not None and not LOG_DAYS_MIN <= days <= LOG_DAYS_MAX:
            raise ValueError(
                f"access_log_days is {days}, it must be {LOG_DAYS_MIN} to {LOG_DAYS_MAX}"
            )

    @property
    def tells_nobody(self) -> bool:
        """Whether something is watched and nobody named who is told."""
        return not self.emails and (self.alarms is not None or self.budget_month is not None)
