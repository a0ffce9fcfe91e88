"""What watches a bucket of Google Cloud: recorded; nothing is measured or sent."""

import hashlib
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
