"""The private way to a bucket, and the guard that no bucket policy locks the deployer out."""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from infra.network import Network, is_deployer
from infra.settings import Settings


def reach_privately(
    parent: pulumi.Resource, name: str, settings: Settings, *, tags: Mapping[str, str]
) -> pulumi.Output[str] | None:
    """Make the endpoint that the configuration asks for, and return its id; None: it asks for none.

    Where the bucket will be restricted at all, a preview by somebody whom the policy would lock out fails.

    Raises:
        pulumi.RunError: the caller is not one of the deployers.
    """
    network = settings.network
    if not network.restricts_aws:
        return None
    caller = aws.get_caller_identity_output(opts=pulumi.InvokeOptions(parent=parent))
    checked = caller.arn.apply(lambda arn: _require_deployer(arn, network))
    if network.aws_private_endpoint is None:
        # Waited for all the same: the policy is not put before the check.
        nothing: pulumi.Output[str] = checked.apply(lambda _: "")
        return nothing
    # pulumi_aws.ec2 takes a second to import, which only who asks for an endpoint pays.
    from pulumi_aws import ec2

    region = aws.get_region_output(opts=pulumi.InvokeOptions(parent=parent))
    endpoint = ec2.VpcEndpoint(
        name,
        vpc_id=network.aws_private_endpoint.vpc_id,
        service_name=pulumi.Output.concat("com.amazonaws.", region.region, ".s3"),
        vpc_endpoint_type="Gateway",
        route_table_ids=list(network.aws_private_endpoint.route_table_ids),
        tags=tags,
        opts=pulumi.ResourceOptions(parent=parent),
    )
    made: pulumi.Output[str] = pulumi.Output.all(endpoint.id, checked).apply(lambda it: it[0])
    return made


def _require_deployer(caller_arn: str, network: Network) -> str:
    if not is_deployer(caller_arn, network):
        raise pulumi.RunError(
            f"network: the bucket policy would lock out {caller_arn}, who deploys now: name its "
            "role or user in network.aws_deployers."
        )
    return caller_arn
