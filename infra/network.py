"""From which networks documents can be reached: one description, compiled to each cloud's rules.

Without it, whoever has an identity comes from anywhere. With it, everybody else is refused: a cloud of the
environment that it would leave open is an error.
"""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal

Bypass = Literal["AzureServices", "Logging", "Metrics"]

_PRIVATE: Final = tuple(
    map(ipaddress.ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"))
)
_PRINCIPAL: Final = re.compile(r"arn:aws[a-z-]*:(iam|sts)::\d{12}:[^*?]+")
_SUBNET: Final = re.compile(
    r"/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.Network/virtualNetworks/[^/]+/subnets/[^/]+"
)
_DNS_ZONE: Final = re.compile(
    r"/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.Network/privateDnsZones/[^/]+"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsPrivateEndpoint:
    """A gateway endpoint of S3 in a VPC that exists.

    Attributes:
        vpc_id: of the VPC.
        route_table_ids: the tables that lead to S3 through it; it carries nothing without one.
    """

    vpc_id: str
    route_table_ids: tuple[str, ...]

    def __post_init__(self) -> None:
        _require_form("vpc_id", self.vpc_id, r"vpc-[0-9a-f]+", "vpc-0123456789abcdef0")
        if not self.route_table_ids:
            raise ValueError("route_table_ids is empty: no traffic would take the endpoint")
        for table in self.route_table_ids:
            _require_form("route_table_ids", table, r"rtb-[0-9a-f]+", "rtb-0123456789abcdef0")


@dataclass(frozen=True, slots=True, kw_only=True)
class AzurePrivateEndpoint:
    """A private endpoint of the account's blobs in a subnet that exists.

    Attributes:
        subnet_id: ARM id of the subnet.
        dns_zone_id: ARM id of the zone privatelink.blob.core.windows.net, in which the account gets its
            private address; None: names are resolved some other way.
    """

    subnet_id: str
    dns_zone_id: str | None = None

    def __post_init__(self) -> None:
        if not _SUBNET.fullmatch(self.subnet_id):
            raise ValueError(f"subnet_id {self.subnet_id!r} must be the ARM id of a subnet")
        if self.dns_zone_id is not None and not _DNS_ZONE.fullmatch(self.dns_zone_id):
            raise ValueError(f"dns_zone_id {self.dns_zone_id!r} must be the ARM id of a zone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """Who is let in, by where they come from.

    Attributes:
        allowed_cidrs: public addresses, for every cloud.
        aws_vpc_endpoints: ids of S3 endpoints that exist, through which requests may come.
        aws_private_endpoint: one to be made.
        aws_deployers: ARNs of the roles and users that change the bucket itself: let in from anywhere, so
            that no policy can lock them out. Required where S3 is restricted.
        azure_subnets: ARM ids of subnets with a service endpoint of Microsoft.Storage.
        azure_private_endpoint: one to be made.
        azure_bypass: which of Azure's own services are let in.
    """

    allowed_cidrs: tuple[str, ...] = ()
    aws_vpc_endpoints: tuple[str, ...] = ()
    aws_private_endpoint: AwsPrivateEndpoint | None = None
    aws_deployers: tuple[str, ...] = ()
    azure_subnets: tuple[str, ...] = ()
    azure_private_endpoint: AzurePrivateEndpoint | None = None
    azure_bypass: tuple[Bypass, ...] = ()

    def __post_init__(self) -> None:
        for cidr in self.allowed_cidrs:
            _require_public(cidr)
        for endpoint in self.aws_vpc_endpoints:
            _require_form(
                "aws_vpc_endpoints", endpoint, r"vpce-[0-9a-f]+", "vpce-0123456789abcdef0"
            )
        for arn in self.aws_deployers:
            if not _PRINCIPAL.fullmatch(arn):
                raise ValueError(f"aws_deployers: {arn!r} must be the ARN of one IAM role or user")
        for subnet in self.azure_subnets:
            if not _SUBNET.fullmatch(subnet):
                raise ValueError(f"azure_subnets: {subnet!r} must be the ARM id of a subnet")
        if self.restricts_aws and not self.aws_deployers:
            raise ValueError(
                "aws_deployers is empty: the bucket policy would lock out who deploys from elsewhere"
            )

    @property
    def restricts_aws(self) -> bool:
        """Whether anybody is refused on AWS."""
        return bool(self.allowed_cidrs or self.aws_vpc_endpoints or self.aws_private_endpoint)

    @property
    def restricts_azure(self) -> bool:
        """Whether anybody is refused on Azure."""
        return bool(self.allowed_cidrs or self.azure_subnets or self.azure_private_endpoint)

    def require_covers(self, clouds: Iterable[str]) -> None:
        """Refuse a description that leaves a cloud of the environment open.

        Raises:
            ValueError: one sentence that names the cloud.
        """
        restricted = {"aws": self.restricts_aws, "azure": self.restricts_azure}
        if not any(restricted.values()):
            return
        for cloud in clouds:
            if cloud not in restricted:
                raise ValueError(
                    f"network does not cover {cloud}, which would stay open: give it its own environment"
                )
            if not restricted[cloud]:
                raise ValueError(
                    f"network says nothing of {cloud}, which would stay open: give allowed_cidrs, or what "
                    f"begins with {cloud}_"
                )
        if "azure" in clouds and any(":" in cidr for cidr in self.allowed_cidrs):
            raise ValueError("allowed_cidrs names IPv6, which rules of Azure Storage do not know")


def s3_network_statement(
    network: Network, *, bucket_arn: str, made_endpoint: str | None
) -> dict[str, Any]:
    """Return the statement of a bucket policy that refuses whoever comes from elsewhere.

    The deployers are let in from anywhere, and so are AWS's own services (as themselves or on behalf of
    somebody): they come from no network that could be named.

    Args:
        network: that restricts AWS.
        bucket_arn: of the bucket.
        made_endpoint: id of the endpoint that the environment makes; None: it makes none.
    """
    endpoints = [*network.aws_vpc_endpoints, *([made_endpoint] if made_endpoint else [])]
    condition: dict[str, Any] = {
        "ArnNotLike": {"aws:PrincipalArn": list(network.aws_deployers)},
        "BoolIfExists": {"aws:PrincipalIsAWSService": "false", "aws:ViaAWSService": "false"},
    }
    # …IfExists: a request has either a public address or an endpoint, never both.
    if network.allowed_cidrs:
        condition["NotIpAddressIfExists"] = {"aws:SourceIp": list(network.allowed_cidrs)}
    if endpoints:
        condition["StringNotEqualsIfExists"] = {"aws:SourceVpce": endpoints}
    return {
        "Sid": "RefuseOtherNetworks",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [bucket_arn, f"{bucket_arn}/*"],
        "Condition": condition,
    }


def is_deployer(caller_arn: str, network: Network) -> bool:
    """Tell whether a caller is one of the deployers.

    A session of a role calls itself `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`, without the role's
    path; policies see `arn:aws:iam::ACCOUNT:role/PATH/ROLE`.
    """
    session = re.fullmatch(r"arn:([^:]+):sts::(\d+):assumed-role/([^/]+)/.+", caller_arn)
    if session is None:
        return caller_arn in network.aws_deployers
    role = re.compile(rf"arn:{session[1]}:iam::{session[2]}:role/(.+/)?{re.escape(session[3])}")
    return any(role.fullmatch(arn) for arn in network.aws_deployers)


def azure_network_arguments(network: Network) -> dict[str, Any]:
    """Return the arguments of a `StorageAccount` that restrict it; empty where nothing does.

    Azure's rules are about documents only: what deploys goes through Resource Manager, which they do not
    concern (learn.microsoft.com, storage-network-security-limitations, 2025-06-18).
    """
    if not network.restricts_azure:
        return {}
    addresses = [it for cidr in network.allowed_cidrs for it in _azure_addresses(cidr)]
    public = bool(addresses or network.azure_subnets)
    return {
        "public_network_access": "Enabled" if public else "Disabled",
        "network_rule_set": {
            "default_action": "Deny",
            "bypass": ", ".join(network.azure_bypass) or "None",
            "ip_rules": [{"i_p_address_or_range": it, "action": "Allow"} for it in addresses],
            "virtual_network_rules": [
                {"virtual_network_resource_id": it, "action": "Allow"}
                for it in network.azure_subnets
            ],
        },
    }


def _azure_addresses(cidr: str) -> list[str]:
    """Azure wants ranges of fewer than four addresses as single ones (same page)."""
    network = ipaddress.ip_network(cidr)
    if network.num_addresses <= 2:
        return [str(address) for address in network]
    return [cidr]


def _require_public(cidr: str) -> None:
    try:
        network = ipaddress.ip_network(cidr)
    except ValueError as error:
        raise ValueError(f"allowed_cidrs: {error}") from None
    if network.prefixlen == 0:
        raise ValueError(f"allowed_cidrs: {cidr} is everybody: leave network out to mean that")
    if any(network.version == it.version and network.overlaps(it) for it in _PRIVATE):
        raise ValueError(
            f"allowed_cidrs: {cidr} is private, and no service ever sees such an address: use a "
            "private endpoint"
        )


def _require_form(name: str, value: str, pattern: str, example: str) -> None:
    if not re.fullmatch(pattern, value):
        raise ValueError(f"{name}: {value!r} must look like {example!r}")
