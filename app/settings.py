"""What a program of this project needs to know to work: read once, validated, frozen."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, Self, TypeVar

from dotenv import dotenv_values
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator

from app.terms.answers import Refusal, UsageRefusal

Parsed = TypeVar("Parsed", bound="LayerSettings")
StorageType = Literal["filesystem", "azure", "s3", "gcs"]


class SettingsError(UsageRefusal):
    """A setting is missing or wrong; one sentence that names it."""

    code = "settings"


class LayerSettings(BaseModel):
    """Which layers stand on the store: variables of a process, whatever its environment."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kb_monitored: bool = False
    kb_cache_seconds: float = Field(0, ge=0, description="0 holds nothing")
    kb_deduplicate: bool = False
    kb_compress: bool = False


class Settings(LayerSettings):
    """The guide's variables, by their names in lower case; see `docs/guide/settings.md`."""

    storage_type: StorageType
    storage_path: Path = Field(Path("./storage"), description="filesystem: the folder")
    kb_prefix: str = Field("", description="where the documents lie: '' or 'kb/'")
    kb_stack: str | None = None
    anthropic_api_key: SecretStr | None = None
    kb_model: str | None = None
    azure_storage_connection_string: SecretStr | None = None
    azure_storage_account_url: str | None = None
    azure_container_name: str = "knowledge-base"
    azure_client_id: str | None = None
    aws_bucket_name: str | None = None
    aws_access_key_id: str | None = None
    aws_secret_access_key: SecretStr | None = None
    aws_session_token: SecretStr | None = None
    aws_region: str = "us-east-1"
    aws_endpoint_url_s3: str | None = None
    gcs_bucket_name: str | None = None
    gcs_credentials_file: str | None = None
    storage_emulator_host: str | None = None

    @model_validator(mode="after")
    def _storage_is_named(self) -> Self:
        if self.storage_type == "s3" and not self.aws_bucket_name:
            raise ValueError("AWS_BUCKET_NAME is needed for STORAGE_TYPE=s3")
        if self.storage_type == "gcs" and not self.gcs_bucket_name:
            raise ValueError("GCS_BUCKET_NAME is needed for STORAGE_TYPE=gcs")
        if self.storage_type == "azure" and not (
            self.azure_storage_connection_string or self.azure_storage_account_url
        ):
            raise ValueError(
                "AZURE_STORAGE_ACCOUNT_URL (identity) or AZURE_STORAGE_CONNECTION_STRING (key) is needed "
                "for STORAGE_TYPE=azure"
            )
        return self


LAYER_VARIABLES: Final = tuple(name.upper() for name in LayerSettings.model_fields)
"""The variables that say nothing of where documents are."""

VARIABLES: Final = tuple(name.upper() for name in Settings.model_fields)
"""Every variable that is read."""


@dataclass(frozen=True, slots=True)
class Variables:
    """Variables and where they came from, for messages."""

    values: Mapping[str, str]
    origin: str


def parse_settings(variables: Variables) -> Settings:
    """Return the settings that the variables spell.

    Raises:
        SettingsError: one is missing or wrong; the sentence names it and where it was read, never a value
            that could be a secret.
    """
    return _parsed(Settings, variables)


def parse_layer_settings(variables: Variables) -> LayerSettings:
    """Return the layers that the variables spell, for a store that they do not name.

    Raises:
        SettingsError: as `parse_settings`.
    """
    return _parsed(LayerSettings, variables)


def _parsed(model: type[Parsed], variables: Variables) -> Parsed:
    found: dict[str, Any] = {
        name.lower(): value
        for name, value in variables.values.items()
        if name in VARIABLES and value
    }
    try:
        return model.model_validate(found)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = ".".join(str(part) for part in first["loc"]).upper()
        message = first["msg"].removeprefix("Value error, ")
        raise SettingsError(
            f"{name + ': ' if name else ''}{message} (read from {variables.origin})."
        ) from None


def ambient_variables(environ: Mapping[str, str], *, folder: Path) -> Variables:
    """Return the variables of the process and, behind them, those of `folder`/.env."""
    dotenv_path = folder / ".env"
    try:
        dotenv = {
            name: value for name, value in dotenv_values(dotenv_path).items() if value is not None
        }
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal(f"{dotenv_path} cannot be read: {error}.") from error
    merged = {**dotenv, **environ}
    return Variables(
        {name: merged[name] for name in VARIABLES if merged.get(name)},
        "the environment and .env" if dotenv else "the environment",
    )
