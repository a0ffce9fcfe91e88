"""An environment as a program sees it: its name, its settings, its store."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import urlsplit

from pydantic import SecretStr

from app.settings import (
    LAYER_VARIABLES,
    LayerSettings,
    Settings,
    Variables,
    ambient_variables,
    parse_settings,
)
from app.terms.answers import Refusal
from app.terms.options import environment_name
from app.terms.outputs import Outputs
from app.terms.variables import Identity, variables_of

if TYPE_CHECKING:
    import typer

    from app.store.contract import BlobStore
    from app.store.stack import StackOptions
    from app.store.url import Credentials, StoreURL

_CREDENTIALS: Final = {
    "aws_access_key_id": "AWS_ACCESS_KEY_ID",
    "aws_secret_access_key": "AWS_SECRET_ACCESS_KEY",
    "aws_session_token": "AWS_SESSION_TOKEN",
    "azure_connection_string": "AZURE_STORAGE_CONNECTION_STRING",
    "azure_client_id": "AZURE_CLIENT_ID",
    "google_credentials_file": "GCS_CREDENTIALS_FILE",
}
"""The fields of `Credentials`, and the variables that they come from."""

CONCURRENCY: Final = 16
"""How many calls a store's bulk verbs make at once."""

MIGRATION_CONCURRENCY: Final = 256
"""The same for a migration, at most: as many as the distance of the service asks for."""


class OutputsReader(Protocol):
    """Reads the outputs of a stack; handed in by the command line, so that `app` runs without an engine."""

    def __call__(self, environment: str) -> Outputs:
        """Return the outputs, or raise an error with an `exit_code`."""
        ...


@dataclass(frozen=True, slots=True)
class Environments:
    """Where commands find an environment by its name.

    Attributes:
        read_outputs: None where the infra programs are not installed.
        environ: the variables of the process.
        folder: where `.env` is looked for.
    """

    read_outputs: OutputsReader | None
    environ: Mapping[str, str]
    folder: Path

    def settings(self, stack: str | None, *, identity: Identity = "agent") -> Settings:
        """Return the settings for a command: what `variables` spells."""
        return parse_settings(self.variables(stack, identity=identity))

    def variables(self, stack: str | None, *, identity: Identity = "agent") -> Variables:
        """Return the variables that decide for a command.

        An environment named with `-s` is meant: its outputs decide, whatever the shell holds. Without `-s`,
        STORAGE_TYPE in the environment or `.env` decides, whole: parts of two places are never mixed, so that
        a forgotten variable cannot send documents to another account. Else the outputs of $KB_STACK or
        `local` decide.
        """
        ambient = ambient_variables(self.environ, folder=self.folder)
        outputs = self.outputs(stack)
        if outputs is None:
            return ambient
        values = variables_of(outputs, identity=identity)
        # What answers, and which layers stand between, says nothing of where documents are: it comes from
        # the shell in every case.
        for name in ("ANTHROPIC_API_KEY", "KB_MODEL", *LAYER_VARIABLES):
            if name in ambient.values:
                values[name] = ambient.values[name]
        source = f"the outputs of environment {environment_name(stack, self.environ)!r}"
        return Variables(values, source)

    def outputs(self, stack: str | None) -> Outputs | None:
        """Return the outputs that decide for a command; None where the process's variables do."""
        ambient = ambient_variables(self.environ, folder=self.folder)
        if stack is None and ambient.values.get("STORAGE_TYPE"):
            return None
        environment = environment_name(stack, self.environ)
        if self.read_outputs is None:
            raise Refusal(
                f"Environment {environment!r} cannot be looked up: this installation has no Pulumi. "
                "Set STORAGE_TYPE and its variables (kb env prints them), or install the extra 'infra'."
            )
        return self.read_outputs(environment)

    def credentials(self, stack: str | None, *, identity: Identity = "agent") -> "Credentials":
        """Return what opens a store that a command names by its URL.

        They are those of the environment named with `-s`, else those of the variables and `.env`.
        """
        if stack is not None:
            return credentials_of(self.settings(stack, identity=identity))
        return _ambient_credentials(self.environ, self.folder)


def environments_of(ctx: "typer.Context") -> Environments:
    """Return what the command line handed to a command."""
    environments = ctx.obj()
    assert isinstance(environments, Environments)  # noqa: S101 - app.cli sets it, nobody else
    return environments


def environments_of_process(read_outputs: OutputsReader | None) -> Environments:
    """Return the environments as this process sees them."""
    return Environments(read_outputs, dict(os.environ), Path.cwd())


def open_store(settings: Settings, *, for_migration: bool = False) -> "BlobStore":
    """Return the store that the settings name, with their credentials or the vendor's default chain.

    SDKs are imported here, so that a command that touches no store does not pay for them.

    Args:
        settings: of an environment.
        for_migration: as `stack_options`.
    """
    from app.store.stack import open_stack

    backend = _open_backend(
        settings, concurrency=MIGRATION_CONCURRENCY if for_migration else CONCURRENCY
    )
    return open_stack(backend, stack_options(settings, for_migration=for_migration))


def stack_options(settings: LayerSettings, *, for_migration: bool = False) -> "StackOptions":
    """Return which layers the settings ask for.

    Args:
        settings: of a process.
        for_migration: nothing is answered from memory: a proof looks at the store itself.
    """
    from app.store.stack import StackOptions

    cached = settings.kb_cache_seconds > 0 and not for_migration
    return StackOptions(
        metered=settings.kb_monitored,
        cache_seconds_max=settings.kb_cache_seconds if cached else None,
        deduplicate=settings.kb_deduplicate,
        compress=settings.kb_compress,
    )


def open_store_at(url: str) -> "BlobStore":
    """Return the backend that a URL names, with the credentials of this process: its variables, `.env`."""
    from app.store.url import open_store

    return open_store(url, credentials=_ambient_credentials(os.environ, Path.cwd()))


def with_credentials(environ: Mapping[str, str], credentials: "Credentials") -> dict[str, str]:
    """Return the variables of a process that shall use these credentials and no others."""
    named = {variable: getattr(credentials, name) for name, variable in _CREDENTIALS.items()}
    others = {name: value for name, value in environ.items() if name not in named}
    return others | {name: value for name, value in named.items() if value is not None}


def credentials_of(settings: Settings) -> "Credentials":
    """Return what opens the store that the settings name."""
    from app.store.url import Credentials

    return Credentials(
        aws_access_key_id=settings.aws_access_key_id,
        aws_secret_access_key=_plain(settings.aws_secret_access_key),
        aws_session_token=_plain(settings.aws_session_token),
        azure_connection_string=_plain(settings.azure_storage_connection_string),
        azure_client_id=settings.azure_client_id,
        google_credentials_file=settings.gcs_credentials_file,
    )


def _ambient_credentials(environ: Mapping[str, str], folder: Path) -> "Credentials":
    from app.store.url import Credentials

    found = ambient_variables(environ, folder=folder).values
    return Credentials(**{name: found.get(variable) for name, variable in _CREDENTIALS.items()})


def _open_backend(settings: Settings, *, concurrency: int) -> "BlobStore":
    match settings.storage_type:
        case "filesystem":
            from app.store.backends.local import LocalStore

            return LocalStore(settings.storage_path / settings.kb_prefix)
        case "s3":
            from app.store.backends.s3 import S3Store

            assert settings.aws_bucket_name  # noqa: S101 - the settings' own validator has said so
            return S3Store(
                settings.aws_bucket_name,
                prefix=settings.kb_prefix,
                region_name=settings.aws_region,
                endpoint_url=settings.aws_endpoint_url_s3,
                aws_access_key_id=settings.aws_access_key_id,
                aws_secret_access_key=_plain(settings.aws_secret_access_key),
                aws_session_token=_plain(settings.aws_session_token),
                concurrency=concurrency,
            )
        case "azure":
            from app.store.backends.azure import AzureStore

            return AzureStore(
                settings.azure_container_name,
                prefix=settings.kb_prefix,
                account_url=settings.azure_storage_account_url,
                connection_string=_plain(settings.azure_storage_connection_string),
                client_id=settings.azure_client_id,
                concurrency=concurrency,
            )
        case "gcs":
            from app.store.backends.gcs import GCSStore

            assert settings.gcs_bucket_name  # noqa: S101 - as for s3
            return GCSStore(
                settings.gcs_bucket_name,
                prefix=settings.kb_prefix,
                endpoint_url=settings.storage_emulator_host,
                credentials_file=settings.gcs_credentials_file,
            )


def store_url(settings: Settings) -> "StoreURL":
    """Return the URL of the store that the settings name, with what opens it beside the credentials."""
    from app.store.url import StoreURL

    prefix = f"{settings.kb_prefix.removesuffix('/')}/" if settings.kb_prefix else ""
    match settings.storage_type:
        case "filesystem":
            folder = settings.storage_path.absolute() / settings.kb_prefix
            return StoreURL("file", place=str(folder))
        case "s3":
            return StoreURL(
                "s3",
                place=settings.aws_bucket_name or "",
                prefix=prefix,
                endpoint_url=settings.aws_endpoint_url_s3,
                region=settings.aws_region,
            )
        case "azure":
            return StoreURL(
                "azure",
                place=settings.azure_container_name,
                account=_account(settings),
                prefix=prefix,
                endpoint_url=settings.azure_storage_account_url,
            )
        case "gcs":
            return StoreURL(
                "gs",
                place=settings.gcs_bucket_name or "",
                prefix=prefix,
                endpoint_url=settings.storage_emulator_host,
            )


def store_address(settings: Settings) -> str:
    """Return a URL that says where the documents are, without any secret."""
    match settings.storage_type:
        case "filesystem":
            return (settings.storage_path.absolute() / settings.kb_prefix).as_uri()
        case "s3":
            return f"s3://{settings.aws_bucket_name}/{settings.kb_prefix}"
        case "gcs":
            return f"gs://{settings.gcs_bucket_name}/{settings.kb_prefix}"
        case "azure":
            return (
                f"azure://{_account(settings)}/{settings.azure_container_name}/{settings.kb_prefix}"
            )


def _account(settings: Settings) -> str:
    if settings.azure_storage_account_url:
        parts = urlsplit(settings.azure_storage_account_url)
        # Emulators and custom domains carry the account in the path, the service in the host's first label.
        return parts.path.strip("/") or (parts.hostname or "").split(".")[0]
    fields = dict(
        field.split("=", 1)
        for field in (_plain(settings.azure_storage_connection_string) or "").split(";")
        if "=" in field
    )
    return fields.get("AccountName", "account")


def _plain(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None
