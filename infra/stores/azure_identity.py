"""Who works in the container: a managed identity with a role of its own."""

import uuid
from collections.abc import Mapping
from typing import Any, Final

import pulumi
from pulumi_azure_native import authorization, managedidentity

from app.terms.variables import Identity
from infra.access import rbac_condition, rbac_permissions
from infra.settings import Environment

_TOKEN_AUDIENCE: Final = "api://AzureADTokenExchange"  # noqa: S105 - the audience that Entra ID expects, no secret


class AzureIdentity(pulumi.ComponentResource):
    """A managed identity that may do in the container what the permissions of its identity say.

    Attributes:
        client_id: what a workload names to act as it.
    """

    client_id: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        identity: Identity,
        environment: Environment,
        group: Any,
        account: Any,
        container: Any,
        tags: Mapping[str, str],
        opts: pulumi.ResourceOptions,
    ) -> None:
        super().__init__(f"{environment.project}:stores:AzureIdentity", name, None, opts)
        inside = pulumi.ResourceOptions(parent=self)
        settings = environment.settings
        managed = managedidentity.UserAssignedIdentity(
            name, resource_group_name=group.name, tags=tags, opts=inside
        )
        # Its id and its name must be unique in the whole directory.
        role = group.id.apply(
            lambda scope: str(uuid.uuid5(uuid.NAMESPACE_URL, f"{scope}/{identity}"))
        )
        definition = authorization.RoleDefinition(
            name,
            role_definition_id=role,
            role_name=pulumi.Output.concat("Knowledge base ", identity, " of ", account.name),
            description=f"What the {identity} of {environment.name} may do with its documents",
            role_type="CustomRole",
            permissions=rbac_permissions(identity, migration=settings.migration),
            assignable_scopes=[group.id],
            scope=group.id,
            opts=inside,
        )
        condition = rbac_condition(identity, prefix=settings.prefix, migration=settings.migration)
        authorization.RoleAssignment(
            name,
            scope=container.id,
            principal_id=managed.principal_id,
            # Without it, Azure looks the new identity up in the directory, where it may not have arrived yet.
            principal_type=authorization.PrincipalType.SERVICE_PRINCIPAL,
            # As ARM gives it back: below the subscription, whatever the definition's own scope is.
            role_definition_id=pulumi.Output.all(group.id, role).apply(
                lambda parts: _role_definition_id(*parts)
            ),
            condition=condition,
            condition_version=None if condition is None else "2.0",
            opts=pulumi.ResourceOptions(parent=self, depends_on=[definition]),
        )
        trust = environment.trust(identity)
        if trust.oidc_issuer is not None:
            managedidentity.FederatedIdentityCredential(
                name,
                resource_group_name=group.name,
                resource_name_=managed.name,
                issuer=trust.oidc_issuer,
                subject=trust.oidc_subject,
                audiences=[_TOKEN_AUDIENCE],
                opts=inside,
            )
        self.client_id = managed.client_id
        self.register_outputs({"client_id": managed.client_id})


def _role_definition_id(group_id: str, role: str) -> str:
    subscription = "/".join(group_id.split("/")[:3])
    return f"{subscription}/providers/Microsoft.Authorization/roleDefinitions/{role}"
