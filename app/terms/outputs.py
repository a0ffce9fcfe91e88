"""The outputs of a stack: the one list of what infra exports and the programs read.

Flat, so that a secret is always a whole top-level output: the engine masks only those. A change here changes
the committed schema: `python -m app.terms.schema` writes it anew.
"""

from collections.abc import Mapping
from typing import Any, Final, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    TypeAdapter,
    ValidationError,
    model_validator,
)

SCHEMA_VERSION: Final = 1

Cloud = Literal["aws", "azure", "gcp"]

PREFIX_PATTERN: Final = r"^([A-Za-z0-9][A-Za-z0-9._-]*/)*$"
"""Of an environment's prefix: '' or folders that end with '/'; nothing that a policy reads as a pattern."""

MASKED: Final = "[secret]"
"""What the engine shows instead of a secret, unless it is asked for them."""


class OutputsError(Exception):
    """The outputs of a stack are not what this version of the programs reads; one sentence."""


class Outputs(BaseModel):
    """Everything that `pulumi up` hands to the programs.

    A cloud that the configuration leaves out has None in each of its fields.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: Literal[1]
    given: tuple[str, ...] = Field(
        description="the other fields that the environment has: a lost one is noticed by its name"
    )
    environment: str = Field(min_length=1, description="the stack's name")
    primary: Cloud = Field(description="the cloud whose store the agent works in")
    prefix: str = Field(
        description="where the documents lie in the bucket or container: '' or 'kb/'"
    )

    aws_bucket: str | None = Field(None, min_length=1)
    aws_region: str | None = Field(None, min_length=1)
    aws_endpoint_url: str | None = Field(None, description="None: the service's own endpoint")
    aws_agent_role_arn: str | None = None
    aws_migrator_role_arn: str | None = None
    aws_agent_access_key_id: str | None = Field(None, description="only where config asks for keys")
    aws_agent_secret_access_key: SecretStr | None = None
    aws_migrator_access_key_id: str | None = None
    aws_migrator_secret_access_key: SecretStr | None = None
    aws_alarms: str | None = Field(
        None, description="the names of the alarms about the bucket, separated by commas"
    )
    aws_access_log: str | None = Field(None, description="s3://bucket/prefix/ of the access log")

    azure_account_url: str | None = Field(
        None, description="the account's blob endpoint, as ARM gives it"
    )
    azure_container: str | None = None
    azure_agent_client_id: str | None = None
    azure_migrator_client_id: str | None = None
    azure_connection_string: SecretStr | None = Field(
        None, description="only where config asks for keys"
    )
    azure_alarms: str | None = Field(
        None, description="the names of the alarms about the account, separated by commas"
    )
    azure_access_log: str | None = Field(
        None, description="the id of the Log Analytics workspace with the access log"
    )

    gcp_bucket: str | None = Field(None, min_length=1)
    gcp_project: str | None = Field(None, min_length=1)
    gcp_location: str | None = Field(None, min_length=1)
    gcp_endpoint_url: str | None = Field(None, description="None: the service's own endpoint")
    gcp_agent_service_account: str | None = Field(None, description="its email address")
    gcp_migrator_service_account: str | None = None
    gcp_agent_workload_provider: str | None = Field(
        None, description="what a workload from outside names to act as the agent"
    )
    gcp_migrator_workload_provider: str | None = None
    gcp_alarms: str | None = Field(
        None, description="the names of the alarms about the bucket, separated by commas"
    )
    gcp_access_log: str | None = Field(None, description="gs://bucket/prefix of the access log")

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        for name in _STORE_FIELDS[self.primary]:
            if getattr(self, name) is None:
                raise ValueError(f"{name} is missing although the primary cloud is {self.primary}")
        for together in TOGETHER:
            there = [name for name in together if getattr(self, name) is not None]
            absent = [name for name in together if getattr(self, name) is None]
            if there and absent:
                raise ValueError(f"{absent[0]} is missing although there is {there[0]}")
        for name in SECRET_FIELDS:
            secret = getattr(self, name)
            if secret is not None and secret.get_secret_value() == MASKED:
                raise ValueError(f"{name} is masked: read the outputs with --show-secrets")
        return self

    @property
    def clouds(self) -> tuple[Cloud, ...]:
        """The clouds that this environment has, the primary one first."""
        here: list[Cloud] = []
        if self.aws_bucket is not None:
            here.append("aws")
        if self.azure_container is not None:
            here.append("azure")
        if self.gcp_bucket is not None:
            here.append("gcp")
        return tuple(sorted(here, key=lambda cloud: cloud != self.primary))


_STORE_FIELDS: Final[Mapping[Cloud, tuple[str, ...]]] = {
    "aws": ("aws_bucket", "aws_region"),
    "azure": ("azure_account_url", "azure_container"),
    "gcp": ("gcp_bucket", "gcp_project", "gcp_location"),
}
TOGETHER: Final[tuple[tuple[str, ...], ...]] = (
    *_STORE_FIELDS.values(),
    ("aws_agent_access_key_id", "aws_agent_secret_access_key"),
    ("aws_migrator_access_key_id", "aws_migrator_secret_access_key"),
)
"""Fields of which an environment has all or none."""

SECRET_FIELDS: Final = frozenset(
    name for name, field in Outputs.model_fields.items() if "SecretStr" in str(field.annotation)
)
"""The fields that must be secret outputs of the stack."""


def parse_outputs(values: Mapping[str, Any], *, environment: str) -> Outputs:
    """Return the outputs of the stack `environment`.

    Raises:
        OutputsError: there are none, they are of another schema version, or a field is missing, unknown or
            wrong; the sentence names the field. No value of a secret is in it.
    """
    if not values:
        raise OutputsError(
            f"Environment {environment!r} has no outputs: it is not up. Run: kb up -s {environment}"
        )
    version = values.get("schema_version")
    # Through the engine's JSON a number may come back as 1.0.
    if version != SCHEMA_VERSION:
        raise OutputsError(
            f"Environment {environment!r} has outputs of schema_version {version!r}, this program reads "
            f"version {SCHEMA_VERSION}. {_advice(environment)}"
        )
    problem = _difference_to_given(values)
    if problem is None:
        try:
            return Outputs.model_validate({**values, "schema_version": SCHEMA_VERSION})
        except ValidationError as error:
            problem = _sentence(error)
    raise OutputsError(
        f"The outputs of environment {environment!r} do not fit: {problem}. {_advice(environment)}"
    )


def require_field(name: str, value: Any) -> None:
    """Refuse a value that the field `name` cannot have, whatever the other fields say.

    Raises:
        OutputsError: one sentence that names the field. No value of a secret is in it.
    """
    try:
        TypeAdapter(Outputs.model_fields[name].rebuild_annotation()).validate_python(value)
    except ValidationError as error:
        raise OutputsError(f"The output {name!r} does not fit: {_sentence(error)}.") from None


def _difference_to_given(values: Mapping[str, Any]) -> str | None:
    """Say in which names the values differ from those that the environment was given, if they do."""
    known = Outputs.model_fields.keys()
    unknown = [f"{name} is no field that this program knows" for name in values.keys() - known]
    given = values.get("given")
    if given is None:
        return ", and ".join(["given is missing", *unknown])
    if not isinstance(given, list | tuple) or not all(isinstance(name, str) for name in given):
        return None  # said by the field's own type
    listed = set(given) - {"given"}
    there = {name for name, value in values.items() if value is not None} - {"given"}
    lost = [name for name in (*known, *listed - known) if name in listed - there]
    if lost or unknown:
        return ", and ".join([*(f"{name} is missing" for name in lost), *unknown])
    for name in known:
        if name in there - listed:
            return f"{name} is there, although the environment was made without"
    return None


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    message = first["msg"].removeprefix("Value error, ")
    return f"field {where!r}: {message}" if where else message


def _advice(environment: str) -> str:
    return f"Run: kb up -s {environment}"
