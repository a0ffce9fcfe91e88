"""Who works in the bucket: a role, and a key only where the configuration asks for one."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from app.terms.variables import Identity
from infra.access import iam_policy, iam_trust_policy
from infra.settings import Environment

_SESSION_SECONDS_MAX: Mapping[Identity, int] = {"agent": 3_600, "migrator": 43_200}
"""A migration of millions of documents must not lose its session half way; 12 h is IAM's limit."""


class AwsIdentity(pulumi.ComponentResource):
    """A role that may do what the permissions of its identity say; with `aws_access_keys` also a user.

    Attributes:
        role_arn: of the role.
        access_key_id: of the user; None without keys.
        secret_access_key: of the user, a secret; None without keys.
    """

    role_arn: pulumi.Output[str]
    access_key_id: pulumi.Output[str] | None
    secret_access_key: pulumi.Output[str] | None

    def __init__(
        self,
        name: str,
        *,
        identity: Identity,
        environment: Environment,
        bucket_arn: pulumi.Output[str],
        key_arn: pulumi.Output[str] | None,
        tags: Mapping[str, str],
        opts: pulumi.ResourceOptions,
    ) -> None:
        super().__init__(f"{environment.project}:stores:AwsIdentity", name, None, opts)
        inside = pulumi.ResourceOptions(parent=self)
        settings = environment.settings
        trust = environment.trust(identity)
        policy = pulumi.Output.json_dumps(
            pulumi.Output.all(bucket_arn, key_arn).apply(
                lambda arns: iam_policy(
                    identity,
                    bucket_arn=arns[0],
                    prefix=settings.prefix,
                    key_arn=arns[1],
                    migration=settings.migration,
                )
            )
        )
        account = aws.get_caller_identity_output(opts=pulumi.InvokeOptions(parent=self))
        role = aws.iam.Role(
            name,
            assume_role_policy=pulumi.Output.json_dumps(
                account.arn.apply(lambda arn: iam_trust_policy(trust, account_arn=arn))
            ),
            max_session_duration=_SESSION_SECONDS_MAX[identity],
            permissions_boundary=settings.aws_permissions_boundary,
            tags=tags,
            opts=inside,
        )
        aws.iam.RolePolicy(name, role=role.name, policy=policy, opts=inside)
        self.role_arn = role.arn
        self.access_key_id = self.secret_access_key = None
        if settings.aws_access_keys:
            key = self._make_user(name, policy, settings.aws_permissions_boundary, tags, inside)
            self.access_key_id, self.secret_access_key = key.id, key.secret
        self.register_outputs({"role_arn": role.arn})

    def _make_user(
        self,
        name: str,
        policy: pulumi.Output[str],
        boundary: str | None,
        tags: Mapping[str, str],
        inside: pulumi.ResourceOptions,
    ) -> Any:
        user = aws.iam.User(name, permissions_boundary=boundary, tags=tags, opts=inside)
        aws.iam.UserPolicy(name, user=user.name, policy=policy, opts=inside)
        return aws.iam.AccessKey(name, user=user.name, opts=inside)
