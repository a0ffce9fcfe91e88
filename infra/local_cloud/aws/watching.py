"""The types that watch a bucket, all recorded.

moto could keep a bucket's logging, and would then write an object for each request: a migration would
fill its memory.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from infra.local_cloud.aws.base import Account, AwsHandler
from infra.local_cloud.aws.watch_schemas import (
    BUCKET_LOGGING,
    BUCKET_METRIC,
    BUDGET,
    METRIC_ALARM,
    SUBSCRIPTION,
    TOPIC,
    TOPIC_POLICY,
)
from infra.local_cloud.handlers import AlreadyExists, Handler, Live, State
from infra.local_cloud.values import Properties

Identify = Callable[[Properties, Account], str]
Add = Callable[[str, Properties, Account], Properties]


@dataclass(frozen=True, slots=True)
class Recorded(AwsHandler):
    """A resource that the control plane keeps as it was asked for: drift is what somebody changed there."""

    identify: Identify
    """Its id, from its inputs."""

    add: Add
    """What the service adds to the inputs, from its id: the same at every look."""

    def claim(self, inputs: Properties) -> str | None:
        """Its id, which can be made once."""
        return self._key(self.id_of(inputs))

    def id_of(self, inputs: Properties) -> str:
        """Its id."""
        return self.identify(inputs, self.account)

    def create(self, inputs: Properties) -> State:
        """Record it, if there is none yet."""
        resource_id = self.id_of(inputs)
        if self.account.plane.get(self._key(resource_id)) is not None:
            raise AlreadyExists(f"there is already {resource_id!r}")
        return State(resource_id, self._record(resource_id, inputs))

    def read(self, resource_id: str, inputs: Properties, outputs: Properties) -> Live | None:
        """The record."""
        record = self.account.plane.get(self._key(resource_id))
        if record is None:
            return None
        asked = record["inputs"]
        return Live(asked, self._outputs(resource_id, asked))

    def update(self, resource_id: str, inputs: Properties, outputs: Properties) -> Properties:
        """Record it anew."""
        return self._record(resource_id, inputs)

    def delete(self, resource_id: str, outputs: Properties) -> None:
        """Forget it."""
        self.account.plane.delete(self._key(resource_id))

    def _record(self, resource_id: str, inputs: Properties) -> Properties:
        self.account.plane.set(
            self._key(resource_id), {"type": self.token, "inputs": inputs, "outputs": {}}
        )
        return self._outputs(resource_id, inputs)

    def _outputs(self, resource_id: str, inputs: Properties) -> Properties:
        return {**inputs, **self.add(resource_id, inputs, self.account)}

    def _key(self, resource_id: str) -> str:
        return f"{self.token}:{resource_id}"


def watch_handlers(account: Account) -> dict[str, Handler]:
    """The handlers of what watches, by type."""
    recorded = [
        Recorded(BUCKET_LOGGING, account, lambda inputs, _: str(inputs["bucket"]), _nothing),
        Recorded(BUCKET_METRIC, account, _metric_id, _nothing),
        Recorded(TOPIC, account, _topic_arn, _topic_outputs),
        Recorded(TOPIC_POLICY, account, lambda inputs, _: str(inputs["arn"]), _owner),
        Recorded(SUBSCRIPTION, account, _subscription_arn, _subscription_outputs),
        Recorded(METRIC_ALARM, account, lambda inputs, _: str(inputs["name"]), _alarm_outputs),
        Recorded(BUDGET, account, _budget_id, _budget_outputs),
    ]
    return {handler.token: handler for handler in recorded}


def _metric_id(inputs: Properties, _: Account) -> str:
    return f"{inputs['bucket']}:{inputs['name']}"


def _topic_arn(inputs: Properties, account: Account) -> str:
    return f"arn:aws:sns:{account.region}:{account.id}:{inputs['name']}"


def _topic_outputs(resource_id: str, inputs: Properties, account: Account) -> Properties:
    return {"arn": resource_id, "owner": account.id, "tagsAll": account.tags(inputs)}


def _subscription_arn(inputs: Properties, _: Account) -> str:
    # SNS makes a random one; the same at every look is better here.
    return f"{inputs['topic']}:{uuid.uuid5(uuid.NAMESPACE_URL, str(inputs['endpoint']))}"


def _subscription_outputs(resource_id: str, inputs: Properties, account: Account) -> Properties:
    # Nobody here reads the mail in which SNS asks.
    return {"arn": resource_id, "ownerId": account.id, "pendingConfirmation": True}


def _alarm_outputs(_: str, inputs: Properties, account: Account) -> Properties:
    return {
        "arn": f"arn:aws:cloudwatch:{account.region}:{account.id}:alarm:{inputs['name']}",
        "tagsAll": account.tags(inputs),
    }


def _budget_id(inputs: Properties, account: Account) -> str:
    return f"{account.id}:{inputs['name']}"


def _budget_outputs(_: str, inputs: Properties, account: Account) -> Properties:
    return {
        "accountId": account.id,
        "arn": f"arn:aws:budgets::{account.id}:budget/{inputs['name']}",
        "tagsAll": account.tags(inputs),
    }


def _owner(_: str, inputs: Properties, account: Account) -> Properties:
    return {"owner": account.id}


def _nothing(_: str, inputs: Properties, account: Account) -> Properties:
    return {}
