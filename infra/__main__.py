"""The program that `pulumi up` runs: it composes an environment's stores and exports their outputs."""

from typing import get_args

import pulumi

from app.terms.outputs import SCHEMA_VERSION, Cloud
from infra.access.accounts import account_advice, provider_config
from infra.exports import absent_outputs, export_outputs
from infra.settings import read_environment
from infra.stores import provision

environment = read_environment()
for sentence in account_advice(environment, provider_config):
    pulumi.warn(sentence)
if environment.settings.watch.tells_nobody:
    pulumi.log.warn(
        f"{environment.project}:watch names no emails: "
        "alarms of AWS and Google Cloud, and the budget of AWS, reach nobody."
    )
outputs = {
    "schema_version": SCHEMA_VERSION,
    "environment": environment.name,
    "primary": environment.settings.primary,
    "prefix": environment.settings.prefix,
}
for cloud in get_args(Cloud):
    if cloud in environment.settings.clouds:
        outputs |= provision(cloud, environment)
    else:
        outputs |= absent_outputs(cloud)
export_outputs(outputs, environment=environment.name)
