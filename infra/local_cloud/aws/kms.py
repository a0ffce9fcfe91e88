"""KMS's keys. Real in moto, but for the period of rotation, which moto drops."""

import json
from dataclasses import dataclass
from typing import Any

from infra.local_cloud.aws import payloads, schemas
from infra.local_cloud.aws.base import Account, AwsHandler
from infra.local_cloud.aws.clients import ask
from infra.local_cloud.handlers import Handler, Live, State
from infra.local_cloud.values import Properties

_WAIT_DAYS_DEFAULT = 30
_DEFAULTS = {
    "customerMasterKeySpec": "SYMMETRIC_DEFAULT",
    "keyUsage": "ENCRYPT_DECRYPT",
    "multiRegion": False,
}


@dataclass(frozen=True, slots=True)
class Key(AwsHandler):
    """aws:kms/key:Key."""

    kms: Any

    @property
    def remade_in_place(self) -> bool:
        """A new key has another id."""
        return False

    def create(self, inputs: Properties) -> State:
        """Make the key; then what the API sets by operations of their own."""
        # moto knows no defaults.
        request = payloads.request(self.token, {**_DEFAULTS, **inputs})
        request["Tags"] = _tag_list(self.tags(inputs))
        key_id = self.kms.create_key(**request)["KeyMetadata"]["KeyId"]
        self._put_switches(key_id, inputs)
        return State(key_id, self._outputs(key_id, inputs))

    def read(self, resource_id: str, inputs: Properties, outputs: Properties) -> Live | None:
        """The key as KMS has it; one that waits for its deletion is gone."""
        answer = ask(self.kms.describe_key, KeyId=resource_id)
        if answer is None or answer["KeyMetadata"]["KeyState"] == "PendingDeletion":
            return None
        key = answer["KeyMetadata"]
        tags = ask(self.kms.list_resource_tags, KeyId=resource_id) or {}
        policy = self._policy(resource_id)
        live = self.live_inputs(
            inputs,
            {
                "customerMasterKeySpec": key.get("KeySpec"),
                "description": key["Description"],
                "keyUsage": key.get("KeyUsage"),
                "multiRegion": key.get("MultiRegion"),
                # The one that KMS gives to a key without one is no program's.
                "policy": None if "policy" not in inputs and _is_default(policy) else policy,
                "tags": self.live_tags(inputs, tags.get("Tags", [])),
            },
            _DEFAULTS,
        )
        rotates = self.kms.get_key_rotation_status(KeyId=resource_id)["KeyRotationEnabled"]
        for name, on, default in (
            ("enableKeyRotation", rotates, False),
            ("isEnabled", key["Enabled"], True),
        ):
            if live.get(name, default) != on:
                live[name] = on
        return Live(live, {**outputs, **self._outputs(resource_id, live)})

    def update(self, resource_id: str, inputs: Properties, outputs: Properties) -> Properties:
        """Everything but what kind of key it is."""
        self.kms.update_key_description(
            KeyId=resource_id, Description=inputs.get("description", "")
        )
        if "policy" in inputs:
            request = payloads.request(self.token, inputs)
            self.kms.put_key_policy(
                KeyId=resource_id, PolicyName="default", Policy=request["Policy"]
            )
        tags = self.kms.list_resource_tags(KeyId=resource_id)["Tags"]
        stale = [tag["TagKey"] for tag in tags if tag["TagKey"] not in self.tags(inputs)]
        if stale:
            self.kms.untag_resource(KeyId=resource_id, TagKeys=stale)
        self.kms.tag_resource(KeyId=resource_id, Tags=_tag_list(self.tags(inputs)))
        self._put_switches(resource_id, inputs)
        return self._outputs(resource_id, inputs)

    def delete(self, resource_id: str, outputs: Properties) -> None:
        """Begin the wait after which KMS deletes the key: nobody can use it any more."""
        if self.read(resource_id, {}, {}) is not None:
            days = outputs.get("deletionWindowInDays", _WAIT_DAYS_DEFAULT)
            self.kms.schedule_key_deletion(KeyId=resource_id, PendingWindowInDays=days)

    def _put_switches(self, key_id: str, inputs: Properties) -> None:
        enable = inputs.get("isEnabled", True)
        # A key that is off cannot be told to rotate: on first, off last.
        self.kms.enable_key(KeyId=key_id)
        if inputs.get("enableKeyRotation", False):
            days = inputs.get("rotationPeriodInDays")
            period = {} if days is None else {"RotationPeriodInDays": days}
            self.kms.enable_key_rotation(KeyId=key_id, **period)
        else:
            self.kms.disable_key_rotation(KeyId=key_id)
        if not enable:
            self.kms.disable_key(KeyId=key_id)

    def _policy(self, key_id: str) -> str:
        return str(self.kms.get_key_policy(KeyId=key_id, PolicyName="default")["Policy"])

    def _outputs(self, key_id: str, inputs: Properties) -> Properties:
        account, region = self.account.id, self.account.region
        return {
            **_DEFAULTS,
            "enableKeyRotation": False,
            "isEnabled": True,
            **inputs,
            "arn": f"arn:aws:kms:{region}:{account}:key/{key_id}",
            "keyId": key_id,
            "policy": self._policy(key_id),
            "region": region,
            "tagsAll": self.tags(inputs),
        }


def kms_handlers(kms: Any, account: Account) -> dict[str, Handler]:
    """The handlers of KMS, by type."""
    return {schemas.KEY: Key(schemas.KEY, account, kms)}


def _is_default(policy: str) -> bool:
    # https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    return [it.get("Sid") for it in json.loads(policy)["Statement"]] == [
        "Enable IAM User Permissions"
    ]


def _tag_list(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"TagKey": key, "TagValue": value} for key, value in sorted(tags.items())]
