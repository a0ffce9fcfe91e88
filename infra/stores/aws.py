"""The store on AWS: a closed, versioned S3 bucket and the identities that work in it."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from app.terms.variables import Identity
from infra.access import tls_only_policy
from infra.settings import Environment
from infra.stores.aws_identity import AwsIdentity
from infra.tiering import s3_lifecycle_rules


def provision(environment: Environment) -> Mapping[str, Any]:
    """Make the store and return its outputs."""
    return AwsStore(f"kb-{environment.name}", environment).outputs


class AwsStore(pulumi.ComponentResource):
    """A bucket that only its identities reach, only over TLS, and that forgets nothing at once.

    Attributes:
        outputs: each field of `Outputs` that begins with `aws_`; None where there is none.
    """

    outputs: Mapping[str, Any]

    def __init__(
        self, name: str, environment: Environment, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(f"{environment.project}:stores:AwsStore", name, None, opts)
        settings = environment.settings
        self._name = name
        self._inside = pulumi.ResourceOptions(parent=self)
        # Only what holds documents is protected: rules and identities may always change.
        self._kept = pulumi.ResourceOptions(parent=self, protect=not settings.disposable)
        self._tags = {"project": environment.project, "environment": environment.name}

        key_arn = self._encryption_key() if settings.aws_encryption == "kms" else None
        bucket = aws.s3.Bucket(
            name,
            bucket=settings.aws_bucket,
            force_destroy=settings.disposable,
            tags=self._tags,
            opts=self._kept,
        )
        self._close(bucket)
        self._encrypt(bucket, key_arn)
        self._keep_versions(bucket, environment)
        identities = {
            identity: AwsIdentity(
                f"{name}-{identity}",
                identity=identity,
                environment=environment,
                bucket_arn=bucket.arn,
                key_arn=key_arn,
                tags=self._tags,
                opts=self._inside,
            )
            for identity in environment.identities
        }
        self.outputs = {
            "aws_bucket": bucket.bucket,
            "aws_region": bucket.region,
            "aws_endpoint_url": environment.aws_endpoint_url,
            **_outputs_of("agent", identities),
            **_outputs_of("migrator", identities),
        }
        self.register_outputs({"bucket": bucket.bucket})

    def _encryption_key(self) -> pulumi.Output[str]:
        key = aws.kms.Key(
            self._name,
            description=f"Encrypts the documents of {self._name}",
            enable_key_rotation=True,
            deletion_window_in_days=30,
            tags=self._tags,
            opts=self._kept,
        )
        arn: pulumi.Output[str] = key.arn
        return arn

    def _close(self, bucket: Any) -> None:
        aws.s3.BucketOwnershipControls(
            self._name,
            bucket=bucket.bucket,
            rule={"object_ownership": "BucketOwnerEnforced"},
            opts=self._inside,
        )
        public_access_block = aws.s3.BucketPublicAccessBlock(
            self._name,
            bucket=bucket.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self._inside,
        )
        aws.s3.BucketPolicy(
            self._name,
            bucket=bucket.bucket,
            policy=pulumi.Output.json_dumps(bucket.arn.apply(tls_only_policy)),
            # S3 refuses concurrent changes of the two.
            opts=self._after(public_access_block),
        )

    def _encrypt(self, bucket: Any, key_arn: pulumi.Output[str] | None) -> None:
        by_default: dict[str, Any] = {"sse_algorithm": "AES256"}
        if key_arn is not None:
            by_default = {"sse_algorithm": "aws:kms", "kms_master_key_id": key_arn}
        aws.s3.BucketServerSideEncryptionConfiguration(
            self._name,
            bucket=bucket.bucket,
            rules=[
                {
                    "apply_server_side_encryption_by_default": by_default,
                    "bucket_key_enabled": key_arn is not None,
                    # A document encrypted with a customer's own key could not be read by the others.
                    "blocked_encryption_types": ["SSE-C"],
                }
            ],
            opts=self._inside,
        )

    def _keep_versions(self, bucket: Any, environment: Environment) -> None:
        settings = environment.settings
        versioning = aws.s3.BucketVersioning(
            self._name,
            bucket=bucket.bucket,
            versioning_configuration={"status": "Enabled"},
            opts=self._inside,
        )
        # One resource with every rule: a second one for the same bucket would overwrite it, for ever.
        aws.s3.BucketLifecycleConfiguration(
            self._name,
            bucket=bucket.bucket,
            rules=s3_lifecycle_rules(settings.tiering, prefix=settings.prefix),
            transition_default_minimum_object_size="all_storage_classes_128K",
            opts=self._after(versioning),
        )

    def _after(self, resource: pulumi.Resource) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self, depends_on=[resource])


def _outputs_of(identity: Identity, identities: Mapping[Identity, AwsIdentity]) -> dict[str, Any]:
    made = identities.get(identity)
    return {
        f"aws_{identity}_role_arn": made and made.role_arn,
        f"aws_{identity}_access_key_id": made and made.access_key_id,
        f"aws_{identity}_secret_access_key": made and made.secret_access_key,
    }
