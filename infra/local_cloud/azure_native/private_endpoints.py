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
    found = [(f"subnet.{it}", "is not a property; there is id") for it in subnet if it != "id"]
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
        (f"{here}[0].{name}", f"is not a property; there are {', '.join(_CONNECTION)}")
        for name in connection
        if name not in _CONNECTION
    ]
    found += [
        (f"{here}[0].{name}", "is required")
        for name in ("privateLinkServiceId", "groupIds")
        if connection.get(name) is None
    ]
    groups = connection.get("groupIds")
    if groups not in (None, UNKNOWN) and (
        not isinstance(groups, list) or len(groups) != 1 or groups[0] not in (*_GROUPS, UNKNOWN)
    ):
        found.append((f"{here}[0].groupIds", f"must be one of {', '.join(_GROUPS)}"))
    return found


def _zone_failures(configs: Any) -> list[Failure]:
    if not isinstance(configs, list):
        return []
    found: list[Failure] = []
    for index, config in enumerate(configs):
        here = f"privateDnsZoneConfigs[{index}]"
        if not isinstance(config, dict):
            found += [] if config is UNKNOWN else [(here, "must be an object")]
            continue
        for name in ("name", "privateDnsZoneId"):
            if config.get(name) is None:
                found.append((f"{here}.{name}", "is required"))
        found += _form(f"{here}.privateDnsZoneId", config.get("privateDnsZoneId"), _ZONE, "a zone")
    return found


def _form(path: str, value: Any, pattern: re.Pattern[str], what: str) -> list[Failure]:
    if isinstance(value, str) and not pattern.fullmatch(value):
        return [(path, f"is {value!r}, must be the ARM id of {what}")]
    return []
