"""Budgets that Google's documentation forbids, each a valid one with one value changed."""

from typing import Any

from infra.local_cloud.gcp.watch_schemas import BUDGET

_PERIOD = {"startDate": {"year": 2026, "month": 1, "day": 1}}

FORBIDDEN: list[tuple[str, tuple[str | int, ...], Any, str]] = [
    (BUDGET, ("billingAccount",), "billingAccounts/1", "billingAccount"),
    (BUDGET, ("displayName",), "x" * 61, "displayName"),
    (BUDGET, ("amount", "lastPeriodAmount"), True, "amount.lastPeriodAmount"),
    (BUDGET, ("amount",), {"lastPeriodAmount": False}, "amount.specifiedAmount"),
    (BUDGET, ("amount", "specifiedAmount", "units"), "5.5", "amount.specifiedAmount.units"),
    (BUDGET, ("budgetFilter", "customPeriod"), _PERIOD, "budgetFilter.customPeriod"),
    (BUDGET, ("budgetFilter", "creditTypes"), ["PROMOTION"], "budgetFilter.creditTypes"),
    (BUDGET, ("budgetFilter", "projects", 0), "example-1", "budgetFilter.projects[0]"),
    (
        BUDGET,
        ("thresholdRules", 0, "thresholdPercent"),
        -0.1,
        "thresholdRules[0].thresholdPercent",
    ),
    (
        BUDGET,
        ("budgetFilter",),
        {"customPeriod": _PERIOD},
        "thresholdRules[1].spendBasis",
    ),
    (
        BUDGET,
        ("allUpdatesRule", "monitoringNotificationChannels"),
        ["projects/p/notificationChannels/1"] * 6,
        "allUpdatesRule.monitoringNotificationChannels",
    ),
    (BUDGET, ("allUpdatesRule", "schemaVersion"), "2.0", "allUpdatesRule.schemaVersion"),
]
