"""IAM's principals, roles and users, and the table of all its resource types. All real in moto."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from infra.local_cloud.aws import payloads, schemas
from infra.local_cloud.aws.base import Account, AwsHandler
from infra.local_cloud.aws.clients import ask
from infra.local_cloud.aws.iam_grants import AccessKey, InlinePolicy
from infra.local_cloud.aws.policy_documents import document_text
from infra.local_cloud.handlers import AlreadyExists, Handler, Live, State
from infra.local_cloud.values import Properties

_SESSION_SECONDS_DEFAULT = 3600
_DEFAULTS = {"path": "/", "maxSessionDuration": _SESSION_SECONDS_DEFAULT}


@dataclass(frozen=True, slots=True)
class Role(AwsHandler):
    """aws:iam/role:Role."""

    iam: Any

    def claim(self, inputs: Properties) -> str | None:
        """The role's name."""
        return f"aws:role:{inputs['name']}"

    def create(self, inputs: Properties) -> State:
        """Make the role."""
        if ask(self.iam.get_role, RoleName=inputs["name"]) is not None:
            raise AlreadyExists(f"EntityAlreadyExists: there is a role {inputs['name']!r} already")
        request = payloads.request(self.token, inputs)
        request["Tags"] = _tag_list(self.tags(inputs))
        role = self.iam.create_role(**request)["Role"]
        return State(role["RoleName"], self._outputs(inputs, role))

    def read(self, resource_id: str, inputs: Properties, outputs: Properties) -> Live | None:
        """The role as IAM has it."""
        answer = ask(self.iam.get_role, RoleName=resource_id)
        if answer is None:
            return None
        role = answer["Role"]
        live = self.live_inputs(
            {**inputs, "name": resource_id},
            {
                "assumeRolePolicy": document_text(role["AssumeRolePolicyDocument"]),
                "description": role.get("Description"),
                "maxSessionDuration": role.get("MaxSessionDuration"),
                "path": role["Path"],
                "permissionsBoundary": _boundary(role),
                "tags": self.live_tags(inputs, role.get("Tags", [])),
            },
            _DEFAULTS,
        )
        return Live(live, self._outputs(live, role))

    def update(self, resource_id: str, inputs: Properties, outputs: Properties) -> Properties:
        """Everything but name and path."""
        request = payloads.request(self.token, inputs)
        self.iam.update_assume_role_policy(
            RoleName=resource_id, PolicyDocument=request["AssumeRolePolicyDocument"]
        )
        self.iam.update_role(
            RoleName=resource_id,
            Description=inputs.get("description", ""),
            MaxSessionDuration=inputs.get("maxSessionDuration", _SESSION_SECONDS_DEFAULT),
        )
        if inputs.get("permissionsBoundary"):
            self.iam.put_role_permissions_boundary(
                RoleName=resource_id, PermissionsBoundary=inputs["permissionsBoundary"]
            )
        elif outputs.get("permissionsBoundary"):
            self.iam.delete_role_permissions_boundary(RoleName=resource_id)
        role = self.iam.get_role(RoleName=resource_id)["Role"]
        stale = [tag["Key"] for tag in role.get("Tags", []) if tag["Key"] not in self.tags(inputs)]
        if stale:
            self.iam.untag_role(RoleName=resource_id, TagKeys=stale)
        self.iam.tag_role(RoleName=resource_id, Tags=_tag_list(self.tags(inputs)))
        return self._outputs(inputs, role)

    def delete(self, resource_id: str, outputs: Properties) -> None:
        """Delete the role; IAM refuses one that still has policies, unless forceDetachPolicies says so."""
        if outputs.get("forceDetachPolicies"):
            for name in _names(self.iam.list_role_policies, "PolicyNames", RoleName=resource_id):
                ask(self.iam.delete_role_policy, RoleName=resource_id, PolicyName=name)
        ask(self.iam.delete_role, RoleName=resource_id)

    def _outputs(self, inputs: Properties, role: dict[str, Any]) -> Properties:
        return {
            **_DEFAULTS,
            **inputs,
            "arn": role["Arn"],
            "assumeRolePolicy": document_text(inputs["assumeRolePolicy"]),
            "createDate": role["CreateDate"].isoformat(),
            "managedPolicyArns": self._attached(role["RoleName"]),
            "name": role["RoleName"],
            "tagsAll": self.tags(inputs),
            "uniqueId": role["RoleId"],
        }

    def _attached(self, name: str) -> list[str]:
        """Whoever attached them: the real provider tells them among the outputs, too."""
        answer = ask(self.iam.list_attached_role_policies, RoleName=name) or {}
        return sorted(policy["PolicyArn"] for policy in answer.get("AttachedPolicies", []))


@dataclass(frozen=True, slots=True)
class User(AwsHandler):
    """aws:iam/user:User. moto has no boundaries of users: theirs is kept in the state alone."""

    iam: Any

    def claim(self, inputs: Properties) -> str | None:
        """The user's name."""
        return f"aws:user:{inputs['name']}"

    def create(self, inputs: Properties) -> State:
        """Make the user."""
        if ask(self.iam.get_user, UserName=inputs["name"]) is not None:
            raise AlreadyExists(f"EntityAlreadyExists: there is a user {inputs['name']!r} already")
        request = payloads.request(self.token, inputs)
        request["Tags"] = _tag_list(self.tags(inputs))
        user = self.iam.create_user(**request)["User"]
        return State(user["UserName"], self._outputs(inputs, user))

    def read(self, resource_id: str, inputs: Properties, outputs: Properties) -> Live | None:
        """The user as IAM has it."""
        answer = ask(self.iam.get_user, UserName=resource_id)
        if answer is None:
            return None
        user = answer["User"]
        live = self.live_inputs(
            {**inputs, "name": resource_id},
            {
                "path": user["Path"],
                "tags": self.live_tags(inputs, user.get("Tags", [])),
            },
            _DEFAULTS,
        )
        return Live(live, self._outputs(live, user))

    def update(self, resource_id: str, inputs: Properties, outputs: Properties) -> Properties:
        """Path and tags; a new name makes a new user, for the id would change."""
        self.iam.update_user(UserName=resource_id, NewPath=inputs.get("path", _DEFAULTS["path"]))
        user = self.iam.get_user(UserName=resource_id)["User"]
        stale = [tag["Key"] for tag in user.get("Tags", []) if tag["Key"] not in self.tags(inputs)]
        if stale:
            self.iam.untag_user(UserName=resource_id, TagKeys=stale)
        self.iam.tag_user(UserName=resource_id, Tags=_tag_list(self.tags(inputs)))
        return self._outputs(inputs, user)

    def delete(self, resource_id: str, outputs: Properties) -> None:
        """Delete the user; its keys and policies too when forceDestroy says so."""
        if outputs.get("forceDestroy"):
            keys = ask(self.iam.list_access_keys, UserName=resource_id) or {}
            for key in keys.get("AccessKeyMetadata", []):
                ask(
                    self.iam.delete_access_key,
                    UserName=resource_id,
                    AccessKeyId=key["AccessKeyId"],
                )
            for name in _names(self.iam.list_user_policies, "PolicyNames", UserName=resource_id):
                ask(self.iam.delete_user_policy, UserName=resource_id, PolicyName=name)
        ask(self.iam.delete_user, UserName=resource_id)

    def _outputs(self, inputs: Properties, user: dict[str, Any]) -> Properties:
        return {
            "path": "/",
            **inputs,
            "arn": user["Arn"],
            "name": user["UserName"],
            "tagsAll": self.tags(inputs),
            "uniqueId": user["UserId"],
        }


def iam_handlers(iam: Any, account: Account) -> dict[str, Handler]:
    """The handlers of IAM, by type."""
    handlers: list[Role | User | InlinePolicy | AccessKey] = [
        Role(schemas.ROLE, account, iam),
        User(schemas.USER, account, iam),
        AccessKey(schemas.ACCESS_KEY, account, iam),
        InlinePolicy(
            schemas.ROLE_POLICY,
            account,
            "role",
            "RoleName",
            iam.put_role_policy,
            iam.get_role_policy,
            iam.delete_role_policy,
        ),
        InlinePolicy(
            schemas.USER_POLICY,
            account,
            "user",
            "UserName",
            iam.put_user_policy,
            iam.get_user_policy,
            iam.delete_user_policy,
        ),
    ]
    return {handler.token: handler for handler in handlers}


def _tag_list(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]


def _boundary(entity: dict[str, Any]) -> str | None:
    boundary = entity.get("PermissionsBoundary") or {}
    found = boundary.get("PermissionsBoundaryArn")
    return str(found) if found else None


def _names(call: Callable[..., Any], member: str, **arguments: str) -> list[str]:
    return list((ask(call, **arguments) or {}).get(member, []))
