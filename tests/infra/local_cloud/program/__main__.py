"""An ordinary Pulumi program, one resource of each type: nothing in it knows of an emulator.

The file `changes.json` beside it may change any property of any resource: `{"lifecycle": {"rules": […]}}`.
"""

import json
import os
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_azure_native as azure

CHANGES: dict[str, Any] = json.loads(Path(__file__).with_name("changes.json").read_text())


def properties(resource: str, **given: Any) -> dict[str, Any]:
    """The properties of a resource, with those that the configuration changes."""
    changed: dict[str, Any] = CHANGES.get(resource, {})
    return given | changed


def document(effect: str, **statement: Any) -> str:
    """A policy document of one statement."""
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": effect, **statement}]})


bucket = aws.s3.Bucket(
    "documents", **properties("bucket", bucket="kb-documents", tags={"a": "b"}, force_destroy=True)
)
versioning = aws.s3.BucketVersioning(
    "documents",
    **properties(
        "versioning", bucket=bucket.bucket, versioning_configuration={"status": "Enabled"}
    ),
)
aws.s3.BucketServerSideEncryptionConfiguration(
    "documents",
    **properties(
        "encryption",
        bucket=bucket.bucket,
        rules=[
            {
                "apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"},
                "bucket_key_enabled": True,
                "blocked_encryption_types": ["SSE-C"],
            }
        ],
    ),
)
aws.s3.BucketPublicAccessBlock(
    "documents",
    **properties(
        "access_block",
        bucket=bucket.bucket,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
    ),
)
aws.s3.BucketOwnershipControls(
    "documents",
    **properties(
        "ownership", bucket=bucket.bucket, rule={"object_ownership": "BucketOwnerEnforced"}
    ),
)
aws.s3.BucketPolicy(
    "documents",
    **properties(
        "bucket_policy",
        bucket=bucket.bucket,
        policy=bucket.arn.apply(
            lambda arn: document(
                "Deny",
                Principal="*",
                Action="s3:*",
                Resource=[arn, f"{arn}/*"],
                Condition={"Bool": {"aws:SecureTransport": "false"}},
            )
        ),
    ),
)
aws.s3.BucketLifecycleConfiguration(
    "documents",
    **properties(
        "lifecycle",
        bucket=bucket.bucket,
        rules=[
            {
                "id": "tier",
                "status": "Enabled",
                "filter": {"and": {"prefix": "kb/", "object_size_greater_than": 131072}},
                "transitions": [
                    {"days": 30, "storage_class": "STANDARD_IA"},
                    {"days": 90, "storage_class": "GLACIER_IR"},
                ],
                "noncurrent_version_expiration": {
                    "noncurrent_days": 30,
                    "newer_noncurrent_versions": 5,
                },
            },
            {
                "id": "uploads",
                "status": "Enabled",
                "filter": {},
                "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
            },
        ],
    ),
    opts=pulumi.ResourceOptions(depends_on=[versioning]),
)
role = aws.iam.Role(
    "agent",
    **properties(
        "role",
        assume_role_policy=document(
            "Allow", Principal={"Service": "ec2.amazonaws.com"}, Action="sts:AssumeRole"
        ),
        max_session_duration=7200,
        tags={"a": "b"},
    ),
)
allowed = bucket.arn.apply(
    lambda arn: document("Allow", Action=["s3:GetObject"], Resource=f"{arn}/kb/*")
)
aws.iam.RolePolicy("agent", **properties("role_policy", role=role.name, policy=allowed))
user = aws.iam.User("agent", **properties("user"))
aws.iam.UserPolicy("agent", **properties("user_policy", user=user.name, policy=allowed))
key = aws.iam.AccessKey("agent", **properties("access_key", user=user.name))

if "queue" in CHANGES:  # a type that the local cloud does not serve
    aws.sqs.Queue("queue")

group = azure.resources.ResourceGroup("kb", **properties("group"))
account = azure.storage.StorageAccount(
    "kb",
    **properties(
        "account",
        resource_group_name=group.name,
        sku={"name": "Standard_LRS"},
        kind="StorageV2",
        minimum_tls_version="TLS1_2",
        allow_blob_public_access=False,
        enable_https_traffic_only=True,
    ),
)
service = azure.storage.BlobServiceProperties(
    "kb",
    **properties(
        "service",
        account_name=account.name,
        resource_group_name=group.name,
        blob_services_name="default",
        is_versioning_enabled=True,
        delete_retention_policy={"enabled": True, "days": 7},
        last_access_time_tracking_policy={"enable": True},
    ),
)
container = azure.storage.BlobContainer(
    "kb",
    **properties(
        "container",
        account_name=account.name,
        resource_group_name=group.name,
        container_name="knowledge",
    ),
)
azure.storage.ManagementPolicy(
    "kb",
    **properties(
        "policy",
        account_name=account.name,
        resource_group_name=group.name,
        management_policy_name="default",
        policy={
            "rules": [
                {
                    "name": "tier",
                    "type": "Lifecycle",
                    "enabled": True,
                    "definition": {
                        "filters": {
                            "blob_types": ["blockBlob"],
                            "prefix_match": ["knowledge/kb/"],
                        },
                        "actions": {
                            "base_blob": {
                                "tier_to_cool": {"days_after_last_access_time_greater_than": 30}
                            },
                            "version": {"delete": {"days_after_creation_greater_than": 90}},
                        },
                    },
                }
            ]
        },
    ),
    opts=pulumi.ResourceOptions(depends_on=[service]),
)
identity = azure.managedidentity.UserAssignedIdentity(
    "agent", **properties("identity", resource_group_name=group.name)
)
azure.authorization.RoleAssignment(
    "agent",
    **properties(
        "assignment",
        scope=container.id,
        principal_id=identity.principal_id,
        principal_type="ServicePrincipal",
        role_definition_id="/providers/Microsoft.Authorization/roleDefinitions/"
        "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
    ),
)
keys = azure.storage.list_storage_account_keys_output(
    account_name=account.name, resource_group_name=group.name
)

pulumi.export("bucket", bucket.bucket)
pulumi.export("endpoint", os.environ.get("AWS_ENDPOINT_URL_S3"))
pulumi.export("account", aws.get_caller_identity_output().account_id)
pulumi.export("region", aws.get_region_output().region)
pulumi.export("partition", aws.get_partition_output().partition)
pulumi.export("access_key_id", key.id)
pulumi.export("secret_access_key", key.secret)
pulumi.export("container", container.name)
pulumi.export("container_id", container.id)
pulumi.export("account_id", account.id)
pulumi.export("account_url", account.primary_endpoints.blob)
pulumi.export("account_key", pulumi.Output.secret(keys.keys[0].value))
pulumi.export("service_id", service.id)
pulumi.export("role", role.name)
pulumi.export("tenant", azure.authorization.get_client_config_output().tenant_id)
