"""An ordinary Pulumi program on Google Cloud, one resource of each type: nothing in it knows of an emulator.

The file `changes.json` beside it may change any property of any resource: `{"role": {"title": "x"}}`.
"""

import json
from pathlib import Path
from typing import Any

import pulumi
from pulumi_gcp import iam, projects, serviceaccount, storage

CHANGES: dict[str, Any] = json.loads(Path(__file__).with_name("changes.json").read_text())


def properties(resource: str, **given: Any) -> dict[str, Any]:
    """The properties of a resource, with those that the configuration changes."""
    changed: dict[str, Any] = CHANGES.get(resource, {})
    return given | changed


bucket = storage.Bucket(
    "documents",
    **properties(
        "bucket",
        name="kb-documents",
        location="EU",
        uniform_bucket_level_access=True,
        public_access_prevention="enforced",
        versioning={"enabled": True},
        force_destroy=True,
        lifecycle_rules=[
            {
                "action": {"type": "SetStorageClass", "storage_class": "NEARLINE"},
                "condition": {"age": 30, "matches_prefixes": ["kb/"], "with_state": "LIVE"},
            }
        ],
    ),
)
role = projects.IAMCustomRole(
    "agent",
    **properties("role", role_id="agent", title="Agent", permissions=["storage.objects.get"]),
)
account = serviceaccount.Account("agent", **properties("account", account_id="kb-agent"))
storage.BucketIAMMember(
    "agent",
    **properties(
        "member",
        bucket=bucket.name,
        role=role.name,
        member=account.member,
        condition={"title": "documents", "expression": "true"},
    ),
)
pool = iam.WorkloadIdentityPool("agent", **properties("pool", workload_identity_pool_id="kb-agent"))
iam.WorkloadIdentityPoolProvider(
    "agent",
    **properties(
        "provider",
        workload_identity_pool_id=pool.workload_identity_pool_id,
        workload_identity_pool_provider_id="oidc",
        attribute_mapping={"google.subject": "assertion.sub"},
        attribute_condition="assertion.sub == 'x'",
        oidc={"issuer_uri": "https://issuer.example"},
    ),
)
serviceaccount.IAMMember(
    "agent",
    **properties(
        "trust",
        service_account_id=account.name,
        role="roles/iam.workloadIdentityUser",
        member=pool.name.apply(
            lambda name: f"principal://iam.googleapis.com/{name}/subject/repo:o/r"
        ),
    ),
)

pulumi.export("bucket", bucket.name)
