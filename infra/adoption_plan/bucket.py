"""An adopted bucket: what is set on it, and what the program would set."""

import json
from collections.abc import Callable, Iterator
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from app.terms.answers import Refusal
from infra.adoption import Aspect
from infra.adoption_plan.compare import Difference, Verdict, by_name, differences, whole
from infra.settings import Settings
from infra.stores import bucket_settings

_ABSENT: Final = frozenset(
    {
        "NoSuchBucketPolicy",
        "NoSuchLifecycleConfiguration",
        "NoSuchPublicAccessBlockConfiguration",
        "OwnershipControlsNotFoundError",
        "ServerSideEncryptionConfigurationNotFoundError",
    }
)
OWN_KEY: Final = "(a new key)"
"""Stands where a plan would name a key that the next `up` makes."""


def bucket_differences(s3: Any, settings: Settings) -> Iterator[Difference]:
    """Yield every property of the adopted bucket's parts.

    Raises:
        Refusal: there is no such bucket, or it may not be looked at.
    """
    name = str(settings.adopt.aws_bucket)
    _require(s3, name)
    for aspect, now, wanted in _parts(s3, name, settings):
        verdict: Verdict = "change" if aspect in settings.adopt.change else "kept"
        yield from differences(
            now, wanted, resource=f"bucket {name}", aspect=aspect, verdict=verdict
        )


def _parts(
    s3: Any, name: str, settings: Settings
) -> Iterator[tuple[Aspect, dict[str, Any], dict[str, Any]]]:
    ownership = _ask(s3.get_bucket_ownership_controls, name).get("OwnershipControls", {})
    (rule,) = ownership.get("Rules") or [{}]
    yield "access", {"rule": rule}, bucket_settings.ownership_controls()
    block = _ask(s3.get_public_access_block, name).get("PublicAccessBlockConfiguration", {})
    yield "access", block, bucket_settings.public_access_block()
    policy = json.loads(_ask(s3.get_bucket_policy, name).get("Policy", "{}"))
    asked = bucket_settings.bucket_policy(
        settings, bucket_arn=f"arn:{s3.meta.partition}:s3:::{name}"
    )
    yield (
        "policy",
        {"statement": whole(by_name(policy.get("Statement", []), name="Sid"))},
        {"statement": whole(by_name(asked["Statement"], name="Sid"))},
    )
    encryption = _ask(s3.get_bucket_encryption, name)
    key = OWN_KEY if settings.aws_encryption == "kms" else None
    yield (
        "encryption",
        {"rules": encryption.get("ServerSideEncryptionConfiguration", {}).get("Rules", [])},
        bucket_settings.default_encryption(key),
    )
    versioning = _ask(s3.get_bucket_versioning, name)
    yield "versions", {"versioningConfiguration": versioning}, bucket_settings.versioning()
    lifecycle = _ask(s3.get_bucket_lifecycle_configuration, name)
    wanted = bucket_settings.lifecycle(settings)
    yield (
        "lifecycle",
        {**lifecycle, "Rules": whole(by_name(lifecycle.get("Rules", []), name="ID"))},
        {**wanted, "rules": whole(by_name(wanted["rules"], name="id"))},
    )


def _require(s3: Any, name: str) -> None:
    try:
        s3.head_bucket(Bucket=name)
    except (ClientError, BotoCoreError) as error:
        raise Refusal(
            f"adopt.aws_bucket: the bucket {name!r} cannot be looked at: {error}. "
            "Is the name right, and the login?"
        ) from None


def _ask(call: Callable[..., dict[str, Any]], name: str) -> dict[str, Any]:
    try:
        answer = call(Bucket=name)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in _ABSENT:
            return {}
        raise Refusal(f"The bucket {name!r} cannot be looked at: {error}") from None
    return {key: value for key, value in answer.items() if key != "ResponseMetadata"}
