"""What Azure would refuse in private endpoints; pure.

No model of Microsoft's for them is installed: these are the rules of "What is a private endpoint?" and of the
resource reference of Microsoft.Network/privateEndpoints (learn.microsoft.com), as far as this program meets
them.
"""

import re
from typing import Any, Final

from infra.local_cloud.azure_native import schemas
from infra.local_cloud.handlers import Failure
from infra.local_cloud.values import UNKNOWN, Properties

_SUBNET: Final = re.compile(r"/subscriptions/.+/virtualNetworks/[^/]+/subnets/[^/]+")
_ZONE: Final = re.compile(r"/subscriptions/.+/privateDnsZones/[^/]+")
_GROUPS: Final = ("blob", "blob_secondary", "dfs", "file", "queue", "table", "web")
_CONNECTION: Final = ("name", "privateLinkServiceId", "groupIds", "requestMessage")


def endpoint_failures(token: str, inputs: Properties) -> list[Failure]:
    """Say what is wrong with a private endpoint or its zone group; nothing of any other type."""
    if token == schemas.PRIVATE_ENDPOINT:
        return [*_subnet_failures(inputs.get("subnet")), *_connection_failures(inputs)]
    if token == schemas.DNS_ZONE_GROUP:
        return _zone_failures(inputs.get("privateDnsZoneConfigs"))
    return []


def _subnet_failures(subnet: Any) -> list[Failure]:
    if not isinstance(subnet, dict):
        return []
    found = [(f"subnet.{it}", "is not served: a subnet has an id") for it in subnet if it != "id"]
    if subnet.get("id") is None:
        return [*found, ("subnet.id", "is required")]
    return found + _form("subnet.id", subnet["id"], _SUBNET, "a subnet")


def _connection_failures(inputs: Properties) -> list[Failure]:
    connections = inputs.get("privateLinkServiceConnections")
    if not isinstance(connections, list):
        return []
    here = "privateLinkServiceConnections"
    if len(connections) != 1:
        return [(here, f"has {len(connections)} connections, must be exactly one")]
    (connection,) = connections
    if connection is UNKNOWN:
        return []
    if not isinstance(connection, dict):
        return [(f"{here}[0]", "must be an object")]
    found = [
        (f"{here}[0].{name}", f"is not served; there are {', '.join(_CONNECTION)}")
        for name in connection
        if name not in _CONNECTION
    ]
    found += [
        (f"{here}[0].{name}", "is required")
        for name in ("privateLinkServiceId", "groupIds")
        if connection.get(name) is None
    ]
    return found + _group_failures(connection, f"{here}[0].groupIds")


def _group_failures(connection: dict[str, Any], path: str) -> list[Failure]:
    groups, service = connection.get("groupIds"), connection.get("privateLinkServiceId")
    if groups is None or groups is UNKNOWN:
        return []
    if not isinstance(groups, list) or len(groups) != 1:
        return [(path, "must be a list of exactly one")]
    if groups[0] is UNKNOWN:
        return []
    if not isinstance(groups[0], str):
        return [(f"{path}[0]", "must be a string")]
    # Other services have groups of their own.
    of_account = isinstance(service, str) and "/storageAccounts/" in service
    if of_account and groups[0] not in _GROUPS:
        return [(f"{path}[0]", f"is {groups[0]!r}, must be one of {', '.join(_GROUPS)}")]
    return []


def _zone_failures(configs: Any) -> list[Failure]:
    if not isinstance(configs, list):
        return []
    found: list[Failure] = []
    for index, config in enumerate(configs):
        here = f"privateDnsZoneConfigs[{index}]"
        if not isinstance(config, dict):
            found += [] if config is UNKNOWN else [(here, "must be an object")]
            continue
        if config.get("privateDnsZoneId") is None:
            found.append((f"{here}.privateDnsZoneId", "is required"))
        found += _form(f"{here}.privateDnsZoneId", config.get("privateDnsZoneId"), _ZONE, "a zone")
    return found


def _form(path: str, value: Any, pattern: re.Pattern[str], what: str) -> list[Failure]:
    if isinstance(value, str) and not pattern.fullmatch(value):
        return [(path, f"is {value!r}, must be the ARM id of {what}")]
    return []
