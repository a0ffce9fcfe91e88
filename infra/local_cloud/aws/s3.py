"""S3's resource types: a bucket, and its parts that are resources of their own. All real in moto."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from infra.local_cloud.aws import payloads, schemas
from infra.local_cloud.aws.base import Account, AwsHandler, jsonable
from infra.local_cloud.aws.clients import ask
from infra.local_cloud.aws.policy_documents import without_conditional_denials
from infra.local_cloud.aws.shapes import pulumi_name
from infra.local_cloud.handlers import AlreadyExists, CloudError, Handler, Live, State
from infra.local_cloud.values import Properties, same_document

_DELETED_AT_ONCE_MAX = 1000  # DeleteObjects takes no more


@dataclass(frozen=True, slots=True)
class Bucket(AwsHandler):
    """aws:s3/bucket:Bucket."""

    s3: Any

    @property
    def name_property(self) -> str | None:
        """The bucket's name."""
        return "bucket"

    def claim(self, inputs: Properties) -> str | None:
        """A bucket's name, which is everybody's only once."""
        return f"aws:bucket:{inputs['bucket']}"

    def create(self, inputs: Properties) -> State:
        """Make the bucket, with its tags or not at all."""
        name, region = inputs["bucket"], self.account.region
        if inputs.get("region", region) != region:
            raise CloudError(
                f"The local cloud has one region for all: that of the provider, {region}"
            )
        if ask(self.s3.head_bucket, Bucket=name) is not None:
            raise AlreadyExists(f"BucketAlreadyOwnedByYou: there is a bucket {name!r} already")
        request = payloads.request(self.token, inputs)
        request.pop("CreateBucketConfiguration", None)
        request.pop("BucketNamespace", None)
        if region != "us-east-1":
            request["CreateBucketConfiguration"] = {"LocationConstraint": region}
        self.s3.create_bucket(**request)
        try:
            self._put_tags(inputs)
        except BaseException:
            self.s3.delete_bucket(Bucket=name)
            raise
        return State(name, self._outputs(inputs))

    def read(self, resource_id: str, inputs: Properties, outputs: Properties) -> Live | None:
        """The bucket and its tags."""
        if ask(self.s3.head_bucket, Bucket=resource_id) is None:
            return None
        tags = (ask(self.s3.get_bucket_tagging, Bucket=resource_id) or {}).get("TagSet", [])
        live = self.live_inputs(
            {**inputs, "bucket": resource_id}, {"tags": self.live_tags(inputs, tags)}
        )
        return Live(live, {**outputs, **self._outputs(live)})

    def update(self, resource_id: str, inputs: Properties, outputs: Properties) -> Properties:
        """The tags; everything else makes a new bucket or is the provider's own."""
        self._put_tags(inputs)
        return self._outputs(inputs)

    def delete(self, resource_id: str, outputs: Properties) -> None:
        """Delete the bucket; its objects too when forceDestroy says so, else a full one is refused."""
        if outputs.get("forceDestroy") and ask(self.s3.head_bucket, Bucket=resource_id) is not None:
            self._empty(resource_id)
        ask(self.s3.delete_bucket, Bucket=resource_id)

    def _put_tags(self, inputs: Properties) -> None:
        tags = [{"Key": key, "Value": value} for key, value in sorted(self.tags(inputs).items())]
        if tags:
            self.s3.put_bucket_tagging(Bucket=inputs["bucket"], Tagging={"TagSet": tags})
        else:
            self.s3.delete_bucket_tagging(Bucket=inputs["bucket"])

    def _empty(self, name: str) -> None:
        uploads = self.s3.get_paginator("list_multipart_uploads")
        for page in uploads.paginate(Bucket=name):
            for upload in page.get("Uploads", []):
                self.s3.abort_multipart_upload(
                    Bucket=name, Key=upload["Key"], UploadId=upload["UploadId"]
                )
        if self.s3.get_bucket_versioning(Bucket=name).get("Status") == "Suspended":
            # moto fails over a document's delete marker while the bucket makes no versions.
            self.s3.put_bucket_versioning(
                Bucket=name, VersioningConfiguration={"Status": "Enabled"}
            )
        versions = self.s3.get_paginator("list_object_versions")
        pages = versions.paginate(Bucket=name, PaginationConfig={"PageSize": _DELETED_AT_ONCE_MAX})
        doomed = [
            {"Key": version["Key"], "VersionId": version["VersionId"]}
            for page in pages
            for version in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        ]
        for start in range(0, len(doomed), _DELETED_AT_ONCE_MAX):
            batch = doomed[start : start + _DELETED_AT_ONCE_MAX]
            self.s3.delete_objects(Bucket=name, Delete={"Objects": batch, "Quiet": True})

    def _outputs(self, inputs: Properties) -> Properties:
        name, region = inputs["bucket"], self.account.region
        return {
            **inputs,
            "arn": f"arn:aws:s3:::{name}",
            "bucketDomainName": f"{name}.s3.amazonaws.com",
            "bucketRegionalDomainName": f"{name}.s3.{region}.amazonaws.com",
            "bucketRegion": region,
            "forceDestroy": bool(inputs.get("forceDestroy")),
            "objectLockEnabled": bool(inputs.get("objectLockEnabled")),
            "region": region,
            "tagsAll": self.tags(inputs),
        }


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
        flags = dict.fromkeys(_FLAGS, False) | asked
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


_FLAGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


def s3_handlers(s3: Any, account: Account) -> dict[str, Handler]:
    """The handlers of S3, by type."""

    def suspend(*, Bucket: str) -> Any:  # noqa: N803 - the API's name
        # A bucket that once had versions never loses them: it can only stop making new ones.
        answer = ask(s3.get_bucket_versioning, Bucket=Bucket)
        if not answer or answer.get("Status") != "Enabled":
            return answer or {}
        return s3.put_bucket_versioning(
            Bucket=Bucket, VersioningConfiguration={"Status": "Suspended"}
        )

    def versioning(answer: dict[str, Any]) -> dict[str, Any] | None:
        return {"versioningConfiguration": answer} if answer.get("Status") else None

    def lifecycle(answer: dict[str, Any]) -> dict[str, Any]:
        return {"rules": answer["Rules"]}

    def flags(answer: dict[str, Any]) -> dict[str, Any]:
        found = answer["PublicAccessBlockConfiguration"]
        return {pulumi_name(name): found.get(name) or None for name in _FLAGS}

    parts: list[BucketPart] = [
        BucketPart(
            schemas.VERSIONING,
            account,
            s3.put_bucket_versioning,
            s3.get_bucket_versioning,
            suspend,
            versioning,
        ),
        BucketPart(
            schemas.ENCRYPTION,
            account,
            s3.put_bucket_encryption,
            s3.get_bucket_encryption,
            s3.delete_bucket_encryption,
            lambda answer: {"rules": answer["ServerSideEncryptionConfiguration"]["Rules"]},
        ),
        PublicAccessBlock(
            schemas.PUBLIC_ACCESS,
            account,
            s3.put_public_access_block,
            s3.get_public_access_block,
            s3.delete_public_access_block,
            flags,
        ),
        BucketPart(
            schemas.OWNERSHIP,
            account,
            s3.put_bucket_ownership_controls,
            s3.get_bucket_ownership_controls,
            s3.delete_bucket_ownership_controls,
            lambda answer: {"rule": answer["OwnershipControls"]["Rules"]},
        ),
        BucketPolicy(
            schemas.BUCKET_POLICY,
            account,
            s3.put_bucket_policy,
            s3.get_bucket_policy,
            s3.delete_bucket_policy,
            lambda answer: {"policy": answer["Policy"]},
        ),
        BucketPart(
            schemas.LIFECYCLE,
            account,
            s3.put_bucket_lifecycle_configuration,
            s3.get_bucket_lifecycle_configuration,
            s3.delete_bucket_lifecycle,
            lifecycle,
        ),
    ]
    bucket = Bucket(schemas.BUCKET, account, s3)
    return {bucket.token: bucket, **{part.token: part for part in parts}}
