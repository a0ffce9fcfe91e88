"""What IAM grants a principal: inline policies and access keys. Real in moto."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from infra.local_cloud.aws import payloads
from infra.local_cloud.aws.base import AwsHandler
from infra.local_cloud.aws.clients import ask
from infra.local_cloud.aws.policy_documents import document_text
from infra.local_cloud.handlers import Live, State
from infra.local_cloud.values import Properties, Secret


@dataclass(frozen=True, slots=True)
class InlinePolicy(AwsHandler):
    """aws:iam/rolePolicy:RolePolicy and aws:iam/userPolicy:UserPolicy: a policy in its owner."""

    owner: str
    """`role` or `user`"""

    owner_name: str
    """`RoleName` or `UserName`, as the API says it."""

    put: Callable[..., Any]
    get: Callable[..., Any]
    remove: Callable[..., Any]

    def create(self, inputs: Properties) -> State:
        """Put the policy."""
        self.put(**payloads.request(self.token, inputs))
        return State(f"{inputs[self.owner]}:{inputs['name']}", self._outputs(inputs))

    def read(self, resource_id: str, inputs: Properties, outputs: Properties) -> Live | None:
        """The policy as its owner has it."""
        answer = ask(self.get, **self._place(resource_id))
        if answer is None:
            return None
        owner, _, name = resource_id.partition(":")
        live = self.live_inputs(
            {**inputs, self.owner: owner, "name": name},
            {"policy": document_text(answer["PolicyDocument"])},
        )
        return Live(live, self._outputs(live))

    def update(self, resource_id: str, inputs: Properties, outputs: Properties) -> Properties:
        """Put the policy anew."""
        self.put(**payloads.request(self.token, inputs))
        return self._outputs(inputs)

    def delete(self, resource_id: str, outputs: Properties) -> None:
        """Take the policy from its owner."""
        ask(self.remove, **self._place(resource_id))

    def _place(self, resource_id: str) -> dict[str, str]:
        owner, _, name = resource_id.partition(":")
        return {self.owner_name: owner, "PolicyName": name}

    def _outputs(self, inputs: Properties) -> Properties:
        return {**inputs, "policy": document_text(inputs["policy"])}


@dataclass(frozen=True, slots=True)
class AccessKey(AwsHandler):
    """aws:iam/accessKey:AccessKey."""

    iam: Any

    @property
    def remade_in_place(self) -> bool:
        """A new key has another id."""
        return False

    def create(self, inputs: Properties) -> State:
        """Make a key; IAM tells its secret this once."""
        key = self.iam.create_access_key(UserName=inputs["user"])["AccessKey"]
        self._put_status(key["AccessKeyId"], inputs)
        return State(
            key["AccessKeyId"],
            {
                "status": "Active",
                **inputs,
                "createDate": key["CreateDate"].isoformat(),
                "secret": Secret(key["SecretAccessKey"]),
            },
        )

    def read(self, resource_id: str, inputs: Properties, outputs: Properties) -> Live | None:
        """Whether the user still has the key, and whether it is active."""
        user = inputs.get("user") or outputs.get("user")
        if user is None:  # an import knows the id alone
            used = ask(self.iam.get_access_key_last_used, AccessKeyId=resource_id) or {}
            user = used.get("UserName")
        if user is None:
            return None
        answer = ask(self.iam.list_access_keys, UserName=user) or {}
        for key in answer.get("AccessKeyMetadata", []):
            if key["AccessKeyId"] == resource_id:
                live = {**inputs, "user": user}
                if key["Status"] != inputs.get("status", "Active"):
                    live["status"] = key["Status"]
                kept = {**outputs, "user": user, "status": key["Status"]}
                if "secret" in outputs:
                    kept["secret"] = Secret(outputs["secret"])
                return Live(live, kept)
        return None

    def update(self, resource_id: str, inputs: Properties, outputs: Properties) -> Properties:
        """Turn the key on or off."""
        self._put_status(resource_id, inputs)
        changed = {**outputs, **inputs, "status": inputs.get("status", "Active")}
        return {**changed, "secret": Secret(outputs.get("secret"))}

    def delete(self, resource_id: str, outputs: Properties) -> None:
        """Delete the key."""
        ask(self.iam.delete_access_key, UserName=outputs["user"], AccessKeyId=resource_id)

    def _put_status(self, key_id: str, inputs: Properties) -> None:
        self.iam.update_access_key(
            UserName=inputs["user"], AccessKeyId=key_id, Status=inputs.get("status", "Active")
        )
