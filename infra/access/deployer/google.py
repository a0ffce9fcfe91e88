"""The deployer's role on Google Cloud.

What each type takes is its own permissions ("IAM permissions reference", Google, read 2026-11-26). None of
them is storage.objects.*: it reads no object. But whoever may set a bucket's policy can give itself any right
in it. Budgets belong to a billing account, on which a role of its own is granted.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from app.terms.permissions import DEPLOYER, Work

_ALL: Final = ("create", "get", "update", "delete")

Where = Literal["project", "billing account"]
"""What the role is granted on."""


@dataclass(frozen=True, slots=True)
class Need:
    """What making, looking at, changing and removing a resource takes."""

    work: Work
    type: str
    verbs: tuple[str, ...] = _ALL
    where: Where = "project"

    @property
    def permissions(self) -> tuple[str, ...]:
        """In Google's words."""
        return tuple(f"{self.type}.{verb}" for verb in self.verbs)


GOOGLE_NEEDS: Final[Mapping[str, Need]] = {
    "gcp:storage/bucket:Bucket": Need("stores", "storage.buckets"),
    "gcp:storage/bucketIAMMember:BucketIAMMember": Need(
        "identities", "storage.buckets", ("getIamPolicy", "setIamPolicy")
    ),
    "gcp:projects/iAMCustomRole:IAMCustomRole": Need(
        "identities", "iam.roles", (*_ALL, "undelete")
    ),
    "gcp:serviceaccount/account:Account": Need("identities", "iam.serviceAccounts"),
    "gcp:serviceaccount/iAMMember:IAMMember": Need(
        "identities", "iam.serviceAccounts", ("getIamPolicy", "setIamPolicy")
    ),
    "gcp:iam/workloadIdentityPool:WorkloadIdentityPool": Need(
        "identities", "iam.workloadIdentityPools"
    ),
    "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider": Need(
        "identities", "iam.workloadIdentityPoolProviders"
    ),
    "gcp:billing/budget:Budget": Need("watch", "billing.budgets", where="billing account"),
    "gcp:monitoring/alertPolicy:AlertPolicy": Need("watch", "monitoring.alertPolicies"),
    "gcp:monitoring/notificationChannel:NotificationChannel": Need(
        "watch", "monitoring.notificationChannels"
    ),
}


def google_deployer_permissions(
    works: Collection[Work] = DEPLOYER, *, where: Where = "project"
) -> list[str]:
    """Return the permissions of a custom role of the deployer.

    Args:
        works: what it works on.
        where: what the role is granted on.
    """
    return sorted(
        it
        for need in GOOGLE_NEEDS.values()
        if need.work in works and need.where == where
        for it in need.permissions
    )
