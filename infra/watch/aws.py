"""The watch on AWS: request metrics of the documents, alarms, a budget, an access log."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from infra.settings import Environment
from infra.watch import aws_payloads as payloads
from infra.watch.aws_access_log import AwsAccessLog
from infra.watch.listing import listed
from infra.watch.settings import Alarms, Watch


class AwsWatch(pulumi.ComponentResource):
    """What watches a bucket, as far as the configuration wants it watched.

    Attributes:
        alarms: their names, separated by commas; None without any.
        access_log: `s3://bucket/prefix/` of the access log; None without one.
    """

    alarms: pulumi.Output[str] | None
    access_log: pulumi.Output[str] | None

    def __init__(
        self,
        name: str,
        *,
        environment: Environment,
        bucket: Any,
        tags: Mapping[str, str],
        opts: pulumi.ResourceOptions,
    ) -> None:
        super().__init__(f"{environment.project}:watch:AwsWatch", name, None, opts)
        watch = environment.settings.watch
        self._name = name
        self._tags = tags
        self._inside = pulumi.ResourceOptions(parent=self)
        account = aws.get_caller_identity_output(opts=pulumi.InvokeOptions(parent=self))
        self.alarms = self.access_log = None
        if watch.alarms is not None or watch.budget_month is not None:
            topic = self._make_topic(watch, account.account_id)
            if watch.budget_month is not None:
                aws.budgets.Budget(
                    name,
                    **payloads.budget(watch, topic_arn=topic.arn),
                    tags=tags,
                    opts=self._inside,
                )
            if watch.alarms is not None:
                self.alarms = listed(self._make_alarms(watch.alarms, environment, bucket, topic))
        # An adopted bucket can have only one access log: it is its owner's.
        if watch.access_log_days is not None and environment.settings.adopt.aws_bucket is None:
            log = AwsAccessLog(
                f"{name}-log",
                environment=environment,
                bucket=bucket,
                account_id=account.account_id,
                days=watch.access_log_days,
                tags=tags,
                opts=self._inside,
            )
            self.access_log = log.url
        self.register_outputs({})

    def _make_topic(self, watch: Watch, account_id: pulumi.Output[str]) -> Any:
        topic = aws.sns.Topic(self._name, tags=self._tags, opts=self._inside)
        policy = pulumi.Output.all(topic.arn, account_id).apply(
            lambda known: payloads.topic_policy(known[0], account_id=known[1])
        )
        aws.sns.TopicPolicy(
            self._name,
            arn=topic.arn,
            policy=pulumi.Output.json_dumps(policy),
            opts=self._inside,
        )
        for email in watch.emails:
            aws.sns.TopicSubscription(
                f"{self._name}-{email}",
                topic=topic.arn,
                protocol="email",
                endpoint=email,
                opts=self._inside,
            )
        return topic

    def _make_alarms(
        self, wanted: Alarms, environment: Environment, bucket: Any, topic: Any
    ) -> list[pulumi.Output[str]]:
        metric = aws.s3.BucketMetric(
            self._name,
            bucket=bucket.bucket,
            **payloads.metrics_filter(environment.name, prefix=environment.settings.prefix),
            opts=self._inside,
        )
        dimensions = {"BucketName": bucket.bucket, "FilterId": metric.name}
        quiet = environment.is_settled
        return [
            aws.cloudwatch.MetricAlarm(
                f"{self._name}-{name}",
                namespace="AWS/S3",
                dimensions=dimensions,
                alarm_actions=[topic.arn],
                ok_actions=[topic.arn],
                tags=self._tags,
                opts=self._inside,
                **arguments,
            ).name
            for name, arguments in payloads.alarms(wanted, quiet=quiet).items()
        ]
