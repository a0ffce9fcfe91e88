"""What watches a bucket of Google Cloud: recorded; nothing is measured, billed or sent."""

import hashlib
import uuid
from dataclasses import dataclass

from infra.local_cloud.gcp.base import GcpHandler
from infra.local_cloud.values import Properties


@dataclass(frozen=True, slots=True)
class Numbered(GcpHandler):
    """A notification channel or an alert policy: Google numbers them, here by the name that people see."""

    collection: str
    """`alertPolicies`"""

    def id_of(self, inputs: Properties) -> str:
        """The project's, with a number that is the same for the same name."""
        named = f"{inputs.get('displayName')}{inputs.get('labels')}"
        number = int(hashlib.sha256(named.encode()).hexdigest(), 16) % 10**19
        return f"projects/{self.project.of(inputs)}/{self.collection}/{number}"

    def added(self, resource_id: str, inputs: Properties) -> Properties:
        """Its whole name."""
        return {"name": resource_id, "enabled": inputs.get("enabled", True)}


@dataclass(frozen=True, slots=True)
class Budget(GcpHandler):
    """gcp:billing/budget:Budget: its billing account gives it an id; here by the name that people see."""

    def id_of(self, inputs: Properties) -> str:
        """The billing account's, with an id that is the same for the same name."""
        account = inputs["billingAccount"]
        own = uuid.uuid5(uuid.NAMESPACE_URL, f"{account}/{inputs.get('displayName')}")
        return f"billingAccounts/{account}/budgets/{own}"

    def added(self, resource_id: str, inputs: Properties) -> Properties:
        """Its id."""
        return {"name": resource_id.rpartition("/")[2]}
