"""The policy as rules of an S3 bucket."""

from typing import Any

from infra.tiering.policy import TieringPolicy


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
