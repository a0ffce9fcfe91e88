"""AWS in the local cloud: moto behind the plugin `aws`."""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from typing import Any, Final

from infra.local_cloud.aws import payloads
from infra.local_cloud.aws.base import Account
from infra.local_cloud.aws.clients import make_client
from infra.local_cloud.aws.ec2 import ec2_handlers
from infra.local_cloud.aws.functions import aws_functions
from infra.local_cloud.aws.iam import iam_handlers
from infra.local_cloud.aws.kms import kms_handlers
from infra.local_cloud.aws.s3 import s3_handlers
from infra.local_cloud.aws.watching import watch_handlers
from infra.local_cloud.credentials import MOTO_ACCOUNT_ID, MOTO_REGION
from infra.local_cloud.emulators import MOTO
from infra.local_cloud.handlers import Catalog, Cloud, CloudError, Failure, Session
from infra.local_cloud.values import UNKNOWN, Properties

_KEPT: Final = frozenset({"region", "allowedAccountIds", "forbiddenAccountIds", "defaultTags"})

# How to reach and to prove oneself to a real account: there is none, so they mean nothing here.
_MEANINGLESS: Final = frozenset(
    {"accessKey", "secretKey", "token", "profile", "sharedConfigFiles", "sharedCredentialsFiles"}
    | {"assumeRoles", "assumeRoleWithWebIdentity", "customCaBundle", "maxRetries", "retryMode"}
    | {"httpProxy", "httpsProxy", "noProxy", "insecure", "s3UsePathStyle", "stsRegion"}
    | {"s3UsEast1RegionalEndpoint", "useDualstackEndpoint", "useFipsEndpoint", "userAgents"}
    | {"ec2MetadataServiceEndpoint", "ec2MetadataServiceEndpointMode"}
    | {"skipCredentialsValidation", "skipMetadataApiCheck", "skipRegionValidation"}
    | {"skipRequestingAccountId", "tokenBucketRateLimiterCapacity", "version"}
)

_REFUSED: Final = {
    "endpoints": "cannot be given for a local stack: the local cloud is the endpoint",
    "ignoreTags": "is not served by the local cloud",
}


def decoded(config: Properties) -> dict[str, Any]:
    """The configuration with its lists and objects, which the engine hands over as JSON text, as values."""
    found: dict[str, Any] = {}
    for name, value in config.items():
        found[name] = value
        if isinstance(value, str) and value[:1] in ("[", "{"):
            with suppress(ValueError):  # a text that happens to begin like JSON
                found[name] = json.loads(value)
    return found


def config_failures(config: Properties) -> list[Failure]:
    """Say what is wrong with the provider's configuration."""
    found: list[Failure] = []
    given = decoded(config)
    for name in given:
        if name in _REFUSED:
            found.append((name, _REFUSED[name]))
        elif name not in _KEPT | _MEANINGLESS:
            found.append((name, "is no configuration of the aws provider"))
    allowed, forbidden = given.get("allowedAccountIds"), given.get("forbiddenAccountIds")
    if isinstance(allowed, list) and UNKNOWN not in allowed and MOTO_ACCOUNT_ID not in allowed:
        found.append(
            ("allowedAccountIds", f"must hold {MOTO_ACCOUNT_ID}, the local cloud's account")
        )
    if isinstance(forbidden, list) and MOTO_ACCOUNT_ID in forbidden:
        found.append(("forbiddenAccountIds", f"holds {MOTO_ACCOUNT_ID}, the local cloud's account"))
    return found


def region_of(config: Mapping[str, Any], environment: Mapping[str, str] = os.environ) -> str:
    """The region: configured, else the SDKs' standard variables, else that of the emulator."""
    named = config.get("region") or environment.get("AWS_REGION")
    return str(named or environment.get("AWS_DEFAULT_REGION") or MOTO_REGION)


def open_catalog(session: Session) -> Catalog:
    """The types and functions of AWS, connected to the moto of a stack."""
    config = decoded(dict(session.config))
    region = region_of(config)
    url = session.endpoints.aws_url
    tags = (config.get("defaultTags") or {}).get("tags") or {}
    sts = make_client("sts", url=url, region=region)
    account = Account(sts.get_caller_identity()["Account"], region, tags, session.plane)
    if account.id != MOTO_ACCOUNT_ID:
        raise CloudError(f"{url} is account {account.id}, not the local cloud's {MOTO_ACCOUNT_ID}")
    return Catalog(
        {
            **s3_handlers(make_client("s3", url=url, region=region), account),
            **watch_handlers(account),
            **iam_handlers(make_client("iam", url=url, region=region), account),
            **kms_handlers(make_client("kms", url=url, region=region), account),
            **ec2_handlers(cache(lambda: make_client("ec2", url=url, region=region)), account),
        },
        aws_functions(sts, account),
    )


AWS: Final = Cloud(
    plugin="aws",
    distribution="pulumi-aws",
    emulators=(MOTO,),
    config_failures=config_failures,
    open=open_catalog,
    failures=payloads.failures,
)
