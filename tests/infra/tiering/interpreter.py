"""Each cloud's lifecycle, day by day, as its vendor describes it; reads compiled rules only.

- S3: https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-conflicts.html and
  lifecycle-transition-general-considerations
- Azure: https://learn.microsoft.com/azure/storage/blobs/lifecycle-management-policy-structure
- Cloud Storage: https://cloud.google.com/storage/docs/lifecycle
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Rules = list[dict[str, Any]]


@dataclass(slots=True)
class Held:
    """One version of an object in a bucket."""

    key: str
    size_bytes: int
    written: float
    replaced: float
    tier: str
    phase: str = "live"
    noncurrent_since: float | None = None
    tier_changed: float | None = None
    deleted_on: int | None = None
    reads: tuple[float, ...] = ()
    accessed: float | None = None
    warmed: float | None = None


Step = Callable[[Rules, Held, int], None]


def days_of(rules: Rules, held: Held, days: int, step: Step) -> list[tuple[str, str] | None]:
    """Where the object lies after each day's run: (phase, tier), None when it is not or no longer there."""
    found: list[tuple[str, str] | None] = []
    for run in range(1, days + 1):
        for read in held.reads:
            if run - 1 < read <= run and held.phase == "live":
                _azure_read(rules, held, read)
        if held.phase == "live" and held.replaced <= run:
            held.phase, held.noncurrent_since = "old", held.replaced
        if held.written < run:
            step(rules, held, run)
        there = held.written < run and held.phase != "gone"
        found.append((held.phase, held.tier) if there else None)
    return found


# S3

_S3_ORDER = ["STANDARD", "STANDARD_IA", "GLACIER_IR", "GLACIER"]


def s3_step(rules: Rules, held: Held, run: int) -> None:
    if held.phase == "live":
        _s3_current(rules, held, run)
    elif held.phase == "old":
        _s3_noncurrent(rules, held, run)


def _s3_matching(rules: Rules, held: Held) -> Rules:
    return [
        rule
        for rule in rules
        if rule["status"] == "Enabled" and held.key.startswith(rule["filter"]["prefix"])
    ]


def _s3_midnight(moment: float, days: int) -> int:
    """The days are added, and the result is rounded up to the next midnight."""
    return math.ceil(moment + days)


def _s3_moved(held: Held, eligible: list[str], run: int) -> bool:
    if held.size_bytes < 131_072:
        return False
    colder = [it for it in eligible if _S3_ORDER.index(it) > _S3_ORDER.index(held.tier)]
    if not colder:
        return False
    held.tier, held.tier_changed = max(colder, key=_S3_ORDER.index), run
    return True


def _s3_current(rules: Rules, held: Held, run: int) -> None:
    matching = _s3_matching(rules, held)
    eligible = [
        it["storage_class"]
        for rule in matching
        for it in rule.get("transitions", ())
        if _s3_midnight(held.written, it["days"]) <= run
    ]
    # "Transition takes precedence over creation of delete markers."
    if _s3_moved(held, eligible, run):
        return
    expirations = [it["expiration"] for it in matching if "expiration" in it]
    if any("days" in it and _s3_midnight(held.written, it["days"]) <= run for it in expirations):
        held.phase, held.noncurrent_since = "old", run


def _s3_noncurrent(rules: Rules, held: Held, run: int) -> None:
    assert held.noncurrent_since is not None
    matching = _s3_matching(rules, held)
    # "Permanent deletion takes precedence over transition."
    for rule in matching:
        ends = rule.get("noncurrent_version_expiration")
        if ends and _s3_midnight(held.noncurrent_since, ends["noncurrent_days"]) <= run:
            held.phase = "gone"
            return
    eligible = [
        it["storage_class"]
        for rule in matching
        for it in rule.get("noncurrent_version_transitions", ())
        if _s3_midnight(held.noncurrent_since, it["noncurrent_days"]) <= run
    ]
    _s3_moved(held, eligible, run)


# Azure

_AZURE_ACTIONS = ["tier_to_cool", "tier_to_cold", "tier_to_archive", "delete"]
"""Each is cheaper than those before it; the cheapest one is applied."""
_AZURE_TIERS = ["Hot", "Cool", "Cold", "Archive"]


def azure_step_of(soft_delete_days: int) -> Step:
    def step(rules: Rules, held: Held, run: int) -> None:
        if held.deleted_on is not None:
            if run - held.deleted_on >= soft_delete_days:
                held.phase = "gone"
            return
        part = "base_blob" if held.phase == "live" else "version"
        due = [
            action
            for rule in rules
            if rule["enabled"] and _azure_matches(rule, held)
            for action, condition in rule["definition"]["actions"].get(part, {}).items()
            if isinstance(condition, dict) and _azure_due(condition, held, run)
        ]
        effective = [action for action in due if _azure_changes(action, held)]
        if effective:
            _azure_apply(max(effective, key=_AZURE_ACTIONS.index), held, run)

    return step


def _azure_read(rules: Rules, held: Held, moment: float) -> None:
    """A read updates the last access once in 24 hours, and warms a blob in Cool once in 30 days."""
    if held.tier == "Archive":
        return
    before = _azure_accessed(held)
    if moment - before >= 1:
        held.accessed = moment
    warms = any(
        rule["definition"]["actions"].get("base_blob", {}).get("enable_auto_tier_to_hot_from_cool")
        for rule in rules
        if _azure_matches(rule, held)
    )
    rested = held.warmed is None or moment - held.warmed >= 30
    if warms and held.tier == "Cool" and rested:
        held.tier, held.tier_changed, held.warmed = "Hot", moment, moment


def _azure_accessed(held: Held) -> float:
    """Writing is access, too; what nobody read or wrote counts from the policy's first day."""
    return max(held.written, 0.0) if held.accessed is None else held.accessed


def _azure_matches(rule: dict[str, Any], held: Held) -> bool:
    filters = rule["definition"]["filters"]
    return "blockBlob" in filters["blob_types"] and any(
        held.key.startswith(prefix) for prefix in filters["prefix_match"]
    )


def _azure_due(condition: dict[str, int], held: Held, run: int) -> bool:
    # Both of them are the time of the write: of the current version, and of one that was it.
    ages = {
        "days_after_modification_greater_than": run - held.written,
        "days_after_creation_greater_than": run - held.written,
        "days_after_last_access_time_greater_than": run - _azure_accessed(held),
        "days_after_last_tier_change_greater_than": (
            math.inf if held.tier_changed is None else run - held.tier_changed
        ),
    }
    return all(ages[name] > days for name, days in condition.items())


def _azure_changes(action: str, held: Held) -> bool:
    return action == "delete" or _azure_target(action) > _AZURE_TIERS.index(held.tier)


def _azure_target(action: str) -> int:
    return _AZURE_ACTIONS.index(action) + 1


def _azure_apply(action: str, held: Held, run: int) -> None:
    if action != "delete":
        held.tier, held.tier_changed = _AZURE_TIERS[_azure_target(action)], run
    elif held.phase == "live":
        held.phase, held.noncurrent_since = "old", run
    else:
        held.phase, held.deleted_on = "deleted", run


# Cloud Storage

_GCS_ORDER = ["STANDARD", "NEARLINE", "COLDLINE", "ARCHIVE"]


def gcs_step_of(soft_delete_seconds: int) -> Step:
    def step(rules: Rules, held: Held, run: int) -> None:
        if held.deleted_on is not None:
            if (run - held.deleted_on) * 86_400 >= soft_delete_seconds:
                held.phase = "gone"
            return
        actions = [rule["action"] for rule in rules if _gcs_satisfied(rule, held, run)]
        # "Delete takes precedence over any SetStorageClass", then the cheapest class.
        if any(action["type"] == "Delete" for action in actions):
            _gcs_delete(held, run)
            return
        classes = [it["storage_class"] for it in actions if it["type"] == "SetStorageClass"]
        held.tier = max([held.tier, *classes], key=_GCS_ORDER.index)

    return step


def _gcs_satisfied(rule: dict[str, Any], held: Held, run: int) -> bool:
    condition = dict(rule["condition"])
    state = condition.pop("with_state", "ANY")
    prefixes = condition.pop("matches_prefixes", [""])
    age = condition.pop("age", None)
    noncurrent = condition.pop("days_since_noncurrent_time", None)
    assert not condition, "a condition that nobody has taught this interpreter"
    since = held.noncurrent_since
    return (
        state in ("ANY", "LIVE" if held.phase == "live" else "ARCHIVED")
        and any(held.key.startswith(prefix) for prefix in prefixes)
        and (age is None or run - held.written >= age)
        and (noncurrent is None or (since is not None and run - since >= noncurrent))
    )


def _gcs_delete(held: Held, run: int) -> None:
    if held.phase == "live":
        held.phase, held.noncurrent_since = "old", run
    else:
        held.phase, held.deleted_on = "deleted", run
