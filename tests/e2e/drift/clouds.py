"""The emulated clouds of an environment, as somebody with every right reaches them behind its back."""

import json
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

    def edit_arm(self, token: str, edit: Edit) -> Undo:
        """Change what ARM keeps of a resource; of the agent's, where there are several of the type."""
        resource_id = self.arm_id(token)
        before = self.plane.get(resource_id) or {}
        after = deepcopy(before)
        edit(after["inputs"])
        self.plane.set(resource_id, after)
        return lambda: self.plane.set(resource_id, before)

    def delete_arm(self, token: str) -> Undo:
        """Delete a resource and what is beneath it."""
        resource_id = self.arm_id(token)
        beneath = self.plane.ids(resource_id)
        before = {one: self.plane.get(one) or {} for one in beneath}
        self.plane.delete(resource_id)

        def undo() -> None:
            for one, record in before.items():
                self.plane.set(one, record)

        return undo

    def arm_id(self, token: str) -> str:
        """The id of the resource of a type; of the agent's, where there are several."""
        records = {one: self.plane.get(one) or {} for one in self.plane.ids("/subscriptions/")}
        mine = [one for one, record in records.items() if record["type"].endswith(f":{token}")]
        agents = next(
            record["inputs"]["roleDefinitionId"]
            for record in records.values()
            if "agent of" in record["inputs"].get("roleName", "")
        )
        return next((one for one in mine if agents in json.dumps(records[one])), mine[0])

    def _aws(self, service: Any) -> Any:
        return boto3.client(
            service,
            endpoint_url=servers.endpoints(STACK, root=self.root).aws_url,
            region_name="us-east-1",
            aws_access_key_id="any",
            aws_secret_access_key="any",
        )
