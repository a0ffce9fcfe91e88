"""Which storage account a store talks to, and with which credentials."""

import re
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from azure.storage.blob import ContainerClient
from requests.adapters import HTTPAdapter

from app.store.backends.blob_service.signatures import QuietTransport, hide_signatures
from app.store.backends.emulator_keys import AZURITE_KEY, refuse_emulator_key
from app.store.backends.endpoints import is_loopback
from app.store.errors import StoreOptionError

CONNECT_SECONDS_MAX: Final = 10
READ_SECONDS_MAX: Final = 60
RETRIES_MAX: Final = 3

# "Naming and Referencing Containers, Blobs, and Metadata": container names.
_CONTAINER_NAME: Final = re.compile(r"(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*|\$root|\$web")


def open_container(
    container: str,
    *,
    account: str | None,
    account_url: str | None,
    connection_string: str | None,
    client_id: str | None,
    connections_max: int,
) -> ContainerClient:
    """Return a client of the container; nothing is sent.

    Args:
        container: its name.
        account: the account's name; the credentials must be for it.
        account_url: its blob endpoint; None is the public cloud's, or the connection string's own.
        connection_string: with a key or a shared access signature; None asks for an identity.
        client_id: which managed identity; None leaves it to the SDK's chain.
        connections_max: how many connections are kept open.

    Raises:
        StoreOptionError: these do not fit together, or a key that everybody knows would leave this machine.
    """
    if not _CONTAINER_NAME.fullmatch(container):
        raise StoreOptionError(
            f"{container!r} is not a name of a container: 3 to 63 lower-case letters, digits, single hyphens"
        )
    if account and account_url:
        account_url = _with_account(account, account_url)
    elif account and not connection_string:
        account_url = f"https://{account}.blob.core.windows.net"
    options = _options(connections_max)
    if connection_string:
        return _with_connection_string(container, account, account_url, connection_string, options)
    if not account_url:
        raise StoreOptionError(
            "an Azure store needs the account's URL (with an identity) or a connection string (with a key)"
        )
    return _with_identity(container, account_url, client_id, options)


def _options(connections_max: int) -> dict[str, Any]:
    hide_signatures()
    session = requests.Session()
    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(pool_maxsize=connections_max))
    return {
        "transport": QuietTransport(session=session),
        "connection_timeout": CONNECT_SECONDS_MAX,
        "read_timeout": READ_SECONDS_MAX,
        "retry_total": RETRIES_MAX,
        # A second each time. The SDK's own first wait is 15: longer than a person believes in an answer.
        "initial_backoff": 0,
        "increment_base": 1,
        "random_jitter_range": 1,
        # One request up to here; larger content is staged by this package, under conditions of its own.
        "max_single_put_size": 64 << 20,
    }


def _with_connection_string(
    container: str,
    account: str | None,
    account_url: str | None,
    connection_string: str,
    options: dict[str, Any],
) -> ContainerClient:
    try:
        client = ContainerClient.from_connection_string(connection_string, container, **options)
    except ValueError:
        # Without its cause: the SDK's message may repeat the string.
        raise StoreOptionError("the Azure connection string cannot be read") from None
    endpoint = endpoint_of(client)
    if AZURITE_KEY in connection_string:
        refuse_emulator_key("", AZURITE_KEY, endpoint)
    if account_url and account_url.rstrip("/").lower() != endpoint.lower():
        raise StoreOptionError(f"the connection string is for {endpoint}, not for {account_url}")
    if account and account != account_of(endpoint):
        raise StoreOptionError(f"the connection string is for {endpoint}, not for {account}")
    return client


def _with_identity(
    container: str, account_url: str, client_id: str | None, options: dict[str, Any]
) -> ContainerClient:
    parts = urlsplit(account_url)
    if parts.scheme != "https" or not parts.netloc:
        raise StoreOptionError(
            f"an identity is only sent over https, not to {parts.scheme}://{parts.hostname or ''}; "
            "for an emulator give its connection string"
        )
    if parts.query or parts.username:
        raise StoreOptionError(
            "the account's URL carries credentials; give a shared access signature in a connection string"
        )
    # Imported here: it takes longer than the rest, and a key needs none of it.
    from azure.identity import DefaultAzureCredential

    # The type checker knows only some of the names that the credentials of the chain take.
    identity: dict[str, Any] = {"managed_identity_client_id": client_id} if client_id else {}
    return ContainerClient(account_url, container, DefaultAzureCredential(**identity), **options)


def endpoint_of(container: ContainerClient) -> str:
    """Return the account's blob endpoint, without what may be secret."""
    return container.url.partition("?")[0].rpartition("/")[0]


def account_of(endpoint: str) -> str:
    """Return the account's name from its blob endpoint: an emulator's path, else the host's first label."""
    parts = urlsplit(endpoint)
    return parts.path.strip("/") or (parts.hostname or "").partition(".")[0]


def _with_account(account: str, endpoint: str) -> str:
    """Return the account's URL at `endpoint`; an emulator has its accounts in the path."""
    if account_of(endpoint) == account:
        return endpoint
    parts = urlsplit(endpoint)
    if parts.path.strip("/") or not is_loopback(endpoint):
        raise StoreOptionError(f"{endpoint} is not an endpoint of the account {account}")
    return f"{endpoint.rstrip('/')}/{account}"
