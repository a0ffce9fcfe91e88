"""Google Cloud Storage's rules about lifecycle configurations and soft delete."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Any, Final

from infra.tiering.gcs import SOFT_DELETE_DAYS_MAX, SOFT_DELETE_DAYS_MIN
from infra.tiering.laws.terms import Facts, Law, Problem, Rules, Weight

_LIFECYCLE: Final = "https://cloud.google.com/storage/docs/lifecycle"
_CLASSES: Final = "https://cloud.google.com/storage/docs/storage-classes"
_READ: Final = date(2026, 11, 26)

RULES_MAX: Final = 100
PREFIXES_MAX: Final = 50
MINIMUM_DAYS: Final = {"NEARLINE": 30, "COLDLINE": 90, "ARCHIVE": 365}
_TARGETS: Final = ("NEARLINE", "COLDLINE", "ARCHIVE")
_TEXTS: Final = ("matches_prefixes", "matches_suffixes")
_STATES: Final = ("LIVE", "ARCHIVED", "ANY")


def _too_many(rules: Rules, _: Facts) -> Iterator[Problem]:
    if len(rules) > RULES_MAX:
        yield "lifecycle_rules", f"{len(rules)} rules, at most {RULES_MAX} are allowed"


def _many_prefixes(rules: Rules, _: Facts) -> Iterator[Problem]:
    for index, rule in enumerate(rules):
        count = sum(len(rule["condition"].get(name, ())) for name in _TEXTS)
        if count > PREFIXES_MAX:
            yield f"lifecycle_rules[{index}].condition", f"{count} prefixes and suffixes"


def _unconditional(rules: Rules, _: Facts) -> Iterator[Problem]:
    for index, rule in enumerate(rules):
        if not rule["condition"]:
            yield f"lifecycle_rules[{index}].condition", "a rule has at least one condition"


def _negative(rules: Rules, _: Facts) -> Iterator[Problem]:
    for index, rule in enumerate(rules):
        for name in ("age", "days_since_noncurrent_time", "num_newer_versions"):
            if rule["condition"].get(name, 0) < 0:
                yield f"lifecycle_rules[{index}].condition.{name}", "must be 0 or more"


def _classes(rules: Rules, _: Facts) -> Iterator[Problem]:
    for index, rule in enumerate(rules):
        action = rule["action"]
        moves = action["type"] == "SetStorageClass"
        if moves and action.get("storage_class") not in _TARGETS:
            words = f"{action.get('storage_class')} is no class that a rule moves to from STANDARD"
            yield f"lifecycle_rules[{index}].action.storage_class", words


def _aborting(rules: Rules, _: Facts) -> Iterator[Problem]:
    for index, rule in enumerate(rules):
        strange = set(rule["condition"]) - {"age", *_TEXTS}
        if rule["action"]["type"] == "AbortIncompleteMultipartUpload" and strange:
            words = f"{min(strange)} means nothing for an upload"
            yield f"lifecycle_rules[{index}].condition", words


def _states(rules: Rules, _: Facts) -> Iterator[Problem]:
    for index, rule in enumerate(rules):
        state = rule["condition"].get("with_state")
        if state is not None and state not in _STATES:
            yield f"lifecycle_rules[{index}].condition.with_state", f"{state!r} is no state"


def _deletes_all(rules: Rules, facts: Facts) -> Iterator[Problem]:
    for index, rule in enumerate(rules):
        state = rule["condition"].get("with_state", "ANY")
        if rule["action"]["type"] == "Delete" and state == "ANY" and facts.versioned:
            yield (
                f"lifecycle_rules[{index}].condition",
                "deletes old versions together with live documents: say with_state",
            )


def _versions(rules: Rules, facts: Facts) -> Iterator[Problem]:
    for index, rule in enumerate(rules):
        if rule["condition"].get("with_state") == "ARCHIVED" and not facts.versioned:
            yield f"lifecycle_rules[{index}]", "is about old versions, and the bucket keeps none"


def _short_stays(rules: Rules, _: Facts) -> Iterator[Problem]:
    """A class is left early by deleting only: moves of the lifecycle cost no early deletion."""
    for live, days in (("LIVE", "age"), ("ARCHIVED", "days_since_noncurrent_time")):
        stops: list[tuple[int, str, int]] = []
        for index, rule in enumerate(rules):
            condition = rule["condition"]
            if condition.get("with_state") == live and days in condition:
                stops.append((condition[days], rule["action"].get("storage_class", ""), index))
        for (_entered, tier, _index), (left, then, index) in pairwise(sorted(stops)):
            if not then and left < MINIMUM_DAYS.get(tier, 0):
                words = f"deletes after {left} days, {MINIMUM_DAYS[tier]} are billed in {tier}"
                yield f"lifecycle_rules[{index}].condition.{days}", words


def _soft_delete(_: Rules, facts: Facts) -> Iterator[Problem]:
    days = facts.soft_delete_days
    if days and not SOFT_DELETE_DAYS_MIN <= days <= SOFT_DELETE_DAYS_MAX:
        yield (
            "soft_delete_policy.retention_duration_seconds",
            f"{days} days, must be none or {SOFT_DELETE_DAYS_MIN} to {SOFT_DELETE_DAYS_MAX}",
        )


def _promise(_: Rules, facts: Facts) -> Iterator[Problem]:
    if facts.soft_delete_days < facts.kept_days:
        yield (
            "soft_delete_policy",
            f"who may delete may delete old versions, too: they are kept {facts.soft_delete_days} days "
            f"after that, not {facts.kept_days}",
        )


def _law(
    name: str, says: str, weight: Weight, source: str, problems: Any, read: date | None = _READ
) -> Law:
    return Law(
        name=name,
        cloud="gcp",
        says=says,
        weight=weight,
        source=source,
        date=read,
        problems=problems,
    )


LAWS: Final = (
    _law("gcs-rules", "at most 100 rules", "refused", _LIFECYCLE, _too_many, None),
    _law(
        "gcs-prefixes",
        "at most 50 prefixes and suffixes a rule",
        "refused",
        _LIFECYCLE,
        _many_prefixes,
        None,
    ),
    _law("gcs-condition", "a rule has a condition", "refused", _LIFECYCLE, _unconditional),
    _law("gcs-days", "days and counts are not negative", "refused", _LIFECYCLE, _negative, None),
    _law("gcs-classes", "classes change downwards only", "refused", _LIFECYCLE, _classes, None),
    _law("gcs-uploads", "uploads have age and name only", "refused", _LIFECYCLE, _aborting),
    _law("gcs-states", "LIVE, ARCHIVED or ANY", "refused", "pulumi-gcp 10.2", _states),
    _law("gcs-state-said", "Delete reaches old versions, too", "risky", _LIFECYCLE, _deletes_all),
    _law("gcs-versioning", "old versions need versioning", "idle", _LIFECYCLE, _versions),
    _law(
        "gcs-minimum-days",
        "30 days are billed in Nearline, 90 in Coldline, 365 in Archive, from the day of writing",
        "charged",
        _CLASSES,
        _short_stays,
        None,
    ),
    _law("gcs-soft-delete", "7 to 90 days, or none", "refused", "pulumi-gcp 10.2", _soft_delete),
    _law(
        "gcs-promise",
        "the right to delete includes old versions",
        "risky",
        "https://cloud.google.com/storage/docs/deleting-objects",
        _promise,
        None,
    ),
)
