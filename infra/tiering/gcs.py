"""The policy as rules of a Google Cloud Storage bucket."""

from typing import Any, Final

from infra.tiering.policy import TieringPolicy

SOFT_DELETE_DAYS_MIN: Final = 7
SOFT_DELETE_DAYS_MAX: Final = 90
"""Cloud Storage, "Soft delete": a retention of 7 to 90 days, or none at all."""

_DAY_SECONDS: Final = 24 * 60 * 60


def gcs_lifecycle_rules(policy: TieringPolicy, *, prefix: str) -> list[dict[str, Any]]:
    """Return the `lifecycle_rules` of a `storage.Bucket` (pulumi-gcp, snake case).

    They need a bucket with versions: there, a rule that deletes a live document makes an old version of it.
    All classes of Cloud Storage are read at once, ARCHIVE too; it is used where the policy says archive.
    """
    rules = _rules_of_the_bucket(policy)
    for days, storage_class in (
        (policy.cool_after_days, "NEARLINE"),
        (policy.cold_after_days, "COLDLINE"),
    ):
        if days is not None:
            rules.append(_rule(_to(storage_class), _live(prefix, age=days)))
    for rule in policy.archive:
        condition = _live(prefix + rule.folder, age=rule.after_days)
        rules.append(_rule(_to("ARCHIVE"), condition))
    for rule in policy.expire:
        condition = _live(prefix + rule.folder, age=rule.after_days)
        rules.append(_rule({"type": "Delete"}, condition))
    return rules


def gcs_soft_delete_seconds(policy: TieringPolicy) -> int:
    """Return the `retention_duration_seconds` of the bucket's soft delete.

    Old versions keep the promise of `kept_days` against replacing and deleting. Who may delete on Cloud
    Storage may also delete an old version, though: against that only soft delete keeps it, for 90 days at
    most.
    """
    days = policy.old_versions.kept_days
    return min(max(days, SOFT_DELETE_DAYS_MIN), SOFT_DELETE_DAYS_MAX) * _DAY_SECONDS


def _rules_of_the_bucket(policy: TieringPolicy) -> list[dict[str, Any]]:
    old = policy.old_versions
    moves = [
        _rule(_to(storage_class), _noncurrent(days))
        for days, storage_class in (
            (old.cool_after_days, "NEARLINE"),
            (old.archive_after_days, "ARCHIVE"),
        )
        if days is not None
    ]
    return [
        *moves,
        _rule({"type": "Delete"}, _noncurrent(old.kept_days)),
        _rule(
            {"type": "AbortIncompleteMultipartUpload"}, {"age": policy.unfinished_uploads_kept_days}
        ),
    ]


def _rule(action: dict[str, Any], condition: dict[str, Any]) -> dict[str, Any]:
    return {"action": action, "condition": condition}


def _to(storage_class: str) -> dict[str, Any]:
    return {"type": "SetStorageClass", "storage_class": storage_class}


def _live(prefix: str, *, age: int) -> dict[str, Any]:
    condition = {"age": age, "with_state": "LIVE"}
    return {**condition, "matches_prefixes": [prefix]} if prefix else condition


def _noncurrent(days: int) -> dict[str, Any]:
    return {"days_since_noncurrent_time": days, "with_state": "ARCHIVED"}
