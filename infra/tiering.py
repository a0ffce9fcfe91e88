"""Where documents move as they age: one policy for every cloud, compiled to each cloud's lifecycle rules.

What every compiled policy keeps, whatever the configuration says:

- a live document is readable at once, unless `allow_offline` says otherwise and its folder is named;
- nothing live expires outside the folders named for it, so never our own records in `.kb/`;
- a replaced or deleted document can be brought back for at least `old_versions.kept_days` days.
"""

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

RESERVED_FOLDER: Final = ".kb/"
"""Where the store keeps its own records below the prefix; equals `app.store.keys.RESERVED_PREFIX`."""

FOLDERS_MAX: Final = 90
"""Azure allows 100 rules in a management policy, S3 1,000; a folder is one rule."""

DAYS_MAX: Final = 36_500

KEPT_DAYS_MAX: Final = 365
"""The longest soft delete of Azure Blob Storage (2024-01-01, DeleteRetentionPolicy.days)."""

ARCHIVE_AGAIN_AFTER_DAYS: Final = 7
"""Azure: without it, a document that was brought back from the archive goes back within a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderRule:
    """What happens to live documents of one folder, counted from their last change.

    Attributes:
        folder: relative to the prefix, a plain name that ends with `/`.
        after_days: at least 1.
    """

    folder: str
    after_days: int

    def __post_init__(self) -> None:
        segments = self.folder.removesuffix("/").split("/")
        if not self.folder.endswith("/") or any(part in ("", ".", "..") for part in segments):
            raise ValueError(f"folder {self.folder!r} must look like 'drafts/' or 'logs/old/'")
        if "*" in self.folder:
            raise ValueError(f"folder {self.folder!r} is a plain name: lifecycle rules know no '*'")
        if self.folder.startswith(RESERVED_FOLDER):
            raise ValueError(f"folder {self.folder!r} holds the store's own records")
        _require_days("after_days", self.after_days)


@dataclass(frozen=True, slots=True, kw_only=True)
class OldVersions:
    """What happens to replaced and deleted documents.

    Attributes:
        cool_after_days: to the cheaper class that is read at once; None: never.
        archive_after_days: to the class that is read after hours; None: never.
        kept_days: how long at least an old version can be brought back after it was replaced; 1 to 365.
    """

    cool_after_days: int | None = None
    archive_after_days: int | None = None
    kept_days: int = 90

    def __post_init__(self) -> None:
        _require_days("cool_after_days", self.cool_after_days)
        _require_days("archive_after_days", self.archive_after_days)
        if not 1 <= self.kept_days <= KEPT_DAYS_MAX:
            raise ValueError(f"kept_days is {self.kept_days}, it must be 1 to {KEPT_DAYS_MAX}")
        _require_ascending(
            cool_after_days=self.cool_after_days,
            archive_after_days=self.archive_after_days,
            kept_days=self.kept_days,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TieringPolicy:
    """One policy for every cloud. Ages are whole days since a document's last change.

    Attributes:
        cool_after_days: Standard-IA, Cool; None: never.
        cold_after_days: Glacier Instant Retrieval, Cold; None: never.
        allow_offline: whether live documents may be archived at all: reading one then takes hours.
        archive: folders whose live documents go to Glacier Flexible Retrieval, Archive.
        expire: folders whose live documents are deleted; they stay as old versions for `kept_days`.
        old_versions: replaced and deleted documents.
        unfinished_uploads_kept_days: S3 only; Azure discards uncommitted blocks after a week by itself.
    """

    cool_after_days: int | None = 30
    cold_after_days: int | None = 90
    allow_offline: bool = False
    archive: tuple[FolderRule, ...] = ()
    expire: tuple[FolderRule, ...] = ()
    old_versions: OldVersions = field(default_factory=OldVersions)
    unfinished_uploads_kept_days: int = 7

    def __post_init__(self) -> None:
        _require_days("cool_after_days", self.cool_after_days)
        _require_days("cold_after_days", self.cold_after_days)
        _require_days("unfinished_uploads_kept_days", self.unfinished_uploads_kept_days)
        _require_ascending(
            cool_after_days=self.cool_after_days, cold_after_days=self.cold_after_days
        )
        if self.archive and not self.allow_offline:
            raise ValueError(
                "archive makes live documents unreadable for hours: say allow_offline: true to mean it"
            )
        if len(self.archive) + len(self.expire) > FOLDERS_MAX:
            raise ValueError(f"archive and expire name more than {FOLDERS_MAX} folders")

    @property
    def archives(self) -> bool:
        """Whether anything goes to an archive class."""
        return bool(self.archive) or self.old_versions.archive_after_days is not None


def s3_lifecycle_rules(policy: TieringPolicy, *, prefix: str) -> list[dict[str, Any]]:
    """Return the rules of an S3 `BucketLifecycleConfiguration` (pulumi-aws 7, snake case).

    S3 leaves objects below 128 KB in their class; its lifecycle is at most 1,000 rules.
    """
    rules = _s3_rules_of_the_bucket(policy)
    transitions = [
        {"days": days, "storage_class": storage_class}
        for days, storage_class in (
            (policy.cool_after_days, "STANDARD_IA"),
            (policy.cold_after_days, "GLACIER_IR"),
        )
        if days is not None
    ]
    if transitions:
        rules.append(_s3_rule("tierDocuments", prefix, transitions=transitions))
    for number, rule in enumerate(policy.archive, start=1):
        archive = [{"days": rule.after_days, "storage_class": "GLACIER"}]
        rules.append(_s3_rule(f"archiveFolder{number}", prefix + rule.folder, transitions=archive))
    for number, rule in enumerate(policy.expire, start=1):
        expiration = {"days": rule.after_days}
        rules.append(_s3_rule(f"expireFolder{number}", prefix + rule.folder, expiration=expiration))
    return rules


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
    tiers = _azure_conditions(
        by_change, tier_to_cool=policy.cool_after_days, tier_to_cold=policy.cold_after_days
    )
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


def _s3_rules_of_the_bucket(policy: TieringPolicy) -> list[dict[str, Any]]:
    old = policy.old_versions
    transitions = [
        {"noncurrent_days": days, "storage_class": storage_class}
        for days, storage_class in (
            (old.cool_after_days, "STANDARD_IA"),
            (old.archive_after_days, "GLACIER"),
        )
        if days is not None
    ]
    return [
        _s3_rule(
            "oldVersions",
            "",
            noncurrent_version_expiration={"noncurrent_days": old.kept_days},
            **({"noncurrent_version_transitions": transitions} if transitions else {}),
        ),
        _s3_rule(
            "unfinishedUploads",
            "",
            abort_incomplete_multipart_upload={
                "days_after_initiation": policy.unfinished_uploads_kept_days
            },
        ),
        # What is left of a deleted document when its last old version has gone.
        _s3_rule("deleteMarkers", "", expiration={"expired_object_delete_marker": True}),
    ]


def _s3_rule(identifier: str, prefix: str, **actions: Any) -> dict[str, Any]:
    return {"id": identifier, "status": "Enabled", "filter": {"prefix": prefix}, **actions}


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


def _require_days(name: str, days: int | None) -> None:
    if days is not None and not 1 <= days <= DAYS_MAX:
        raise ValueError(f"{name} is {days}, it must be 1 to {DAYS_MAX}")


def _require_ascending(**days_of: int | None) -> None:
    present = [(name, days) for name, days in days_of.items() if days is not None]
    for (earlier, fewer), (later, more) in pairwise(present):
        if fewer >= more:
            raise ValueError(f"{earlier} ({fewer}) must be less than {later} ({more})")
