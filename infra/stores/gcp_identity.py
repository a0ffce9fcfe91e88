"""Who works in the bucket: a service account with a role of its own, bound to the prefix."""

from typing import Any

import pulumi
from pulumi_gcp import projects, serviceaccount, storage

from app.terms.variables import Identity
from infra.access import gcs_condition, gcs_permissions
from infra.settings import Environment
from infra.stores.gcp_names import (
    ROLE_CHARACTERS_MAX,
    SERVICE_ACCOUNT_CHARACTERS_MAX,
    name_beside,
)
from infra.stores.gcp_trust import GcpTrust


class GcpRole(pulumi.ComponentResource):
    """What an identity may do; granted to nobody yet.

    Attributes:
        name: what a binding names: `projects/PROJECT/roles/ROLE`.
    """

    name: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        identity: Identity,
        environment: Environment,
        bucket: Any,
        opts: pulumi.ResourceOptions,
    ) -> None:
        super().__init__(f"{environment.project}:stores:GcpRole", name, None, opts)
        role = projects.IAMCustomRole(
            name,
            project=bucket.project,
            role_id=bucket.name.apply(
                lambda known: name_beside(
                    known, identity, characters_max=ROLE_CHARACTERS_MAX
                ).replace("-", "_")
            ),
            title=f"Knowledge base {identity} of {environment.name}",
            description=f"What the {identity} of {environment.name} may do with its documents",
            permissions=gcs_permissions(identity),
            stage="GA",
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.name = role.name
        self.register_outputs({"name": role.name})


class GcpIdentity(pulumi.ComponentResource):
    """A service account that may do in the bucket what its role says, below the prefix only.

    Attributes:
        email: of the service account.
        workload_provider: what a workload from outside names to act as it; None where nobody is trusted.
    """

    email: pulumi.Output[str]
    workload_provider: pulumi.Output[str] | None

    def __init__(
        self,
        name: str,
        *,
        identity: Identity,
        environment: Environment,
        bucket: Any,
        role: GcpRole,
        trust: GcpTrust | None,
        opts: pulumi.ResourceOptions,
    ) -> None:
        super().__init__(f"{environment.project}:stores:GcpIdentity", name, None, opts)
        inside = pulumi.ResourceOptions(parent=self)
        account = serviceaccount.Account(
            name,
            project=bucket.project,
            account_id=bucket.name.apply(
                lambda known: name_beside(
                    known, identity, characters_max=SERVICE_ACCOUNT_CHARACTERS_MAX
                )
            ),
            display_name=f"Knowledge base {identity} of {environment.name}",
            opts=inside,
        )
        prefix = environment.settings.prefix
        storage.BucketIAMMember(
            name,
            bucket=bucket.name,
            role=role.name,
            member=account.member,
            condition=bucket.name.apply(
                lambda known: gcs_condition(identity, bucket=known, prefix=prefix)
            )
            if prefix
            else None,
            opts=inside,
        )
        self.email = account.email
        self.workload_provider = None
        if trust is not None:
            serviceaccount.IAMMember(
                name,
                service_account_id=account.name,
                role="roles/iam.workloadIdentityUser",
                member=trust.member,
                opts=inside,
            )
            self.workload_provider = trust.provider
        self.register_outputs({"email": account.email})
