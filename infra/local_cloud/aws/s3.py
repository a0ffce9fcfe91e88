"""S3's resource types: a bucket, and the handlers of its parts. All real in moto."""

from dataclasses import dataclass
from typing import Any

from infra.local_cloud.aws import payloads, schemas
from infra.local_cloud.aws.base import Account, AwsHandler
from infra.local_cloud.aws.bucket_parts import (
    FLAGS,
    BucketPart,
    BucketPolicy,
    PublicAccessBlock,
    Versioning,
)
from infra.local_cloud.aws.clients import ask
from infra.local_cloud.aws.shapes import pulumi_name
from infra.local_cloud.handlers import AlreadyExists, CloudError, Handler, Live, State
from infra.local_cloud.values import Properties

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
        return {pulumi_name(name): found.get(name) or None for name in FLAGS}

    parts: list[BucketPart] = [
        Versioning(
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
