"""The rules for the resources of a stack together: what must be there beside what."""

from collections.abc import Callable, Sequence
from typing import Final

from infra.rules.terms import Declared, StackRule, is_known, looked_up

Look = Callable[[Sequence[Declared]], list[tuple[Declared, str]]]

S3_BUCKET: Final = "aws:s3/bucket:Bucket"
AZURE_ACCOUNT: Final = "azure-native:storage:StorageAccount"
GCS_BUCKET: Final = "gcp:storage/bucket:Bucket"

_BUCKET_PARTS: Final = (
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketVersioning:BucketVersioning",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
)
_HOLDS_DOCUMENTS: Final = (
    S3_BUCKET,
    "aws:kms/key:Key",
    "azure-native:resources:ResourceGroup",
    AZURE_ACCOUNT,
    "azure-native:storage:BlobContainer",
    GCS_BUCKET,
    "gcp:kms/cryptoKey:CryptoKey",
)
_BUDGETS: Final = {
    "aws": "aws:budgets/budget:Budget",
    "azure-native": "azure-native:consumption:Budget",
    "gcp": "gcp:billing/budget:Budget",
}
_ALARMS: Final = {
    "aws": "aws:cloudwatch/metricAlarm:MetricAlarm",
    "azure-native": "azure-native:monitor:MetricAlert",
    "gcp": "gcp:monitoring/alertPolicy:AlertPolicy",
}
_STORES: Final = (S3_BUCKET, AZURE_ACCOUNT, GCS_BUCKET)


def _bucket_parts(resources: Sequence[Declared]) -> list[tuple[Declared, str]]:
    return [
        (bucket, f"has no {part.rpartition(':')[2]} beside it")
        for bucket in _of(resources, S3_BUCKET)
        for part in _BUCKET_PARTS
        if not _belongs(bucket, "bucket", _of(resources, part), "bucket")
    ]


def _account_services(resources: Sequence[Declared]) -> list[tuple[Declared, str]]:
    services = _of(resources, "azure-native:storage:BlobServiceProperties")
    return [
        (account, "has no BlobServiceProperties beside it: no versions, no soft delete")
        for account in _of(resources, AZURE_ACCOUNT)
        if not _belongs(account, "accountName", services, "accountName")
    ]


def _protected(resources: Sequence[Declared]) -> list[tuple[Declared, str]]:
    return [
        (resource, "is not protected: destroy would delete documents")
        for resource in resources
        if resource.type in _HOLDS_DOCUMENTS and not resource.protected
    ]


def _one_per_cloud(types: dict[str, str], lacking: str) -> Look:
    def look(resources: Sequence[Declared]) -> list[tuple[Declared, str]]:
        return [
            (store, lacking)
            for store in _first_stores(resources)
            if not _of(resources, types[store.type.partition(":")[0]])
        ]

    return look


def _access_logs(resources: Sequence[Declared]) -> list[tuple[Declared, str]]:
    found = []
    logs = _of(resources, "aws:s3/bucketLogging:BucketLogging")
    for bucket in _of(resources, S3_BUCKET):
        is_target = _belongs(bucket, "bucket", logs, "targetBucket")
        if not is_target and not _belongs(bucket, "bucket", logs, "bucket"):
            found.append((bucket, "has no BucketLogging: nobody could say who read a document"))
    if not _of(resources, "azure-native:monitor:DiagnosticSetting"):
        found += [
            (account, "has no DiagnosticSetting: nobody could say who read a document")
            for account in _of(resources, AZURE_ACCOUNT)
        ]
    google = _of(resources, GCS_BUCKET)
    if all(looked_up(bucket.inputs, "logging.logBucket") is None for bucket in google):
        found += [
            (bucket, "has no log of its readers: nobody could say who read a document")
            for bucket in google
        ]
    return found


def _subscribers(resources: Sequence[Declared]) -> list[tuple[Declared, str]]:
    subscriptions = _of(resources, "aws:sns/topicSubscription:TopicSubscription")
    found = [
        (topic, "has no TopicSubscription: alarms would reach nobody")
        for topic in _of(resources, "aws:sns/topic:Topic")
        if not subscriptions
    ]
    groups = _of(resources, "azure-native:monitor:ActionGroup")
    ways = ("emailReceivers", "armRoleReceivers", "webhookReceivers")
    found += [
        (group, "has no receiver: alarms would reach nobody")
        for group in groups
        if not any(group.inputs.get(way) for way in ways)
    ]
    return found


def _of(resources: Sequence[Declared], token: str) -> list[Declared]:
    return [resource for resource in resources if resource.type == token]


def _first_stores(resources: Sequence[Declared]) -> list[Declared]:
    return [stores[0] for token in _STORES if (stores := _of(resources, token))]


def _belongs(owner: Declared, name: str, parts: Sequence[Declared], reference: str) -> bool:
    """Whether one of the parts names the owner, or may: an automatic name is known late."""
    names = {owner.name, owner.inputs.get(name)}
    return any(
        not is_known(part.inputs.get(reference)) or part.inputs.get(reference) in names
        for part in parts
    )


STACK_RULES: Final = (
    StackRule(
        name="s3-whole",
        demand="A bucket has its access block, ownership, policy, encryption, versions and rules.",
        types=(S3_BUCKET,),
        problems=_bucket_parts,
    ),
    StackRule(
        name="azure-whole",
        demand="An account has the service settings that keep versions.",
        types=(AZURE_ACCOUNT,),
        problems=_account_services,
    ),
    StackRule(
        name="documents-protected",
        demand="What holds documents, or the key to them, is protected from destroy.",
        since="lasting",
        types=_HOLDS_DOCUMENTS,
        problems=_protected,
    ),
    StackRule(
        name="budget-present",
        demand="Each cloud has a budget.",
        since="disposable",
        types=_STORES,
        problems=_one_per_cloud(_BUDGETS, "is in a cloud without a budget"),
    ),
    StackRule(
        name="alarms-present",
        demand="Each cloud has alarms.",
        since="lasting",
        types=_STORES,
        problems=_one_per_cloud(_ALARMS, "is in a cloud without an alarm"),
    ),
    StackRule(
        name="access-log-present",
        demand="Each store keeps a log of who reads and writes.",
        since="lasting",
        types=_STORES,
        problems=_access_logs,
    ),
    StackRule(
        name="somebody-is-told",
        demand="An alarm's topic or action group has somebody who is told.",
        since="disposable",
        types=("aws:sns/topic:Topic", "azure-native:monitor:ActionGroup"),
        problems=_subscribers,
    ),
)
