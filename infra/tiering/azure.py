"""The policy as rules of an Azure storage account."""

from typing import Any, Final

from infra.tiering.policy import TieringPolicy

ARCHIVE_AGAIN_AFTER_DAYS: Final = 7
"""Azure: without it, a document that was brought back from the archive goes back within a day."""


def azure_management_rules(
    policy: TieringPolicy, *, prefix: str, container: str
) -> list[dict[str, Any]]:
    """Return the rules of an Azure `ManagementPolicy` (API 2024-01-01, snake case).

    Azure counts the age of an old version from its *creation*, not from its replacement: a document that was
    last changed a year ago and is replaced today has an old version that is a year old. So the promise of
    `kept_days` is kept by the soft delete of the account (`azure_soft_delete_days`), into which a version
    goes that these rules delete.
    """
    old = policy.old_versions
    by_creation = "days_after_creation_greater_than"
    versions = _azure_conditions(
        by_creation,
        tier_to_cool=old.cool_after_days,
        tier_to_archive=old.archive_after_days,
        delete=old.kept_days,
    )
    snapshots = _azure_conditions(by_creation, delete=old.kept_days)
    rules = [_azure_rule("oldVersions", container, "", version=versions, snapshot=snapshots)]
    by_change = "days_after_modification_greater_than"
    tiers: dict[str, Any] = _azure_conditions(
        "days_after_last_access_time_greater_than" if policy.by == "access" else by_change,
        tier_to_cool=policy.cool_after_days,
        tier_to_cold=policy.cold_after_days,
    )
    if policy.by == "access" and policy.cool_after_days:
        tiers["enable_auto_tier_to_hot_from_cool"] = True
    if tiers:
        rules.append(_azure_rule("tierDocuments", container, prefix, base_blob=tiers))
    for number, rule in enumerate(policy.archive, start=1):
        archive = _azure_conditions(by_change, tier_to_archive=rule.after_days)
        archive["tier_to_archive"]["days_after_last_tier_change_greater_than"] = (
            ARCHIVE_AGAIN_AFTER_DAYS
        )
        rules.append(
            _azure_rule(
                f"archiveFolder{number}", container, prefix + rule.folder, base_blob=archive
            )
        )
    for number, rule in enumerate(policy.expire, start=1):
        delete = _azure_conditions(by_change, delete=rule.after_days)
        rules.append(
            _azure_rule(f"expireFolder{number}", container, prefix + rule.folder, base_blob=delete)
        )
    return rules


def azure_soft_delete_days(policy: TieringPolicy) -> int:
    """Return how long the account keeps what was deleted, so that the promise of `kept_days` holds."""
    return policy.old_versions.kept_days


def _azure_rule(name: str, container: str, prefix: str, **actions: Any) -> dict[str, Any]:
    # A prefix begins with the container's name; append and page blobs do not tier, and are none of ours.
    filters = {"blob_types": ["blockBlob"], "prefix_match": [f"{container}/{prefix}"]}
    return {
        "name": name,
        "type": "Lifecycle",
        "enabled": True,
        "definition": {"filters": filters, "actions": actions},
    }


def _azure_conditions(condition: str, **days_of: int | None) -> dict[str, dict[str, int]]:
    return {action: {condition: days_after} for action, days_after in days_of.items() if days_after}
