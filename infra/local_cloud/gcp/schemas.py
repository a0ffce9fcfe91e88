"""The resource types of pulumi-gcp 10 that the local cloud serves."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from infra.local_cloud.gcp.discovery import Model
from infra.local_cloud.gcp.schema import Pattern, Schema
from infra.local_cloud.gcp.watch_schemas import WATCH_SCHEMAS

BUCKET: Final = "gcp:storage/bucket:Bucket"
BUCKET_MEMBER: Final = "gcp:storage/bucketIAMMember:BucketIAMMember"
ACCOUNT: Final = "gcp:serviceaccount/account:Account"
ACCOUNT_MEMBER: Final = "gcp:serviceaccount/iAMMember:IAMMember"
ROLE: Final = "gcp:projects/iAMCustomRole:IAMCustomRole"
POOL: Final = "gcp:iam/workloadIdentityPool:WorkloadIdentityPool"
POOL_PROVIDER: Final = "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider"

_MEMBER: Final[Pattern] = (
    re.compile(
        r"allUsers|allAuthenticatedUsers"
        r"|(user|serviceAccount|group|domain|projectOwner|projectEditor|projectViewer):\S+"
        r"|principal(Set)?://iam\.googleapis\.com/\S+"
    ),
    "a principal such as serviceAccount:NAME@PROJECT.iam.gserviceaccount.com",
)
_ROLE_NAME: Final[Pattern] = (
    re.compile(r"roles/[\w.]+|(projects|organizations)/[^/\s]+/roles/[\w.]+"),
    "a role such as roles/storage.objectUser or projects/PROJECT/roles/ROLE",
)
_PROJECT: Final[Pattern] = (
    re.compile(r"([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]"),
    "a project's id: 6 to 30 lower-case letters, digits and dashes",
)
_POOL_ID: Final[Pattern] = (
    re.compile(r"(?!gcp-)[a-z0-9-]{4,32}"),
    "4 to 32 lower-case letters, digits and dashes, not gcp- at the beginning",
)
_DELETION: Final = {"deletionPolicy": str}
_CONDITION: Final = ("condition.title", "condition.expression")


SCHEMAS: Final[Mapping[str, Schema]] = {
    BUCKET: Schema(
        api="storage",
        model="Bucket",
        body=(
            *("autoclass", "cors", "customPlacementConfig", "defaultEventBasedHold", "encryption"),
            *(
                "hierarchicalNamespace",
                "ipFilter",
                "labels",
                "lifecycleRules",
                "location",
                "logging",
            ),
            *("name", "publicAccessPrevention", "requesterPays", "retentionPolicy", "rpo"),
            *(
                "softDeletePolicy",
                "storageClass",
                "uniformBucketLevelAccess",
                "versioning",
                "website",
            ),
        ),
        place=("project",),
        renamed={
            "lifecycleRules": "lifecycle.rule",
            "lifecycleRules.condition.matchesPrefixes": "matchesPrefix",
            "lifecycleRules.condition.matchesStorageClasses": "matchesStorageClass",
            "lifecycleRules.condition.matchesSuffixes": "matchesSuffix",
            "publicAccessPrevention": "iamConfiguration.publicAccessPrevention",
            "uniformBucketLevelAccess": "iamConfiguration.uniformBucketLevelAccess.enabled",
            "requesterPays": "billing.requesterPays",
            "cors.methods": "method",
            "cors.origins": "origin",
            "cors.responseHeaders": "responseHeader",
        },
        own={
            **_DELETION,
            "forceDestroy": bool,
            "enableObjectRetention": bool,
            "lifecycleRules.condition.withState": str,
            "lifecycleRules.condition.sendAgeIfZero": bool,
            "lifecycleRules.condition.sendDaysSinceCustomTimeIfZero": bool,
            "lifecycleRules.condition.sendDaysSinceNoncurrentTimeIfZero": bool,
            "lifecycleRules.condition.sendNumNewerVersionsIfZero": bool,
        },
        required=(
            *("location", "versioning.enabled"),
            *("lifecycleRules.action", "lifecycleRules.action.type", "lifecycleRules.condition"),
            *("autoclass.enabled", "customPlacementConfig.dataLocations", "logging.logBucket"),
            *("hierarchicalNamespace.enabled", "retentionPolicy.retentionPeriod", "ipFilter.mode"),
            "ipFilter.publicNetworkSource.allowedIpCidrRanges",
            "ipFilter.vpcNetworkSources.allowedIpCidrRanges",
            "ipFilter.vpcNetworkSources.network",
            "encryption.customerManagedEncryptionEnforcementConfig.restrictionMode",
            "encryption.customerSuppliedEncryptionEnforcementConfig.restrictionMode",
            "encryption.googleManagedEncryptionEnforcementConfig.restrictionMode",
        ),
        replaces=(
            *("name", "location", "project", "customPlacementConfig"),
            *("enableObjectRetention", "hierarchicalNamespace"),
        ),
        name="name",
        patterns={
            "name": (
                re.compile(
                    r"(?!goog)(?!.*google)(?=.{3,222}\Z)"
                    r"[a-z0-9][a-z0-9_-]{0,62}(\.[a-z0-9_-]{1,63})*(?<=[a-z0-9])"
                ),
                "3 to 63 lower-case letters, digits, dashes and underscores, a letter or digit at both "
                "ends, without 'google'",
            ),
            "location": (re.compile(r"[A-Za-z][A-Za-z0-9-]+"), "a location such as EU"),
        },
    ),
    BUCKET_MEMBER: Schema(
        api="storage",
        model="Policy.bindings",
        body=("role", "condition"),
        place=("bucket",),
        own={"member": str},
        required=("bucket", "role", "member", *_CONDITION),
        replaces=("bucket", "role", "member", "condition"),
        patterns={"member": _MEMBER, "role": _ROLE_NAME},
    ),
    ACCOUNT: Schema(
        api="iam",
        model="ServiceAccount",
        body=("description", "displayName"),
        place=("accountId", "project"),
        # One that is disabled is asked for by another call.
        own={**_DELETION, "createIgnoreAlreadyExists": bool, "disabled": bool},
        required=("accountId",),
        replaces=("accountId", "project"),
        patterns={
            "accountId": (
                re.compile(r"(?=.{6,30}\Z)[a-z]([-a-z0-9]*[a-z0-9])"),
                "6 to 30 lower-case letters, digits and dashes, a letter first, no dash at the end",
            )
        },
    ),
    ACCOUNT_MEMBER: Schema(
        api="iam",
        model="Binding",
        body=("role", "condition"),
        place=("serviceAccountId",),
        own={"member": str},
        required=("serviceAccountId", "role", "member", *_CONDITION),
        replaces=("serviceAccountId", "role", "member", "condition"),
        patterns={
            "member": _MEMBER,
            "role": _ROLE_NAME,
            "serviceAccountId": (
                re.compile(r"projects/[^/\s]+/serviceAccounts/\S+"),
                "a service account's whole name: projects/PROJECT/serviceAccounts/EMAIL",
            ),
        },
    ),
    ROLE: Schema(
        api="iam",
        model="Role",
        body=("description", "permissions", "stage", "title"),
        place=("roleId", "project"),
        renamed={"permissions": "includedPermissions"},
        own=_DELETION,
        required=("roleId", "title", "permissions"),
        replaces=("roleId", "project"),
        patterns={
            "roleId": (re.compile(r"[A-Za-z0-9_.]{3,64}"), "3 to 64 letters, digits, _ and .")
        },
    ),
    POOL: Schema(
        api="iam",
        model="WorkloadIdentityPool",
        body=("description", "disabled", "displayName", "mode"),
        place=("workloadIdentityPoolId", "project"),
        own=_DELETION,
        required=("workloadIdentityPoolId",),
        unserved=("attestationRules", "inlineCertificateIssuanceConfig", "inlineTrustConfig"),
        replaces=("workloadIdentityPoolId", "project"),
        patterns={"workloadIdentityPoolId": _POOL_ID},
    ),
    POOL_PROVIDER: Schema(
        api="iam",
        model="WorkloadIdentityPoolProvider",
        body=(
            *("attributeCondition", "attributeMapping", "aws", "description", "disabled"),
            *("displayName", "oidc", "saml", "x509"),
        ),
        place=("workloadIdentityPoolId", "workloadIdentityPoolProviderId", "project"),
        own=_DELETION,
        required=(
            *("workloadIdentityPoolId", "workloadIdentityPoolProviderId", "oidc.issuerUri"),
            *("aws.accountId", "saml.idpMetadataXml", "x509.trustStore"),
            "x509.trustStore.trustAnchors",
        ),
        replaces=("workloadIdentityPoolId", "workloadIdentityPoolProviderId", "project"),
        patterns={
            "workloadIdentityPoolId": _POOL_ID,
            "workloadIdentityPoolProviderId": _POOL_ID,
        },
    ),
    **WATCH_SCHEMAS,
}

PATTERNS: Final[Mapping[str, Pattern]] = {"project": _PROJECT}
"""What a property must look like in every type that has it."""


@cache
def model_of(token: str) -> Model:
    """The model of a type's request."""
    schema = SCHEMAS[token]
    return Model(
        schema.api,
        schema.model,
        renamed=schema.renamed,
        own=schema.own,
        required=tuple(name for name in schema.required if name not in schema.place),
    )
