"""The store on AWS: a closed, versioned S3 bucket and the identities that work in it."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from app.terms.variables import Identity
from infra.adoption import Aspect
from infra.settings import Environment, Settings
from infra.stores import bucket_settings
from infra.stores.aws_identity import AwsIdentity
from infra.stores.aws_network import reach_privately
from infra.stores.keeping import kept
from infra.watch.aws import AwsWatch


def provision(environment: Environment) -> Mapping[str, Any]:
    """Make the store and return its outputs."""
    return AwsStore(f"kb-{environment.name}", environment).outputs


class AwsStore(pulumi.ComponentResource):
    """A bucket that only its identities reach, only over TLS, and that forgets nothing at once.

    Of an adopted bucket these hold as far as the configuration lets the environment change it.

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
        self._kept = kept(self, disposable=settings.disposable)
        # Without them, an adopted bucket would lose its versions and its rules when the environment goes.
        self._part = pulumi.ResourceOptions(
            parent=self, retain_on_delete=settings.adopt.aws_bucket is not None
        )
        self._tags = environment.tags

        key_arn = self._encryption_key(settings) if settings.aws_encryption == "kms" else None
        bucket = self._adopt_or_make(name, settings)
        self._close(bucket, settings)
        self._encrypt(bucket, settings, key_arn)
        self._keep_versions(bucket, settings)
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
        watch = AwsWatch(
            f"{name}-watch",
            environment=environment,
            bucket=bucket,
            tags=self._tags,
            opts=self._inside,
        )
        self.outputs = {
            "aws_bucket": bucket.bucket,
            "aws_region": bucket.region,
            "aws_endpoint_url": environment.aws_endpoint_url,
            **_outputs_of("agent", identities),
            **_outputs_of("migrator", identities),
            "aws_alarms": watch.alarms,
            "aws_access_log": watch.access_log,
        }
        self.register_outputs({"bucket": bucket.bucket})

    def _encryption_key(self, settings: Settings) -> pulumi.Output[str]:
        if settings.aws_kms_key_arn is not None:
            # The customer's own: who may use it, and its rotation, are theirs to say.
            return pulumi.Output.from_input(settings.aws_kms_key_arn)
        key = aws.kms.Key(
            self._name,
            description=f"Encrypts the documents of {self._name}",
            enable_key_rotation=True,
            rotation_period_in_days=settings.aws_kms_rotation_days,
            deletion_window_in_days=30,
            tags=self._tags,
            opts=self._kept,
        )
        arn: pulumi.Output[str] = key.arn
        return arn

    def _adopt_or_make(self, name: str, settings: Settings) -> Any:
        if settings.adopt.aws_bucket is not None:
            # Read, never managed: the engine has no operation that could change or delete it.
            return aws.s3.Bucket.get(name, settings.adopt.aws_bucket, opts=self._inside)
        return aws.s3.Bucket(
            name,
            bucket=settings.aws_bucket,
            force_destroy=settings.disposable,
            tags=self._tags,
            opts=self._kept,
        )

    def _close(self, bucket: Any, settings: Settings) -> None:
        public_access_block = None
        if self._sets("access", settings):
            aws.s3.BucketOwnershipControls(
                self._name,
                bucket=bucket.bucket,
                **bucket_settings.ownership_controls(),
                opts=self._part,
            )
            public_access_block = aws.s3.BucketPublicAccessBlock(
                self._name,
                bucket=bucket.bucket,
                **bucket_settings.public_access_block(),
                opts=self._part,
            )
        if self._sets("policy", settings):
            endpoint = reach_privately(self, self._name, settings, tags=self._tags)
            policy = pulumi.Output.all(bucket.arn, endpoint).apply(
                lambda known: bucket_settings.bucket_policy(
                    settings, bucket_arn=known[0], made_endpoint=known[1] or None
                )
            )
            aws.s3.BucketPolicy(
                self._name,
                bucket=bucket.bucket,
                policy=pulumi.Output.json_dumps(policy),
                # S3 refuses concurrent changes of the two.
                opts=self._after(public_access_block),
            )

    def _encrypt(self, bucket: Any, settings: Settings, key_arn: pulumi.Output[str] | None) -> None:
        if self._sets("encryption", settings):
            aws.s3.BucketServerSideEncryptionConfiguration(
                self._name,
                bucket=bucket.bucket,
                **bucket_settings.default_encryption(key_arn),
                opts=self._part,
            )

    def _keep_versions(self, bucket: Any, settings: Settings) -> None:
        versioning = None
        if self._sets("versions", settings):
            versioning = aws.s3.BucketVersioning(
                self._name,
                bucket=bucket.bucket,
                **bucket_settings.versioning(),
                opts=self._part,
            )
        if self._sets("lifecycle", settings):
            # One resource with every rule: a second one for the same bucket would overwrite it, for ever.
            aws.s3.BucketLifecycleConfiguration(
                self._name,
                bucket=bucket.bucket,
                **bucket_settings.lifecycle(settings),
                opts=self._after(versioning),
            )

    def _sets(self, aspect: Aspect, settings: Settings) -> bool:
        return not settings.adopt.leaves(aspect, adopted=settings.adopt.aws_bucket)

    def _after(self, resource: pulumi.Resource | None) -> pulumi.ResourceOptions:
        after = pulumi.ResourceOptions(depends_on=[] if resource is None else [resource])
        return pulumi.ResourceOptions.merge(self._part, after)


def _outputs_of(identity: Identity, identities: Mapping[Identity, AwsIdentity]) -> dict[str, Any]:
    made = identities.get(identity)
    return {
        f"aws_{identity}_role_arn": made and made.role_arn,
        f"aws_{identity}_access_key_id": made and made.access_key_id,
        f"aws_{identity}_secret_access_key": made and made.secret_access_key,
    }
