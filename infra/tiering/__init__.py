"""Where documents move as they age: one policy for every cloud, compiled to each cloud's lifecycle rules.

What every compiled policy keeps, whatever the configuration says:

- a live document is readable at once, unless `allow_offline` says otherwise and its folder is named;
- nothing live expires outside the folders named for it, so never our own records in `.kb/`;
- a replaced or deleted document can be brought back for at least `old_versions.kept_days` days.
"""

from infra.tiering.azure import azure_management_rules, azure_soft_delete_days
from infra.tiering.gcs import gcs_lifecycle_rules, gcs_soft_delete_seconds
from infra.tiering.policy import RESERVED_FOLDER, FolderRule, OldVersions, TieringPolicy
from infra.tiering.s3 import s3_lifecycle_rules

__all__ = [
    "RESERVED_FOLDER",
    "FolderRule",
    "OldVersions",
    "TieringPolicy",
    "azure_management_rules",
    "azure_soft_delete_days",
    "gcs_lifecycle_rules",
    "gcs_soft_delete_seconds",
    "s3_lifecycle_rules",
]
