"""The functions of pulumi-aws that a program may call: who am I, and where."""

from collections.abc import Mapping
from typing import Any, Final

from infra.local_cloud.aws.base import Account
from infra.local_cloud.handlers import Function
from infra.local_cloud.values import Properties

CALLER_IDENTITY: Final = "aws:index/getCallerIdentity:getCallerIdentity"
PARTITION: Final = "aws:index/getPartition:getPartition"
REGION: Final = "aws:index/getRegion:getRegion"


def aws_functions(sts: Any, account: Account) -> Mapping[str, Function]:
    """The functions, by token."""

    def caller_identity(_: Properties) -> Properties:
        answer = sts.get_caller_identity()
        return {
            "accountId": answer["Account"],
            "arn": answer["Arn"],
            "id": answer["Account"],
            "userId": answer["UserId"],
        }

    def partition(_: Properties) -> Properties:
        return {
            "dnsSuffix": "amazonaws.com",
            "id": "aws",
            "partition": "aws",
            "reverseDnsPrefix": "com.amazonaws",
        }

    def region(arguments: Properties) -> Properties:
        name = arguments.get("region") or arguments.get("name") or account.region
        return {
            "description": f"{name} (local cloud)",
            "endpoint": f"ec2.{name}.amazonaws.com",
            "id": name,
            "name": name,
            "region": name,
        }

    return {CALLER_IDENTITY: caller_identity, PARTITION: partition, REGION: region}
