"""The two clients of obstore that a store needs: one that retries, and one that never does."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, Generic, TypeVar

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig

Client = TypeVar("Client")

# obstore's own limit covers a whole answer, however large: it is only there to end what nothing else ends.
_ANSWER_SECONDS_MAX: Final = 3600
_RETRY_SECONDS_MAX: Final = 180


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a client waits, and how often it tries: as the vendor's SDK does.

    Attributes:
        connect_seconds_max: for a connection.
        read_seconds_max: for the next bytes.
        retries_max: how often a call that may be repeated is repeated.
        backoff_seconds: how long it waits before each repetition: so much to twice as much.
    """

    connect_seconds_max: float
    read_seconds_max: float
    retries_max: int
    backoff_seconds: float

    def client_options(self, endpoint: str, ca_bundle: str | None) -> "ClientConfig":
        """Return the options of an HTTP client.

        Args:
            endpoint: where it is to go; plain HTTP only where this says so.
            ca_bundle: a file with the certificates to trust besides the system's.
        """
        options: ClientConfig = {
            "allow_http": endpoint.startswith("http://"),
            "connect_timeout": timedelta(seconds=self.connect_seconds_max),
            "read_timeout": timedelta(seconds=self.read_seconds_max),
            "timeout": timedelta(seconds=_ANSWER_SECONDS_MAX),
        }
        if ca_bundle:
            options["root_certificate"] = Path(ca_bundle).read_bytes()
        return options

    def retry_config(self, *, retries: bool) -> "RetryConfig":
        """Return obstore's configuration of retries."""
        return {
            "max_retries": self.retries_max if retries else 0,
            "retry_timeout": timedelta(seconds=_RETRY_SECONDS_MAX),
            "backoff": {
                "init_backoff": timedelta(seconds=self.backoff_seconds),
                "max_backoff": timedelta(seconds=2 * self.backoff_seconds),
                "base": 2,
            },
        }


class Clients(Generic[Client]):
    """Makes its clients when they are first asked for.

    Args:
        make: makes one that retries, or one that does not.
    """

    def __init__(self, make: Callable[[bool], Client]) -> None:
        self._make = make
        self._made: dict[bool, Client] = {}
        self._lock = threading.Lock()

    def client(self, *, retries: bool) -> Client:
        """Return the client for calls that may be repeated, or that for those that must not be."""
        client = self._made.get(retries)
        if client is None:
            with self._lock:
                client = self._made.get(retries)
                if client is None:
                    client = self._made[retries] = self._make(retries)
        return client

    def close(self) -> None:
        """Let go of the connections; a later call opens new ones."""
        self._made = {}
