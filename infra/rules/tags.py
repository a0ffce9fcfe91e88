"""The rule that everything that costs something says whose it is."""

from collections.abc import Mapping
from typing import Final

from infra.rules.terms import Problem, Properties, Rule, is_known

NAMES: Final = ("project", "environment")
"""The tags that costs are told apart by."""


def _named(path: str, inputs: Properties) -> list[Problem]:
    tags = inputs.get(path)
    if not is_known(tags):
        return []
    given = tags if isinstance(tags, Mapping) else {}
    return [
        (path, f"has no {name}: whose costs are these?")
        for name in NAMES
        if given.get(name) in (None, "")
    ]


def _tags(inputs: Properties) -> list[Problem]:
    return _named("tags", inputs)


def _labels(inputs: Properties) -> list[Problem]:
    return _named("labels", inputs)


RULES: Final = (
    Rule(
        name="aws-tags",
        demand="What costs something or acts says its project and environment.",
        since="disposable",
        types=(
            "aws:s3/bucket:Bucket",
            "aws:kms/key:Key",
            "aws:iam/role:Role",
            "aws:iam/user:User",
            "aws:sns/topic:Topic",
            "aws:cloudwatch/metricAlarm:MetricAlarm",
        ),
        problems=_tags,
    ),
    Rule(
        name="azure-tags",
        demand="What costs something or acts says its project and environment.",
        since="disposable",
        types=(
            "azure-native:resources:ResourceGroup",
            "azure-native:storage:StorageAccount",
            "azure-native:managedidentity:UserAssignedIdentity",
            "azure-native:operationalinsights:Workspace",
            "azure-native:monitor:ActionGroup",
        ),
        problems=_tags,
    ),
    Rule(
        name="gcp-labels",
        demand="What costs something says its project and environment.",
        since="disposable",
        types=("gcp:storage/bucket:Bucket", "gcp:kms/cryptoKey:CryptoKey"),
        problems=_labels,
    ),
)
