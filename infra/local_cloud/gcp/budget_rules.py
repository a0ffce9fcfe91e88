"""What Google's discovery document of budgets says in prose (Cloud Billing Budget API v1, 20261011)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from infra.local_cloud.handlers import Failure
from infra.local_cloud.values import UNKNOWN, Properties

DISPLAY_NAME_CHARACTERS_MAX: Final = 60
CHANNELS_MAX: Final = 5
_AMOUNTS: Final = ("specifiedAmount", "lastPeriodAmount")
_PERIODS: Final = ("calendarPeriod", "customPeriod")
_UNITS: Final = re.compile(r"\d{1,19}")
_PROJECT: Final = re.compile(r"projects/[^/\s]+")
_SPECIFIED: Final = "INCLUDE_SPECIFIED_CREDITS"


def budget_failures(inputs: Properties) -> Iterator[Failure]:
    """Say what a budget's documentation forbids in inputs of the right form."""
    name = inputs.get("displayName")
    if isinstance(name, str) and len(name) > DISPLAY_NAME_CHARACTERS_MAX:
        yield "displayName", f"has more than {DISPLAY_NAME_CHARACTERS_MAX} characters"
    yield from _amount_failures(_part(inputs, "amount"))
    period = _part(inputs, "budgetFilter")
    yield from _filter_failures(period)
    yield from _threshold_failures(inputs.get("thresholdRules"), period)
    rule = _part(inputs, "allUpdatesRule")
    channels = rule.get("monitoringNotificationChannels")
    if isinstance(channels, list) and len(channels) > CHANNELS_MAX:
        yield (
            "allUpdatesRule.monitoringNotificationChannels",
            f"has more than {CHANNELS_MAX} channels",
        )
    if rule.get("schemaVersion") not in (None, "1.0", UNKNOWN):
        yield "allUpdatesRule.schemaVersion", "must be 1.0"


def _amount_failures(amount: Mapping[str, Any]) -> Iterator[Failure]:
    given = [name for name in _AMOUNTS if amount.get(name)]
    if amount and len(given) != 1:
        yield f"amount.{_AMOUNTS[len(given) // 2]}", f"must be exactly one of {', '.join(_AMOUNTS)}"
    units = _part(amount, "specifiedAmount").get("units")
    if isinstance(units, str) and not _UNITS.fullmatch(units):
        yield "amount.specifiedAmount.units", "must be a whole number, as text"


def _filter_failures(period: Mapping[str, Any]) -> Iterator[Failure]:
    if all(period.get(name) for name in _PERIODS):
        yield "budgetFilter.customPeriod", "cannot be given beside calendarPeriod"
    treatment, credits = period.get("creditTypesTreatment"), period.get("creditTypes")
    if credits and credits is not UNKNOWN and treatment not in (_SPECIFIED, UNKNOWN):
        yield "budgetFilter.creditTypes", f"means something only with {_SPECIFIED}"
    projects = period.get("projects")
    for index, project in enumerate(projects if isinstance(projects, list) else []):
        if isinstance(project, str) and not _PROJECT.fullmatch(project):
            yield f"budgetFilter.projects[{index}]", "must look like projects/123456789012"


def _threshold_failures(rules: Any, period: Mapping[str, Any]) -> Iterator[Failure]:
    for index, rule in enumerate(rules if isinstance(rules, list) else []):
        if not isinstance(rule, dict):
            continue
        percent = rule.get("thresholdPercent")
        if isinstance(percent, int | float) and percent < 0:
            yield f"thresholdRules[{index}].thresholdPercent", "must not be negative"
        if rule.get("spendBasis") == "FORECASTED_SPEND" and period.get("customPeriod"):
            yield (
                f"thresholdRules[{index}].spendBasis",
                "is forecast by the calendar: not beside customPeriod",
            )


def _part(inputs: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = inputs.get(name)
    return found if isinstance(found, dict) else {}
