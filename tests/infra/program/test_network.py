"""Who is let in, by where they come from: default deny, and nobody who deploys is locked out."""

from typing import Any

import pulumi
import pytest

from infra.local_cloud.azure_native import payloads, schemas
from infra.network import Network, azure_network_arguments, is_deployer, s3_network_statement
from tests.infra.program.recording import Recording, run_program

DEPLOYER = "arn:aws:iam::123456789012:user/deployer"
SUBNET = "/subscriptions/x/resourceGroups/n/providers/Microsoft.Network/virtualNetworks/v/subnets/s"
ZONE = "/subscriptions/x/resourceGroups/n/providers/Microsoft.Network/privateDnsZones/z"
CIDRS = ["203.0.113.0/24", "198.51.100.7/32", "198.51.100.8/31"]
RESTRICTED: dict[str, Any] = {"allowed_cidrs": CIDRS, "aws_deployers": [DEPLOYER]}
PRIVATE: dict[str, Any] = {
    "aws_deployers": [DEPLOYER],
    "aws_private_endpoint": {"vpc_id": "vpc-0a1", "route_table_ids": ["rtb-0a1"]},
    "azure_private_endpoint": {"subnet_id": SUBNET, "dns_zone_id": ZONE},
}


def _condition(recorded: Recording) -> dict[str, Any]:
    (statement,) = (
        it for it in recorded.one("BucketPolicy").policy() if it["Sid"] == "RefuseOtherNetworks"
    )
    assert (statement["Effect"], statement["Principal"]) == ("Deny", "*")
    condition: dict[str, Any] = statement["Condition"]
    return condition


def test_without_a_network_nobody_is_refused_for_where_they_come_from(recorded: Recording) -> None:
    account = recorded.one("StorageAccount").inputs

    assert "networkRuleSet" not in account
    assert "publicNetworkAccess" not in account
    sids = [it["Sid"] for it in recorded.one("BucketPolicy").policy()]
    assert "RefuseOtherNetworks" not in sids


def test_allowed_addresses_are_let_in_and_all_others_refused() -> None:
    recorded = run_program({"network": RESTRICTED})

    rules = recorded.one("StorageAccount").inputs["networkRuleSet"]
    assert (rules["defaultAction"], rules["bypass"]) == ("Deny", "None")
    # Azure takes no range of fewer than four addresses.
    assert [it["iPAddressOrRange"] for it in rules["ipRules"]] == [
        "203.0.113.0/24",
        "198.51.100.7",
        "198.51.100.8",
        "198.51.100.9",
    ]
    condition = _condition(recorded)
    assert condition["NotIpAddressIfExists"] == {"aws:SourceIp": CIDRS}
    assert "StringNotEqualsIfExists" not in condition


def test_the_deployers_are_let_in_from_anywhere() -> None:
    condition = _condition(run_program({"network": RESTRICTED}))

    assert condition["ArnNotLike"] == {"aws:PrincipalArn": [DEPLOYER]}
    assert condition["BoolIfExists"]["aws:PrincipalIsAWSService"] == "false"


def test_a_deployer_whom_the_policy_would_lock_out_fails_at_preview() -> None:
    others = "arn:aws:iam::123456789012:role/others"

    with pytest.raises(pulumi.RunError, match=f"would lock out {DEPLOYER}"):
        run_program({"network": {**RESTRICTED, "aws_deployers": [others]}})


@pytest.mark.parametrize(
    ("caller", "let_in"),
    [
        ("arn:aws:iam::123456789012:user/a", True),
        ("arn:aws:sts::123456789012:assumed-role/deploy/session", True),
        ("arn:aws:sts::123456789012:assumed-role/pathed/session", True),
        ("arn:aws:sts::123456789012:assumed-role/loy/session", False),
        ("arn:aws:sts::210987654321:assumed-role/deploy/session", False),
        ("arn:aws:iam::123456789012:role/pathed", False),
        ("arn:aws:iam::123456789012:user/b", False),
    ],
)
def test_a_session_is_its_role(caller: str, let_in: bool) -> None:
    deployers = (
        "arn:aws:iam::123456789012:user/a",
        "arn:aws:iam::123456789012:role/deploy",
        "arn:aws:iam::123456789012:role/of/a/path/pathed",
    )

    assert is_deployer(caller, Network(aws_deployers=deployers)) is let_in


def test_private_endpoints_are_made_and_nothing_else_is_let_in() -> None:
    recorded = run_program({"network": PRIVATE})

    endpoint = recorded.one("VpcEndpoint").inputs
    assert endpoint["vpcId"] == "vpc-0a1"
    assert endpoint["serviceName"] == "com.amazonaws.us-east-1.s3"
    assert endpoint["routeTableIds"] == ["rtb-0a1"]
    (made,) = _condition(recorded)["StringNotEqualsIfExists"]["aws:SourceVpce"]
    assert "VpcEndpoint" in made
    link = recorded.one("PrivateEndpoint").inputs
    assert link["subnet"] == {"id": SUBNET}
    assert link["privateLinkServiceConnections"][0]["groupIds"] == ["blob"]
    (zone,) = recorded.one("PrivateDnsZoneGroup").inputs["privateDnsZoneConfigs"]
    assert zone["privateDnsZoneId"] == ZONE
    assert recorded.one("StorageAccount").inputs["publicNetworkAccess"] == "Disabled"


def test_an_endpoint_that_exists_is_let_in_beside_the_one_that_is_made() -> None:
    network = Network(aws_vpc_endpoints=("vpce-0b2",), aws_deployers=(DEPLOYER,))
    statement = s3_network_statement(network, bucket_arn="arn:aws:s3:::b", made_endpoint="vpce-0c3")

    endpoints = statement["Condition"]["StringNotEqualsIfExists"]["aws:SourceVpce"]
    assert endpoints == ["vpce-0b2", "vpce-0c3"]


@pytest.mark.parametrize("bypass", [(), ("AzureServices",), ("Logging", "Metrics")])
def test_the_vendors_models_take_what_is_let_in(bypass: Any) -> None:
    network = Network(
        allowed_cidrs=tuple(CIDRS),
        aws_deployers=(DEPLOYER,),
        azure_subnets=(SUBNET,),
        azure_bypass=bypass,
    )
    rules = azure_network_arguments(network)
    inputs = {
        "resourceGroupName": "g",
        "accountName": "kbaccount",
        "kind": "StorageV2",
        "sku": {"name": "Standard_LRS"},
        "publicNetworkAccess": rules["public_network_access"],
        "networkRuleSet": {
            "defaultAction": rules["network_rule_set"]["default_action"],
            "bypass": rules["network_rule_set"]["bypass"],
            "ipRules": [{"iPAddressOrRange": "203.0.113.0/24", "action": "Allow"}],
            "virtualNetworkRules": [{"virtualNetworkResourceId": SUBNET, "action": "Allow"}],
        },
    }

    assert payloads.failures(schemas.ACCOUNT, inputs) == []


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"allowed_cidrs": CIDRS}, "aws_deployers is empty"),
        ({**RESTRICTED, "allowed_cidrs": ["0.0.0.0/0"]}, "is everybody"),
        ({**RESTRICTED, "allowed_cidrs": ["10.1.0.0/16"]}, "is private"),
        ({**RESTRICTED, "allowed_cidrs": ["203.0.113.1/24"]}, "has host bits set"),
        ({**RESTRICTED, "allowed_cidrs": ["2001:db8::/32"]}, "IPv6"),
        ({**RESTRICTED, "aws_deployers": ["arn:aws:iam::123456789012:role/*"]}, "aws_deployers"),
        ({**RESTRICTED, "aws_vpc_endpoints": ["vpc-1"]}, "aws_vpc_endpoints"),
        ({"azure_subnets": [SUBNET]}, "network says nothing of aws"),
        (
            {"aws_vpc_endpoints": ["vpce-0a"], "aws_deployers": [DEPLOYER]},
            "network says nothing of azure",
        ),
        ({**RESTRICTED, "azure_bypass": ["Everything"]}, "network.azure_bypass[0]"),
        ({"azure_private_endpoint": {"subnet_id": "s"}}, "subnet_id"),
    ],
)
def test_a_network_that_cannot_be_is_one_sentence(wrong: dict[str, Any], named: str) -> None:
    with pytest.raises(pulumi.RunError) as raised:
        run_program({"network": wrong})

    assert named in str(raised.value)
    assert "\n" not in str(raised.value)


def test_an_adopted_bucket_is_restricted_only_where_its_policy_may_be_changed() -> None:
    adopt = {"aws_bucket": "their-documents"}

    with pytest.raises(pulumi.RunError, match="add policy to"):
        run_program({"clouds": ["aws"], "adopt": adopt, "network": RESTRICTED})
