"""A valid payload of every type of Google Cloud that the local cloud serves."""

from typing import Any

from infra.local_cloud.gcp import schemas, watch_schemas

Properties = dict[str, Any]

ACCOUNT = "projects/example-1/serviceAccounts/kb-agent@example-1.iam.gserviceaccount.com"

GCP: dict[str, Properties] = {
    schemas.BUCKET: {
        "name": "kb-documents",
        "location": "EUROPE-WEST3",
        "project": "example-1",
        "forceDestroy": True,
        "labels": {"environment": "dev", "empty": ""},
        "publicAccessPrevention": "enforced",
        "uniformBucketLevelAccess": True,
        "requesterPays": False,
        "storageClass": "STANDARD",
        "rpo": "DEFAULT",
        "versioning": {"enabled": True},
        "softDeletePolicy": {"retentionDurationSeconds": 604_800},
        "retentionPolicy": {"retentionPeriod": 86_400, "isLocked": False},
        "encryption": {"defaultKmsKeyName": "projects/p/locations/eu/keyRings/r/cryptoKeys/k"},
        "logging": {"logBucket": "kb-logs", "logObjectPrefix": "kb"},
        "autoclass": {"enabled": True, "terminalStorageClass": "NEARLINE"},
        "cors": [{"methods": ["GET"], "origins": ["https://kb.example"], "maxAgeSeconds": 60}],
        "lifecycleRules": [
            {
                "action": {"type": "SetStorageClass", "storageClass": "NEARLINE"},
                "condition": {
                    "age": 30,
                    "matchesPrefixes": ["kb/"],
                    "matchesStorageClasses": ["STANDARD"],
                    "withState": "LIVE",
                },
            },
            {
                "action": {"type": "Delete"},
                "condition": {
                    "daysSinceNoncurrentTime": 90,
                    "numNewerVersions": 3,
                    "noncurrentTimeBefore": "2027-01-31",
                },
            },
            {
                "action": {"type": "AbortIncompleteMultipartUpload"},
                "condition": {"age": 7, "matchesSuffixes": [".md"]},
            },
        ],
    },
    schemas.BUCKET_MEMBER: {
        "bucket": "kb-documents",
        "role": "projects/example-1/roles/kb_agent",
        "member": "serviceAccount:kb-agent@example-1.iam.gserviceaccount.com",
        "condition": {
            "title": "documents",
            "description": "Only what lies below kb/",
            "expression": 'resource.name.startsWith("projects/_/buckets/kb-documents/objects/kb/")',
        },
    },
    schemas.ACCOUNT: {
        "accountId": "kb-agent",
        "project": "example-1",
        "displayName": "Agent",
        "description": "The knowledge base's agent",
        "disabled": False,
    },
    schemas.ACCOUNT_MEMBER: {
        "serviceAccountId": ACCOUNT,
        "role": "roles/iam.workloadIdentityUser",
        "member": "principal://iam.googleapis.com/projects/1/locations/global/"
        "workloadIdentityPools/kb-agent/subject/repo:o/r:environment:prod",
        "condition": {"title": "until", "expression": 'request.time < timestamp("2027-01-31")'},
    },
    schemas.ROLE: {
        "roleId": "kb_agent",
        "project": "example-1",
        "title": "Agent",
        "description": "What the agent may do",
        "permissions": ["storage.objects.get", "storage.objects.list"],
        "stage": "GA",
    },
    schemas.POOL: {
        "workloadIdentityPoolId": "kb-agent",
        "project": "example-1",
        "displayName": "Agent",
        "description": "Who may act as the agent",
        "disabled": False,
        "mode": "FEDERATION_ONLY",
    },
    schemas.POOL_PROVIDER: {
        "workloadIdentityPoolId": "kb-agent",
        "workloadIdentityPoolProviderId": "oidc",
        "project": "example-1",
        "attributeMapping": {"google.subject": "assertion.sub"},
        "attributeCondition": "assertion.sub == 'repo:o/r:environment:prod'",
        "oidc": {
            "issuerUri": "https://token.actions.githubusercontent.com",
            "allowedAudiences": ["kb"],
        },
    },
    watch_schemas.CHANNEL: {
        "type": "email",
        "displayName": "kb a@example.com",
        "labels": {"email_address": "a@example.com"},
        "userLabels": {"environment": "dev"},
        "enabled": True,
    },
    watch_schemas.ALERT_POLICY: {
        "displayName": "kb-quiet",
        "combiner": "OR",
        "conditions": [
            {
                "displayName": "quiet",
                "conditionAbsent": {
                    "filter": 'metric.type = "storage.googleapis.com/api/request_count"',
                    "duration": "84600s",
                    "aggregations": [
                        {"alignmentPeriod": "300s", "perSeriesAligner": "ALIGN_DELTA"}
                    ],
                },
            },
            {
                "displayName": "errors",
                "conditionThreshold": {
                    "filter": 'metric.type = "storage.googleapis.com/api/request_count"',
                    "comparison": "COMPARISON_GT",
                    "thresholdValue": 0.5,
                    "duration": "900s",
                },
            },
        ],
        "notificationChannels": ["projects/example-1/notificationChannels/1"],
        "enabled": True,
    },
    watch_schemas.BUDGET: {
        "billingAccount": "0A1B2C-3D4E5F-6A7B8C",
        "displayName": "kb",
        "amount": {"specifiedAmount": {"units": "50", "currencyCode": "EUR"}},
        "budgetFilter": {
            "calendarPeriod": "MONTH",
            "projects": ["projects/123456789012"],
            "labels": {"environment": "dev"},
        },
        "thresholdRules": [
            {"thresholdPercent": 0.8, "spendBasis": "CURRENT_SPEND"},
            {"thresholdPercent": 1.0, "spendBasis": "FORECASTED_SPEND"},
        ],
        "allUpdatesRule": {
            "monitoringNotificationChannels": ["projects/example-1/notificationChannels/1"],
            "disableDefaultIamRecipients": False,
        },
    },
}


def _rule(action: str, **condition: Any) -> Properties:
    kind, _, storage_class = action.partition(" ")
    into = {"storageClass": storage_class} if storage_class else {}
    return {"action": {"type": kind, **into}, "condition": condition}


PUBLISHED: dict[str, tuple[str, Properties]] = {
    # pulumi-gcp 10.2, storage.BucketRetentionPolicyArgs: the period is a string.
    "a retention policy": (
        schemas.BUCKET,
        {"location": "US", "retentionPolicy": {"retentionPeriod": "2592000"}},
    ),
    # cloud.google.com/storage/docs/lifecycle-configurations and …/lifecycle, read 2026-11-26.
    "old versions after two newer ones or a week": (
        schemas.BUCKET,
        {
            "location": "US",
            "lifecycleRules": [
                _rule("Delete", numNewerVersions=2, withState="ARCHIVED"),
                _rule("Delete", daysSinceNoncurrentTime=7),
            ],
        },
    ),
    "Coldline after a year": (
        schemas.BUCKET,
        {"location": "US", "lifecycleRules": [_rule("SetStorageClass COLDLINE", age=365)]},
    ),
    "what was made before a day": (
        schemas.BUCKET,
        {"location": "US", "lifecycleRules": [_rule("Delete", createdBefore="2019-01-01")]},
    ),
    "unfinished uploads after a week": (
        schemas.BUCKET,
        {"location": "US", "lifecycleRules": [_rule("AbortIncompleteMultipartUpload", age=7)]},
    ),
    # The mapping that the iam v1 discovery document gives for OIDC, with attributes of one's own.
    "a provider with attributes": (
        schemas.POOL_PROVIDER,
        {
            "workloadIdentityPoolId": "github",
            "workloadIdentityPoolProviderId": "github-provider",
            "attributeMapping": {
                "google.subject": "assertion.sub",
                "attribute.repository": "assertion.repository",
            },
            "attributeCondition": "'admins' in google.groups",
            "oidc": {
                "issuerUri": "https://token.actions.githubusercontent.com",
                "allowedAudiences": [],
            },
        },
    ),
    # The principals that the iam v1 discovery document lists.
    "everybody of a pool": (
        schemas.ACCOUNT_MEMBER,
        {
            "serviceAccountId": ACCOUNT,
            "role": "roles/iam.workloadIdentityUser",
            "member": "principalSet://iam.googleapis.com/projects/1/locations/global/"
            "workloadIdentityPools/github/attribute.repository/o/r",
        },
    ),
    # pulumi-gcp 10.2, gcp.billing.Budget, "Billing Budget Lastperiod", "… Filter", "… Customperiod".
    "a budget of what was spent before": (
        watch_schemas.BUDGET,
        {
            "billingAccount": "000000-000000-000000",
            "budgetFilter": {"projects": ["projects/1"]},
            "amount": {"lastPeriodAmount": True},
            "thresholdRules": [{"thresholdPercent": 10}],
        },
    ),
    "a budget of some services and credits": (
        watch_schemas.BUDGET,
        {
            "billingAccount": "000000-000000-000000",
            "budgetFilter": {
                "creditTypesTreatment": "INCLUDE_SPECIFIED_CREDITS",
                "creditTypes": ["PROMOTION", "FREE_TIER"],
                "services": ["services/24E6-581D-38E5"],
                "resourceAncestors": ["organizations/1"],
            },
            "amount": {"specifiedAmount": {"currencyCode": "USD", "units": "100000"}},
            "thresholdRules": [
                {"thresholdPercent": 0.5},
                {"thresholdPercent": 0.9, "spendBasis": "FORECASTED_SPEND"},
            ],
        },
    ),
    "a budget until a day": (
        watch_schemas.BUDGET,
        {
            "billingAccount": "000000-000000-000000",
            "budgetFilter": {
                "creditTypesTreatment": "EXCLUDE_ALL_CREDITS",
                "customPeriod": {
                    "startDate": {"year": 2026, "month": 1, "day": 1},
                    "endDate": {"year": 2026, "month": 12, "day": 31},
                },
            },
            "amount": {"specifiedAmount": {"units": "1"}},
        },
    ),
}
"""What Google's documentation shows as right."""
