"""Who may do what in an environment's store, compiled to the words of each cloud."""

from infra.access.aws import iam_boundary, iam_policy, iam_trust_policy, tls_only_policy
from infra.access.azure import rbac_condition, rbac_permissions
from infra.access.gcp import gcs_condition, gcs_permissions

__all__ = [
    "gcs_condition",
    "gcs_permissions",
    "iam_boundary",
    "iam_policy",
    "iam_trust_policy",
    "rbac_condition",
    "rbac_permissions",
    "tls_only_policy",
]
