"""The configurations of a bucket that are resources of their own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from infra.local_cloud.aws import payloads
from infra.local_cloud.aws.base import AwsHandler, jsonable
from infra.local_cloud.aws.clients import ask
from infra.local_cloud.aws.policy_documents import without_conditional_denials
from infra.local_cloud.aws.shapes import pulumi_name
from infra.local_cloud.handlers import Live, State
from infra.local_cloud.values import Properties, same_document

FLAGS: Final = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


@dataclass(frozen=True, slots=True)
class BucketPart(AwsHandler):
    """A configuration of a bucket: put, asked for and removed by one operation each.

    moto drops some members of what it is given (a lifecycle rule's `newerNoncurrentVersions`, sizes within
    `and`, blocked encryption types). So its echo is kept beside what was asked for: drift is an answer that
    differs from the echo.
    """

    put: Callable[..., Any]
    get: Callable[..., Any]
    remove: Callable[..., Any]
    live: Callable[[dict[str, Any]], dict[str, Any] | None]
    """The answer of `get` → property → value in the API's form; None when the bucket has no such part."""

    def create(self, inputs: Properties) -> State:
        """Put the configuration."""
        return State(inputs["bucket"], self._put_and_echo(inputs))

    def read(self, resource_id: str, inputs: Properties, outputs: Properties) -> Live | None:
        """The configuration as the bucket has it."""
        live = self._answer(resource_id)
        if live is None:
            return None
        found = self.located({**inputs, "bucket": resource_id})
        echo = self.account.plane.get(self._echo_id(resource_id))
        # An import has nothing that an echo could stand for.
        if echo is None or echo["answer"] != jsonable(live) or not inputs.keys() & live.keys():
            found = self.live_inputs(found, live)
        return Live(found, {**outputs, **found})

    def update(self, resource_id: str, inputs: Properties, outputs: Properties) -> Properties:
        """Put the configuration anew."""
        return self._put_and_echo(inputs)

    def delete(self, resource_id: str, outputs: Properties) -> None:
        """Remove the configuration, unless the program asked to leave it there."""
        if not outputs.get("skipDestroy"):
            ask(self.remove, Bucket=resource_id)
        self.account.plane.delete(self._echo_id(resource_id))

    def _put_and_echo(self, inputs: Properties) -> Properties:
        outputs, bucket = self._put(inputs), inputs["bucket"]
        echo = {"answer": jsonable(self._answer(bucket))}
        self.account.plane.set(self._echo_id(bucket), echo)
        return outputs

    def _answer(self, bucket: str) -> dict[str, Any] | None:
        answer = ask(self.get, Bucket=bucket)
        return None if answer is None else self.live(answer)

    def _echo_id(self, bucket: str) -> str:
        return f"echo:{self.token}:{bucket}"

    def _put(self, inputs: Properties) -> Properties:
        self.put(**payloads.request(self.token, inputs))
        return {**inputs, "region": self.account.region}


@dataclass(frozen=True, slots=True)
class PublicAccessBlock(BucketPart):
    """aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock: what is not asked for is false."""

    def _put(self, inputs: Properties) -> Properties:
        asked = payloads.request(self.token, inputs).get("PublicAccessBlockConfiguration", {})
        flags = dict.fromkeys(FLAGS, False) | asked
        self.put(Bucket=inputs["bucket"], PublicAccessBlockConfiguration=flags)
        return {**{pulumi_name(name): flag for name, flag in flags.items()}, **inputs}


@dataclass(frozen=True, slots=True)
class BucketPolicy(BucketPart):
    """aws:s3/bucketPolicy:BucketPolicy: moto gets what it can evaluate; the rest is kept in the state."""

    def read(self, resource_id: str, inputs: Properties, outputs: Properties) -> Live | None:
        """The policy that was asked for, as long as moto has its part of it."""
        answer = ask(self.get, Bucket=resource_id)
        if answer is None:
            return None
        policy, asked = answer["Policy"], inputs.get("policy")
        if asked is not None and same_document(without_conditional_denials(asked), policy):
            policy = asked
        found = self.located({**inputs, "bucket": resource_id, "policy": policy})
        return Live(found, {**outputs, **found})

    def _put(self, inputs: Properties) -> Properties:
        policy = without_conditional_denials(inputs["policy"])
        self.put(Bucket=inputs["bucket"], Policy=policy)
        return {**inputs, "region": self.account.region}


@dataclass(frozen=True, slots=True)
class Versioning(BucketPart):
    """aws:s3/bucketVersioning:BucketVersioning: a bucket that never had versions is Disabled."""

    def read(self, resource_id: str, inputs: Properties, outputs: Properties) -> Live | None:
        """The state that S3 tells, which is none before the first version."""
        # Without arguments super() does not find a dataclass that has slots.
        found = super(Versioning, self).read(resource_id, inputs, outputs)
        if found is None and _is_disabled(inputs) and ask(self.get, Bucket=resource_id) is not None:
            live = self.located({**inputs, "bucket": resource_id})
            return Live(live, {**outputs, **live})
        return found

    def _put(self, inputs: Properties) -> Properties:
        if not _is_disabled(inputs):
            self.put(**payloads.request(self.token, inputs))
        return {**inputs, "region": self.account.region}


def _is_disabled(inputs: Properties) -> bool:
    return (inputs.get("versioningConfiguration") or {}).get("status") == "Disabled"
