"""Who read and wrote what in a bucket, kept in a closed bucket of its own."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from infra.settings import Environment
from infra.stores import bucket_settings
from infra.stores.keeping import kept
from infra.watch import aws_payloads as payloads


class AwsAccessLog(pulumi.ComponentResource):
    """S3's server access log of a bucket: delivered within hours, best effort, ended by a rule.

    Attributes:
        url: `s3://bucket/prefix/`
    """

    url: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        environment: Environment,
        bucket: Any,
        account_id: pulumi.Output[str],
        days: int,
        tags: Mapping[str, str],
        opts: pulumi.ResourceOptions,
    ) -> None:
        super().__init__(f"{environment.project}:watch:AwsAccessLog", name, None, opts)
        self._name = name
        self._inside = pulumi.ResourceOptions(parent=self)
        disposable = environment.settings.disposable
        log = aws.s3.Bucket(
            name, force_destroy=disposable, tags=tags, opts=kept(self, disposable=disposable)
        )
        policy = self._close(log, bucket, account_id)
        self._end_after(log, days)
        aws.s3.BucketLogging(
            name,
            bucket=bucket.bucket,
            target_bucket=log.bucket,
            target_prefix=payloads.LOG_PREFIX,
            # S3 refuses a target that its logging service may not write to.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )
        self.url = pulumi.Output.concat("s3://", log.bucket, "/", payloads.LOG_PREFIX)
        self.register_outputs({"url": self.url})

    def _close(self, log: Any, bucket: Any, account_id: pulumi.Output[str]) -> pulumi.Resource:
        aws.s3.BucketOwnershipControls(
            self._name,
            bucket=log.bucket,
            **bucket_settings.ownership_controls(),
            opts=self._inside,
        )
        public_access_block = aws.s3.BucketPublicAccessBlock(
            self._name,
            bucket=log.bucket,
            **bucket_settings.public_access_block(),
            opts=self._inside,
        )
        aws.s3.BucketServerSideEncryptionConfiguration(
            self._name,
            bucket=log.bucket,
            # The logging service cannot write to a bucket whose default is a KMS key.
            rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}],
            opts=self._inside,
        )
        policy = pulumi.Output.all(log.arn, bucket.arn, account_id).apply(
            lambda known: payloads.log_bucket_policy(
                known[0], bucket_arn=known[1], account_id=known[2]
            )
        )
        made: pulumi.Resource = aws.s3.BucketPolicy(
            self._name,
            bucket=log.bucket,
            policy=pulumi.Output.json_dumps(policy),
            # S3 refuses concurrent changes of the two.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[public_access_block]),
        )
        return made

    def _end_after(self, log: Any, days: int) -> None:
        versioning = aws.s3.BucketVersioning(
            self._name,
            bucket=log.bucket,
            **bucket_settings.versioning(),
            opts=self._inside,
        )
        aws.s3.BucketLifecycleConfiguration(
            self._name,
            bucket=log.bucket,
            rules=payloads.log_lifecycle_rules(days),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[versioning]),
        )
