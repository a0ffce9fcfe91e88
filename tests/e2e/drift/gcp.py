"""Drift on Google Cloud."""

from typing import Any

from tests.e2e.drift.clouds import Clouds, Undo
from tests.e2e.drift.table import Table

GCP = Table()


def _bucket(name: str, found: Any, property_said: str, kind: str, breaks: str) -> None:
    @GCP.enter(f"{name} of the bucket", ("Bucket", property_said, kind, breaks))
    def _(clouds: Clouds) -> Undo:
        return clouds.edit_record("gcp:storage/bucket:Bucket", lambda it: it.update({name: found}))


_bucket(
    "softDeletePolicy",
    {"retentionDurationSeconds": 0},
    "softDeletePolicy.retentionDurationSeconds",
    "changed",
    "safety",
)
_bucket("publicAccessPrevention", "inherited", "publicAccessPrevention", "changed", "safety")
_bucket("uniformBucketLevelAccess", False, "uniformBucketLevelAccess", "changed", "safety")
_bucket("lifecycleRules", None, "lifecycleRules", "removed", "cost")
_bucket("storageClass", "NEARLINE", "storageClass", "extra", "cost")


@GCP.enter("a lifecycle rule of Google removed", ("Bucket", "lifecycleRules[1]", "removed", "cost"))
def _(clouds: Clouds) -> Undo:
    return clouds.edit_record(
        "gcp:storage/bucket:Bucket", lambda inputs: inputs["lifecycleRules"].pop(1)
    )


@GCP.enter("a lifecycle rule of Google added", ("Bucket", "lifecycleRules[4]", "extra", "safety"))
def _(clouds: Clouds) -> Undo:
    rule = {"action": {"type": "Delete"}, "condition": {"age": 1}}
    return clouds.edit_record(
        "gcp:storage/bucket:Bucket", lambda inputs: inputs["lifecycleRules"].append(rule)
    )


@GCP.enter("a role of Google widened", ("IAMCustomRole", "permissions", "extra", "safety"))
def _(clouds: Clouds) -> Undo:
    return clouds.edit_record(
        "gcp:projects/iAMCustomRole:IAMCustomRole",
        lambda inputs: inputs["permissions"].append("storage.buckets.setIamPolicy"),
    )


@GCP.enter("a role of Google narrowed", ("IAMCustomRole", "permissions", "removed", "agent"))
def _(clouds: Clouds) -> Undo:
    return clouds.edit_record(
        "gcp:projects/iAMCustomRole:IAMCustomRole",
        lambda inputs: inputs["permissions"].remove("storage.objects.create"),
    )


@GCP.enter("a binding of Google deleted", ("BucketIAMMember", "", "deleted", "agent"))
def _(clouds: Clouds) -> Undo:
    return clouds.delete_record("gcp:storage/bucketIAMMember:BucketIAMMember")


@GCP.enter(
    "the condition of a binding changed",
    ("BucketIAMMember", "condition.expression", "changed", "safety"),
)
def _(clouds: Clouds) -> Undo:
    return clouds.edit_record(
        "gcp:storage/bucketIAMMember:BucketIAMMember",
        lambda inputs: inputs["condition"].update(expression="true"),
    )


@GCP.enter("a service account deleted", ("Account", "", "deleted", "agent"))
def _(clouds: Clouds) -> Undo:
    return clouds.delete_record("gcp:serviceaccount/account:Account")
