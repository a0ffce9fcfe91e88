"""The watch on Google Cloud: alert policies on a bucket's requests, a log of them, a budget."""

from collections.abc import Mapping
from typing import Any, Final

import pulumi
from pulumi_gcp import billing, monitoring, storage

from infra.settings import Environment
from infra.stores.keeping import kept
from infra.watch import gcp_payloads as payloads
from infra.watch.listing import listed
from infra.watch.settings import Alarms

_DISPLAY_NAME_CHARACTERS_MAX: Final = 60
"""Of a budget (Cloud Billing Budget API v1, Budget.displayName)."""


class GcpAccessLog(pulumi.ComponentResource):
    """A closed bucket in which Google keeps who read and wrote what in another one, by the hour.

    Attributes:
        logging: what the other bucket has to be told.
        url: `gs://bucket/prefix`
    """

    logging: dict[str, Any]
    url: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        environment: Environment,
        days: int,
        labels: Mapping[str, str],
        opts: pulumi.ResourceOptions,
    ) -> None:
        super().__init__(f"{environment.project}:watch:GcpAccessLog", name, None, opts)
        disposable = environment.settings.disposable
        log = storage.Bucket(
            name,
            location=environment.settings.gcp_location,
            force_destroy=disposable,
            labels=labels,
            opts=kept(self, disposable=disposable),
            **payloads.log_bucket(days),
        )
        storage.BucketIAMMember(
            name,
            bucket=log.name,
            role="roles/storage.objectCreator",
            member=payloads.LOG_WRITER,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.logging = {"log_bucket": log.name, "log_object_prefix": payloads.LOG_PREFIX}
        self.url = pulumi.Output.concat("gs://", log.name, "/", payloads.LOG_PREFIX)
        self.register_outputs({"url": self.url})


class GcpWatch(pulumi.ComponentResource):
    """What watches a bucket, as far as the configuration wants it watched.

    Attributes:
        alarms: their names, separated by commas; None without any.
    """

    alarms: pulumi.Output[str] | None

    def __init__(
        self,
        name: str,
        *,
        environment: Environment,
        bucket: Any,
        labels: Mapping[str, str],
        opts: pulumi.ResourceOptions,
    ) -> None:
        super().__init__(f"{environment.project}:watch:GcpWatch", name, None, opts)
        self._name, self._labels = name, labels
        self._inside = pulumi.ResourceOptions(parent=self)
        watch, has_budget = environment.settings.watch, environment.settings.has_google_budget
        channels = []
        if watch.alarms is not None or has_budget:
            channels = [self._tell(email) for email in watch.emails]
        if has_budget:
            self._limit(environment, bucket, channels)
        self.alarms = None
        if watch.alarms is not None:
            names = self._alert_on(watch.alarms, environment, bucket, channels)
            self.alarms = listed(names)
        self.register_outputs({})

    def _tell(self, email: str) -> pulumi.Output[str]:
        channel = monitoring.NotificationChannel(
            f"{self._name}-{email}",
            type="email",
            display_name=f"{self._name} {email}",
            labels={"email_address": email},
            user_labels=self._labels,
            opts=self._inside,
        )
        found: pulumi.Output[str] = channel.id
        return found

    def _limit(
        self, environment: Environment, bucket: Any, channels: list[pulumi.Output[str]]
    ) -> None:
        billing.Budget(
            self._name,
            billing_account=environment.settings.gcp_billing_account,
            display_name=self._name[:_DISPLAY_NAME_CHARACTERS_MAX],
            **payloads.budget(
                environment.settings.watch,
                # The engine's protocol knows one kind of number.
                project=bucket.project_number.apply(lambda found: f"projects/{int(found)}"),
                channels=channels,
            ),
            opts=self._inside,
        )

    def _alert_on(
        self,
        wanted: Alarms,
        environment: Environment,
        bucket: Any,
        channels: list[pulumi.Output[str]],
    ) -> list[pulumi.Output[str]]:
        quiet = environment.is_settled
        # The names are those of the wanted alarms; what they are about is known with the bucket's name.
        known = payloads.alert_policies(wanted, bucket="", quiet=quiet)
        policies = bucket.name.apply(
            lambda found: payloads.alert_policies(wanted, bucket=found, quiet=quiet)
        )
        return [self._alert(kind, policies[kind], channels) for kind in known]

    def _alert(
        self, kind: str, policy: Any, channels: list[pulumi.Output[str]]
    ) -> pulumi.Output[str]:
        name = f"{self._name}-{kind}"
        made = monitoring.AlertPolicy(
            name,
            display_name=name,
            combiner=policy["combiner"],
            conditions=policy["conditions"].apply(
                lambda found: [{"display_name": kind, **one} for one in found]
            ),
            notification_channels=channels,
            user_labels=self._labels,
            opts=self._inside,
        )
        display_name: pulumi.Output[str] = made.display_name
        return display_name
