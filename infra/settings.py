"""The configuration of one environment: read once from Pulumi's config, validated, frozen."""

import difflib
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Literal, Self, get_args, get_origin

import pulumi
from pulumi.runtime import config as engine_config
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from app.terms.outputs import PREFIX_PATTERN, Cloud
from app.terms.permissions import Migration, identities_of
from app.terms.variables import Identity
from infra.adoption import Adoption
from infra.network import Network
from infra.settings_rules import require_fitting
from infra.tiering import TieringPolicy
from infra.trust import Trust
from infra.watch.settings import Watch

ENDPOINT_VARIABLE: Final = "AWS_ENDPOINT_URL_S3"
"""Where S3 answers when it is not AWS's own: the variable that the SDKs and the provider read, too."""

GCP_ENDPOINT_VARIABLE: Final = "STORAGE_EMULATOR_HOST"
"""Where Google Cloud Storage is emulated: the variable that Google's SDKs read."""

AzureRedundancy = Literal[
    "Standard_LRS",
    "Standard_ZRS",
    "Standard_GRS",
    "Standard_RAGRS",
    "Standard_GZRS",
    "Standard_RAGZRS",
]

_RENAMED: Final[Mapping[str, str]] = {
    "migrator": "is called migration now: 'open' instead of true, 'closed' instead of false, and 'rollback' "
    "while the migrator may also delete",
}
"""What to write instead of a key of an earlier version."""


class Settings(BaseModel):
    """What the configuration says; each field is the config key of the same name.

    Every key is explained in docs/guide/configuration.md.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    clouds: tuple[Cloud, ...] = Field(default=("aws", "azure"), min_length=1)
    primary: Cloud = Field(default="aws", description="default: the first of clouds")
    prefix: str = Field(default="kb/", pattern=PREFIX_PATTERN, examples=["", "kb/"])
    disposable: bool = False
    migration: Migration = "closed"
    agent_trust: Trust = Trust()
    migrator_trust: Trust = Trust()
    tiering: TieringPolicy = TieringPolicy()
    adopt: Adoption = Adoption()
    network: Network = Network()
    watch: Watch = Watch()

    # Names: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html and
    # https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata
    aws_bucket: str | None = Field(
        default=None,
        pattern=r"^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$",
        examples=["example-knowledge-base"],
    )
    aws_encryption: Literal["s3", "kms"] = "s3"
    aws_kms_key_arn: str | None = Field(
        default=None,
        pattern=r"^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[A-Za-z0-9-]+$",
        examples=["arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"],
    )
    # https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html (botocore 1.44, too)
    aws_kms_rotation_days: int = Field(default=365, ge=90, le=2560)
    aws_access_keys: bool = False
    aws_permissions_boundary: str | None = Field(
        default=None,
        pattern=r"^arn:aws[a-z-]*:iam::(\d{12}|aws):policy/[\w+=,.@/-]+$",
        examples=["arn:aws:iam::123456789012:policy/knowledge-base-boundary"],
    )

    azure_account: str | None = Field(
        default=None, pattern=r"^[a-z0-9]{3,24}$", examples=["examplekb"]
    )
    azure_container: str = Field(
        default="knowledge-base",
        min_length=3,
        max_length=63,
        pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$",
        examples=["knowledge-base"],
    )
    azure_redundancy: AzureRedundancy = "Standard_LRS"
    azure_shared_key: bool = False
    azure_key: str | None = Field(
        default=None,
        pattern=r"^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.KeyVault/vaults/"
        r"[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]/keys/[A-Za-z0-9-]{1,127}$",
        examples=[
            "/subscriptions/S/resourceGroups/G/providers/Microsoft.KeyVault/vaults/vault/keys/key"
        ],
    )

    # https://cloud.google.com/storage/docs/buckets#naming; with dots, one must own the domain.
    gcp_bucket: str | None = Field(
        default=None,
        pattern=r"^[a-z0-9][a-z0-9_-]{1,61}[a-z0-9]$",
        examples=["example-knowledge-base"],
    )
    gcp_location: str = Field(
        default="EU", pattern=r"^[A-Z]+[A-Z0-9-]*[A-Z0-9]$", examples=["EU", "EUROPE-WEST3"]
    )
    gcp_kms_key: str | None = Field(
        default=None,
        pattern=r"^projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+$",
        examples=["projects/P/locations/europe/keyRings/R/cryptoKeys/K"],
    )
    # https://cloud.google.com/billing/docs/how-to/find-billing-account-id
    gcp_billing_account: str | None = Field(
        default=None, pattern=r"^([0-9A-F]{6}-){2}[0-9A-F]{6}$", examples=["0A1B2C-3D4E5F-6A7B8C"]
    )

    @model_validator(mode="before")
    @classmethod
    def _primary_defaults_to_the_first(cls, values: Any) -> Any:
        clouds = values.get("clouds") if isinstance(values, dict) else None
        if isinstance(clouds, list) and clouds and values.get("primary") is None:
            return {**values, "primary": clouds[0]}
        return values

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        require_fitting(self)
        return self

    @property
    def container(self) -> str:
        """The Azure container that holds the documents, new or adopted."""
        return self.adopt.azure_container or self.azure_container

    @property
    def has_google_budget(self) -> bool:
        """Whether a budget is made on Google Cloud: of an amount, in a billing account."""
        return self.watch.budget_month is not None and self.gcp_billing_account is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """An environment: its name, its settings, and what comes from the process."""

    name: str
    project: str
    settings: Settings
    aws_endpoint_url: str | None = None
    gcp_endpoint_url: str | None = None
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def is_emulated(self) -> bool:
        """Whether it is on this machine, and no account of anybody's is touched: the local cloud's names."""
        return re.fullmatch(r"local(-[a-z0-9][a-z0-9-]*)?", self.name) is not None

    @property
    def tags(self) -> dict[str, str]:
        """What marks each resource as this environment's, where a cloud has tags."""
        return {"project": self.project, "environment": self.name}

    @property
    def identities(self) -> tuple[Identity, ...]:
        """Who works in the environment; the migrator only while the configuration lets it in."""
        return identities_of(self.settings.migration)

    @property
    def is_settled(self) -> bool:
        """Whether nobody migrates: from then on, silence is worth an alarm."""
        return "migrator" not in self.identities

    def trust(self, identity: Identity) -> Trust:
        """Return who may act as an identity."""
        return self.settings.agent_trust if identity == "agent" else self.settings.migrator_trust


def read_environment(environ: Mapping[str, str] = os.environ) -> Environment:
    """Return the environment that the engine is working on.

    Raises:
        pulumi.RunError: a value is wrong or a key unknown; one sentence that names the key.
    """
    stack = pulumi.get_stack()
    return Environment(
        name=stack,
        project=pulumi.get_project(),
        settings=parse_settings(
            dict(_configured()), namespace=pulumi.get_project(), file=f"Pulumi.{stack}.yaml"
        ),
        aws_endpoint_url=environ.get(ENDPOINT_VARIABLE) or None,
        gcp_endpoint_url=environ.get(GCP_ENDPOINT_VARIABLE) or None,
    )


def parse_settings(values: Mapping[str, Any], *, namespace: str, file: str) -> Settings:
    """Return the settings that config values say; strings as the engine hands them over, or parsed ones.

    Args:
        values: by key without its namespace.
        namespace: of the keys, for the message.
        file: where a person corrects them, for the message.

    Raises:
        pulumi.RunError: one sentence that names each wrong key.
    """
    unknown = sorted(values.keys() - Settings.model_fields.keys())
    if unknown:
        raise pulumi.RunError(f"{file}: {namespace}:{unknown[0]} {_instead(unknown[0])}.")
    try:
        return Settings.model_validate({name: _parsed(name, raw) for name, raw in values.items()})
    except ValidationError as error:
        problems = "; ".join(
            f"{namespace}:{_key(problem['loc'])}{_reason(problem)}"
            for problem in error.errors(include_url=False)
        )
        raise pulumi.RunError(f"{file}: {problems}.") from None


def _configured() -> Iterator[tuple[str, str]]:
    """Yield what is configured under our namespace.

    `pulumi.Config` answers for keys that one knows; a misspelled key is found only by looking at all of them.
    """
    config = pulumi.Config()
    keys = {**engine_config.get_config_env(), **engine_config.CONFIG.get()}
    for key in sorted(keys):
        name = key.removeprefix(f"{config.name}:")
        value = config.get(name) if name != key else None
        if value is not None:
            yield name, value


def _parsed(name: str, raw: Any) -> Any:
    """Lists and objects arrive as JSON; what is none stays a string and is refused by its type."""
    annotation = Settings.model_fields[name].annotation
    is_scalar = (
        annotation in (bool, str)
        or get_origin(annotation) is Literal
        or str in get_args(annotation)
    )
    if is_scalar or not isinstance(raw, str):
        return raw
    try:
        return json.loads(raw)
    except ValueError:
        return raw


def _key(location: tuple[int | str, ...]) -> str:
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return path.removeprefix(".")


def _reason(problem: Any) -> str:
    message = re.sub(r"^Value error, ", "", problem["msg"])
    match problem["type"]:
        case "string_pattern_mismatch":
            examples = Settings.model_fields[problem["loc"][0]].examples or []
            message = f"{problem['input']!r} must look like {' or '.join(map(repr, examples))}"
        case "tuple_type":
            message = f"{problem['input']!r} must be a list"
        case "too_short":
            message = "it is empty"
        case "dataclass_type":
            message = f"{problem['input']!r} must be a map of settings"
        case "unexpected_keyword_argument":
            message = "is no setting of this program"
    # A rule about several keys together has no location, and names them itself.
    return f": {message}" if problem["loc"] else message


def _instead(name: str) -> str:
    if name in _RENAMED:
        return _RENAMED[name]
    near = difflib.get_close_matches(name, Settings.model_fields, n=1)
    suggestion = f" (did you mean {near[0]}?)" if near else ""
    return f"is no setting of this program{suggestion}; docs/guide/configuration.md lists them all"
