"""Which endpoint a store talks to, and with which credentials."""

import os
import threading
from typing import Any, Final
from urllib.parse import urlsplit

import google.auth
import requests.adapters
from google.auth.credentials import AnonymousCredentials
from google.auth.exceptions import GoogleAuthError
from google.cloud.storage import Client
from google.oauth2 import service_account

from app.store.backends.endpoints import is_loopback
from app.store.errors import StoreOptionError

TIMEOUT: Final = (10, 60)
"""Seconds, to connect and between two bytes of an answer."""
GOOGLE: Final = "https://storage.googleapis.com"

_SCOPES: Final = ("https://www.googleapis.com/auth/devstorage.read_write",)
# Google's own: the public endpoints, private ones (Private Service Connect), and its sovereign clouds.
_GOOGLE_DOMAINS: Final = (".googleapis.com", ".goog")


class Clients:
    """Makes the client when it is first asked for, and closes the one it made.

    Args:
        endpoint_url: None is $STORAGE_EMULATOR_HOST, as for Google's own tools, else Google itself.
        credentials_file: a service account's key; None leaves it to application default credentials. An
            endpoint on this machine gets no credentials at all.
        project: which project a new bucket belongs to; None is that of the credentials.
        connections_max: how many connections are kept open.

    Raises:
        StoreOptionError: the file holds no key, or credentials would go where they do not belong.
    """

    def __init__(
        self,
        *,
        endpoint_url: str | None,
        credentials_file: str | None,
        project: str | None,
        connections_max: int,
    ) -> None:
        self.endpoint = _endpoint(endpoint_url or os.environ.get("STORAGE_EMULATOR_HOST"))
        _refuse_elsewhere(self.endpoint, with_credentials=bool(credentials_file))
        self._credentials = _read_key(credentials_file) if credentials_file else None
        self._project = project
        self._connections_max = connections_max
        self._made: Client | None = None
        self._lock = threading.Lock()

    @property
    def client(self) -> Client:
        """The one client; making it may look for credentials on this machine and in its cloud."""
        with self._lock:
            if self._made is None:
                self._made = self._make()
            return self._made

    def close(self) -> None:
        """Close the connections; a later call opens new ones."""
        with self._lock:
            made, self._made = self._made, None
        if made is not None:
            made.close()

    def _make(self) -> Client:
        credentials, project = self._credentials, self._project
        if is_loopback(self.endpoint):
            anonymous: Any = AnonymousCredentials
            credentials = credentials or anonymous()
            project = project or "local"
        elif credentials is None:
            credentials, found = google.auth.default(scopes=_SCOPES)
            project = project or found
        client = Client(
            project=project,
            credentials=credentials,
            client_options={"api_endpoint": self.endpoint},
        )
        # Else the SDK asks for the bucket's own metadata in the background, for traces that nobody takes: a
        # permission (storage.buckets.get) that no identity here has or needs.
        client._bucket_metadata_cache = None
        for scheme in ("https://", "http://"):
            adapter = requests.adapters.HTTPAdapter(pool_maxsize=self._connections_max)
            client._http.mount(scheme, adapter)
        return client


def _endpoint(url: str | None) -> str:
    if not url:
        return GOOGLE
    # Some of Google's tools want the variable without a scheme.
    return (url if "://" in url else f"http://{url}").rstrip("/")


def _refuse_elsewhere(endpoint: str, *, with_credentials: bool) -> None:
    parts = urlsplit(endpoint)
    host = parts.hostname or ""
    if parts.username or parts.query or parts.path or parts.scheme not in ("http", "https"):
        raise StoreOptionError(
            "a GCS endpoint is an address alone: https://host or http://host:port"
        )
    if is_loopback(endpoint):
        if with_credentials and parts.scheme != "https":
            raise StoreOptionError(
                f"credentials are only sent over https, not to http://{host}; an emulator needs none"
            )
    elif parts.scheme != "https":
        raise StoreOptionError(
            f"credentials are only sent over https, not to http://{host}; an emulator must be on this machine"
        )
    elif not f".{host}".endswith(_GOOGLE_DOMAINS):
        raise StoreOptionError(f"Google credentials are not sent to {host}, which is not Google's")


def _read_key(path: str) -> Any:
    from_file: Any = service_account.Credentials.from_service_account_file
    try:
        return from_file(path, scopes=_SCOPES)
    except OSError as error:
        raise StoreOptionError(
            f"the key file {path} cannot be read: {error.strerror or error}"
        ) from error
    except (ValueError, GoogleAuthError):
        # Without its cause: the message may repeat what is in the file.
        raise StoreOptionError(f"{path} holds no key of a Google service account") from None
