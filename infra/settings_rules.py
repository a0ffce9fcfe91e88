"""What several settings together must not say."""

from typing import TYPE_CHECKING, Final

from infra.tiering.laws.azure import WITHOUT_ARCHIVE

if TYPE_CHECKING:
    from infra.settings import Settings

SUBJECT_BYTES_MAX: Final = 127
"""Of google.subject (IAM API, WorkloadIdentityPoolProvider.attributeMapping, 2026-10)."""

GCP_BUDGET_EMAILS_MAX: Final = 5
"""Channels that a budget tells (Cloud Billing Budget API v1, NotificationsRule, revision 20261011)."""

_KEYS: Final = (
    ("aws_kms_key_arn", "aws"),
    ("azure_key", "azure"),
    ("gcp_kms_key", "gcp"),
    ("gcp_billing_account", "gcp"),
)
_ADOPTED: Final = (
    ("aws_bucket", "aws"),
    ("azure_resource_group", "azure"),
    ("gcp_bucket", "gcp"),
)


def require_fitting(settings: "Settings") -> None:
    """Refuse settings that do not fit together.

    Raises:
        ValueError: one sentence that names the keys.
    """
    if len(set(settings.clouds)) != len(settings.clouds):
        raise ValueError("clouds names a cloud twice")
    if settings.primary not in settings.clouds:
        raise ValueError(f"primary is {settings.primary}, which is not one of clouds")
    if (
        "azure" in settings.clouds
        and settings.tiering.archives
        and settings.azure_redundancy in WITHOUT_ARCHIVE
    ):
        raise ValueError(
            f"tiering archives, but azure_redundancy {settings.azure_redundancy} has no archive tier: "
            "take Standard_LRS, Standard_GRS or Standard_RAGRS"
        )
    if settings.tiering.by == "access" and settings.clouds != ("azure",):
        raise ValueError(
            "tiering.by is access, which only Azure knows: leave it out, or name azure alone in clouds"
        )
    _require_short_subjects(settings)
    _require_clouds(settings)
    _require_one_origin(settings)
    _require_keys_that_are_used(settings)
    _require_few_emails(settings)
    settings.network.require_covers(settings.clouds)
    if settings.network.restricts_aws and settings.adopt.leaves(
        "policy", adopted=settings.adopt.aws_bucket
    ):
        raise ValueError(
            "network restricts a bucket by its policy, and that of an adopted one is left as it is: "
            "add policy to adopt.change"
        )


def _require_short_subjects(settings: "Settings") -> None:
    for name in ("agent_trust", "migrator_trust"):
        subject: str | None = getattr(settings, name).oidc_subject
        if "gcp" in settings.clouds and subject and len(subject.encode()) > SUBJECT_BYTES_MAX:
            raise ValueError(
                f"{name}.oidc_subject has more than {SUBJECT_BYTES_MAX} bytes, which Google Cloud does "
                "not take"
            )


def _require_few_emails(settings: "Settings") -> None:
    if settings.has_google_budget and len(settings.watch.emails) > GCP_BUDGET_EMAILS_MAX:
        raise ValueError(
            f"watch.emails names more than {GCP_BUDGET_EMAILS_MAX}, which a budget of Google Cloud does not "
            "take: name fewer, or leave out gcp_billing_account"
        )


def _require_clouds(settings: "Settings") -> None:
    for name, cloud in _KEYS:
        if getattr(settings, name) is not None and cloud not in settings.clouds:
            raise ValueError(f"{name} is of {cloud}, which is not one of clouds")
    for name, cloud in _ADOPTED:
        if getattr(settings.adopt, name) is not None and cloud not in settings.clouds:
            raise ValueError(f"adopt.{name} is of {cloud}, which is not one of clouds")


def _require_one_origin(settings: "Settings") -> None:
    for name in ("aws_bucket", "azure_account", "gcp_bucket"):
        if getattr(settings, name) is not None and getattr(settings.adopt, name) is not None:
            raise ValueError(
                f"{name} names what is made, adopt.{name} what exists: give one of them"
            )


def _require_keys_that_are_used(settings: "Settings") -> None:
    if settings.aws_kms_key_arn is not None and settings.aws_encryption != "kms":
        raise ValueError("aws_kms_key_arn is used only with aws_encryption kms")
    # With a key of the owner's named, the bucket may be encrypted with it already.
    if (
        settings.aws_encryption == "kms"
        and settings.aws_kms_key_arn is None
        and settings.adopt.leaves("encryption", adopted=settings.adopt.aws_bucket)
    ):
        raise ValueError(
            "aws_encryption kms makes a key that the adopted bucket would not use: name the key that it "
            "has as aws_kms_key_arn, or add encryption to adopt.change"
        )
    for name, holder in (("azure_key", "azure_account"), ("gcp_kms_key", "gcp_bucket")):
        if getattr(settings, name) is not None and getattr(settings.adopt, holder) is not None:
            raise ValueError(
                f"{name} encrypts what is made; what encrypts adopt.{holder} is set by its owner"
            )
