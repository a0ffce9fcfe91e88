"""A customer's key in Key Vault, and the identity with which a storage account uses it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pulumi
from pulumi_azure_native import authorization, managedidentity

from infra.settings import Settings

ENCRYPTION_USER: Final = "e147488a-f6f5-4113-8e2d-b22465e65bf6"
"""Key Vault Crypto Service Encryption User: reads, wraps and unwraps with a key (built-in roles, 2025-12)."""


@dataclass(frozen=True, slots=True)
class KeyUser:
    """The identity, and the assignment without which it can do nothing yet."""

    identity_id: pulumi.Output[str]
    assignment: pulumi.Resource


def use_key(
    parent: pulumi.Resource, name: str, settings: Settings, *, group: Any, tags: Mapping[str, str]
) -> KeyUser | None:
    """Make the identity that may use the customer's key, and nothing else; None: no key is named.

    An identity of its own, for a new account has none yet when it is told of its key.
    """
    if settings.azure_key is None:
        return None
    inside = pulumi.ResourceOptions(parent=parent)
    managed = managedidentity.UserAssignedIdentity(
        f"{name}-key", resource_group_name=group.name, tags=tags, opts=inside
    )
    subscription = "/".join(settings.azure_key.split("/")[:3])
    assignment = authorization.RoleAssignment(
        f"{name}-key",
        scope=settings.azure_key,
        principal_id=managed.principal_id,
        principal_type=authorization.PrincipalType.SERVICE_PRINCIPAL,
        role_definition_id=(
            f"{subscription}/providers/Microsoft.Authorization/roleDefinitions/{ENCRYPTION_USER}"
        ),
        opts=inside,
    )
    return KeyUser(managed.id, assignment)
