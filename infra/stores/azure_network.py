"""The private way to an account."""

from collections.abc import Mapping
from typing import Any

import pulumi

from infra.settings import Settings


def reach_privately(
    parent: pulumi.Resource,
    name: str,
    settings: Settings,
    *,
    group: Any,
    account: Any,
    tags: Mapping[str, str],
) -> None:
    """Make the private endpoint that the configuration asks for, and its name in the DNS zone."""
    asked = settings.network.azure_private_endpoint
    if settings.adopt.azure_account is not None and settings.network.restricts_azure:
        pulumi.log.warn(
            f"network: the account {settings.adopt.azure_account} is adopted, its owner sets its rules; "
            "kb adopt plan says how they differ.",
            resource=parent,
        )
    if asked is None:
        return
    # pulumi_azure_native.network is large: only who asks for an endpoint imports it.
    from pulumi_azure_native import network

    inside = pulumi.ResourceOptions(parent=parent)
    endpoint = network.PrivateEndpoint(
        name,
        resource_group_name=group.name,
        subnet={"id": asked.subnet_id},
        private_link_service_connections=[
            {"name": "blob", "private_link_service_id": account.id, "group_ids": ["blob"]}
        ],
        tags=tags,
        opts=inside,
    )
    if asked.dns_zone_id is not None:
        network.PrivateDnsZoneGroup(
            name,
            resource_group_name=group.name,
            private_endpoint_name=endpoint.name,
            private_dns_zone_group_name="default",
            private_dns_zone_configs=[{"name": "blob", "private_dns_zone_id": asked.dns_zone_id}],
            opts=inside,
        )
