"""Service accounts, roles, workload identity and bindings, kept by the control plane, enforced by nobody."""

import hashlib
from dataclasses import dataclass

from infra.local_cloud.gcp.base import PROJECT_NUMBER, GcpHandler
from infra.local_cloud.gcp.storage import require_member
from infra.local_cloud.handlers import State
from infra.local_cloud.values import Properties


@dataclass(frozen=True, slots=True)
class Account(GcpHandler):
    """gcp:serviceaccount/account:Account: the same ids for the same name, no token."""

    def id_of(self, inputs: Properties) -> str:
        """The account's whole name."""
        return f"projects/{self.project.of(inputs)}/serviceAccounts/{self._email(inputs)}"

    def added(self, resource_id: str, inputs: Properties) -> Properties:
        """Its addresses, and its number."""
        email = self._email(inputs)
        digest = hashlib.sha256(email.encode()).hexdigest()
        return {
            "disabled": bool(inputs.get("disabled")),
            "email": email,
            "member": f"serviceAccount:{email}",
            "name": resource_id,
            "uniqueId": f"1{int(digest, 16) % 10**20:020}",
        }

    def _email(self, inputs: Properties) -> str:
        return f"{inputs['accountId']}@{self.project.of(inputs)}.iam.gserviceaccount.com"


@dataclass(frozen=True, slots=True)
class AccountMember(GcpHandler):
    """gcp:serviceaccount/iAMMember:IAMMember."""

    def id_of(self, inputs: Properties) -> str:
        """The id beneath the account's, which takes its policy with it."""
        condition = inputs.get("condition")
        parts = [inputs["serviceAccountId"], inputs["role"], inputs["member"]]
        return "/".join(parts + ([condition["title"]] if condition else []))

    def claim(self, inputs: Properties) -> str | None:
        """Granting what somebody has is no error."""
        return None

    def create(self, inputs: Properties) -> State:
        """Record it, whether it was there or not."""
        self.require(inputs["serviceAccountId"])
        require_member(self, inputs["member"])
        resource_id = self.id_of(inputs)
        return State(resource_id, self.record(resource_id, inputs))

    def added(self, resource_id: str, inputs: Properties) -> Properties:
        """The policy's version."""
        return {"etag": "BwAAAAAAAAA="}


@dataclass(frozen=True, slots=True)
class Role(GcpHandler):
    """gcp:projects/iAMCustomRole:IAMCustomRole."""

    def id_of(self, inputs: Properties) -> str:
        """The role's whole name."""
        return f"projects/{self.project.of(inputs)}/roles/{inputs['roleId']}"

    def added(self, resource_id: str, inputs: Properties) -> Properties:
        """Its name, and that it is there."""
        return {"deleted": False, "name": resource_id, "stage": inputs.get("stage", "GA")}


@dataclass(frozen=True, slots=True)
class Pool(GcpHandler):
    """gcp:iam/workloadIdentityPool:WorkloadIdentityPool."""

    def id_of(self, inputs: Properties) -> str:
        """The pool's whole name, with the project's id."""
        return pool_name(self.project.of(inputs), inputs)

    def added(self, resource_id: str, inputs: Properties) -> Properties:
        """The pool's whole name, with the project's number, as policies want it."""
        return {"name": pool_name(PROJECT_NUMBER, inputs), "state": "ACTIVE"}


@dataclass(frozen=True, slots=True)
class PoolProvider(GcpHandler):
    """gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider."""

    def id_of(self, inputs: Properties) -> str:
        """The id beneath the pool's."""
        pool = pool_name(self.project.of(inputs), inputs)
        return f"{pool}/providers/{inputs['workloadIdentityPoolProviderId']}"

    def parents(self, inputs: Properties) -> tuple[str, ...]:
        """The pool."""
        return (pool_name(self.project.of(inputs), inputs),)

    def added(self, resource_id: str, inputs: Properties) -> Properties:
        """The provider's whole name, with the project's number."""
        pool = pool_name(PROJECT_NUMBER, inputs)
        return {
            "name": f"{pool}/providers/{inputs['workloadIdentityPoolProviderId']}",
            "state": "ACTIVE",
        }


def pool_name(project: str, inputs: Properties) -> str:
    """The whole name of the pool that inputs name."""
    pool = inputs["workloadIdentityPoolId"]
    return f"projects/{project}/locations/global/workloadIdentityPools/{pool}"
