"""The emulated clouds of an environment, as somebody with every right reaches them behind its back."""

import json
import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
from azure.storage.blob import BlobServiceClient

from infra.local_cloud import servers
from infra.local_cloud.control_plane import ControlPlane, control_plane_of
from infra.local_cloud.credentials import AZURITE_ACCOUNT, AZURITE_KEY

STACK = "local"

Undo = Callable[[], object]
Edit = Callable[[dict[str, Any]], object]


@dataclass
class Clouds:
    """Where the environment whose state lies in `root` has its resources."""

    root: Path
    outputs: Mapping[str, Any]

    @cached_property
    def s3(self) -> Any:
        return self._aws("s3")

    @cached_property
    def iam(self) -> Any:
        return self._aws("iam")

    @cached_property
    def container(self) -> Any:
        blobs = BlobServiceClient(
            servers.endpoints(STACK, root=self.root).azure_blob_url,
            credential={"account_name": AZURITE_ACCOUNT, "account_key": AZURITE_KEY},
        )
        return blobs.get_container_client(self.outputs["azure_container"])

    @cached_property
    def plane(self) -> ControlPlane:
        return control_plane_of(STACK, root=self.root)

    @property
    def bucket(self) -> str:
        return str(self.outputs["aws_bucket"])

    @property
    def role(self) -> str:
        """The agent's."""
        return str(self.outputs["aws_agent_role_arn"]).rpartition("/")[2]

    @property
    def user(self) -> str:
        """The agent's."""
        users = [one["UserName"] for one in self.iam.list_users()["Users"]]
        return str(next(name for name in users if "agent" in name))

    def edit_role_policy(self, edit: Edit) -> Undo:
        """Change what the agent's role may do."""
        (name,) = self.iam.list_role_policies(RoleName=self.role)["PolicyNames"]
        place = {"RoleName": self.role, "PolicyName": name}
        before = self.iam.get_role_policy(**place)["PolicyDocument"]
        after = deepcopy(before)
        edit(after)
        self.iam.put_role_policy(**place, PolicyDocument=json.dumps(after))
        return lambda: self.iam.put_role_policy(**place, PolicyDocument=json.dumps(before))

    def edit_record(self, token: str, edit: Edit) -> Undo:
        """Change what the control plane keeps of a resource; of the agent's, where there are several."""
        resource_id = self._id_of(token)
        before = self.plane.get(resource_id) or {}
        after = deepcopy(before)
        edit(after["inputs"])
        self.plane.set(resource_id, after)
        return lambda: self.plane.set(resource_id, before)

    def delete_record(self, token: str) -> Undo:
        """Delete a resource that the control plane keeps, and what is beneath it."""
        resource_id = self._id_of(token)
        before = {one: self.plane.get(one) or {} for one in self.plane.ids(resource_id)}
        self.plane.delete(resource_id)

        def undo() -> None:
            for one, record in before.items():
                self.plane.set(one, record)

        return undo

    def _id_of(self, token: str) -> str:
        records = {one: self.plane.get(one) or {} for one in self.plane.ids()}
        mine = [one for one, record in records.items() if record.get("type") == token]
        # An assignment of ARM names the role of its identity by a number only.
        agents = next(
            record["inputs"]["roleDefinitionId"]
            for record in records.values()
            if "agent of" in record.get("inputs", {}).get("roleName", "")
        )
        named = [one for one in mine if re.search("[-_]agent", one)]
        numbered = [one for one in mine if agents in json.dumps(records[one])]
        return (named or numbered or mine)[0]

    def _aws(self, service: Any) -> Any:
        return boto3.client(
            service,
            endpoint_url=servers.endpoints(STACK, root=self.root).aws_url,
            region_name="us-east-1",
            aws_access_key_id="any",
            aws_secret_access_key="any",
        )
