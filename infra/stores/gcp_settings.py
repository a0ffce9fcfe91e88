"""What a bucket of ours on Google Cloud is set to, in the words of pulumi-gcp.

Pure, so that a plan can compare it with what is there.
"""

from typing import Any

from infra.settings import Settings
from infra.tiering import gcs_lifecycle_rules, gcs_soft_delete_seconds

Arguments = dict[str, Any]


def bucket_arguments(settings: Settings) -> Arguments:
    """Return the arguments of `Bucket` that guard documents and let them age; not its name, place and key."""
    return {
        # Access control lists would grant what no policy shows, and know no conditions.
        "uniform_bucket_level_access": True,
        "public_access_prevention": "enforced",
        "versioning": {"enabled": True},
        "soft_delete_policy": {
            "retention_duration_seconds": gcs_soft_delete_seconds(settings.tiering)
        },
        "lifecycle_rules": gcs_lifecycle_rules(settings.tiering, prefix=settings.prefix),
    }
