"""The store that is checked: its address, and how each identity opens it."""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from app.environment import (
    MIGRATION_CONCURRENCY,
    Environments,
    credentials_of,
    open_store,
    stack_options,
    store_url,
)
from app.settings import ambient_variables, parse_layer_settings
from app.store.stack import Stack, StackOptions
from app.store.url import Credentials, StoreURL, parse_store_url
from app.store.url import open_store as open_url
from app.terms.outputs import Outputs
from app.terms.variables import Identity

if TYPE_CHECKING:
    from app.store.contract import BlobStore

Opener = Callable[[], "BlobStore"]

IDENTITIES: Final[tuple[Identity, ...]] = ("migrator", "agent")


@dataclass(frozen=True, slots=True)
class Watched:
    """What an environment's outputs declare about who notices that something is wrong.

    Attributes:
        alarms: their names.
        access_log: where is kept who read and wrote what; None: nowhere.
    """

    alarms: tuple[str, ...]
    access_log: str | None


@dataclass(frozen=True, slots=True)
class Destination:
    """A store before anything was asked of it.

    Attributes:
        url: its parts; no secret is in them.
        endpoint: where the service answers; None for a folder and for memory.
        environment: whose store it is; None where only variables or a URL name it.
        openers: for each identity with credentials of its own what opens the bare store; where both have the
            same, only the migrator's.
        options: the layers that stand on it.
        watched: None where no outputs say so: of a URL, of variables.
    """

    url: StoreURL
    endpoint: str | None
    environment: str | None
    openers: Mapping[Identity, Opener]
    options: StackOptions
    watched: Watched | None = None

    def __str__(self) -> str:
        """Return the address for people."""
        named = f" of {self.environment}" if self.environment else ""
        return f"{self.url}{named}"


def destination_of(environments: Environments, *, stack: str | None, to: str | None) -> Destination:
    """Return the store that a command names; nothing is opened.

    Args:
        environments: where environments are looked up.
        stack: the environment's name, as for `kb migrate`.
        to: a store's URL, likewise.

    Raises:
        SettingsError, StoreURLError: it is not named rightly.
    """
    if environments.read_outputs:
        # Looking up an environment starts the engine, which takes seconds; two identities ask.
        once = functools.cache(environments.read_outputs)
        environments = replace(environments, read_outputs=once)
    if to is not None:
        return _of_url(environments, stack, to)
    settings = {each: environments.settings(stack, identity=each) for each in IDENTITIES}
    migrators = settings["migrator"]
    url, credentials = store_url(migrators), credentials_of(migrators)
    openers = {
        each: functools.partial(_bare, functools.partial(open_store, found, for_migration=True))
        for each, found in settings.items()
        if each == "migrator" or credentials_of(found) != credentials
    }
    return Destination(
        url,
        _endpoint(url, credentials),
        migrators.kb_stack,
        openers,
        stack_options(migrators, for_migration=True),
        _watched(environments.outputs(stack)),
    )


def _watched(outputs: Outputs | None) -> Watched | None:
    if outputs is None:
        return None
    names = getattr(outputs, f"{outputs.primary}_alarms") or ""
    return Watched(
        tuple(name for name in names.split(",") if name),
        getattr(outputs, f"{outputs.primary}_access_log"),
    )


def _of_url(environments: Environments, stack: str | None, to: str) -> Destination:
    url = parse_store_url(to)
    credentials = {each: environments.credentials(stack, identity=each) for each in IDENTITIES}
    ambient = ambient_variables(environments.environ, folder=environments.folder)
    openers: dict[Identity, Opener] = {
        each: functools.partial(open_url, to, credentials=found, concurrency=MIGRATION_CONCURRENCY)
        for each, found in credentials.items()
        if each == "migrator" or found != credentials["migrator"]
    }
    if url.scheme == "memory":
        store = open_url(to)
        openers = {"migrator": lambda: store}
    return Destination(
        url,
        _endpoint(url, credentials["migrator"]),
        None,
        openers,
        stack_options(parse_layer_settings(ambient), for_migration=True),
    )


def _bare(opener: Opener) -> "BlobStore":
    store = opener()
    return store.backend if isinstance(store, Stack) else store


def _endpoint(url: StoreURL, credentials: Credentials) -> str | None:
    if url.scheme in ("file", "memory"):
        return None
    if url.endpoint_url:
        return url.endpoint_url
    if url.scheme == "s3":
        return f"https://s3.{url.region or 'us-east-1'}.amazonaws.com"
    if url.scheme == "gs":
        return "https://storage.googleapis.com"
    return _azure_endpoint(url.account, credentials.azure_connection_string)


def _azure_endpoint(account: str, connection_string: str | None) -> str:
    fields = dict(
        field.split("=", 1) for field in (connection_string or "").split(";") if "=" in field
    )
    if "BlobEndpoint" in fields:
        parts = urlsplit(fields["BlobEndpoint"])
        return f"{parts.scheme}://{parts.netloc}{parts.path}"
    suffix = fields.get("EndpointSuffix", "core.windows.net")
    return f"{fields.get('DefaultEndpointsProtocol', 'https')}://{account}.blob.{suffix}"
