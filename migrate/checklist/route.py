"""The way to a service: whether its name resolves and something listens there."""

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from app.store.backends.endpoints import is_loopback

_CONNECT_SECONDS_MAX: Final = 10.0
_AZURE_HOSTS: Final = (
    ".blob.core.windows.net",
    ".blob.core.chinacloudapi.cn",
    ".blob.core.usgovcloudapi.net",
)
_KNOWN_HOST: Final = "login.microsoftonline.com"
"""A name that resolves wherever Azure's do; an account's own does only if the account exists."""


@dataclass(frozen=True, slots=True)
class Route:
    """What was found on the way.

    Attributes:
        evidence: what was seen, as a sentence.
        next_step: what mends it; "" if it is open.
        account_missing: the name of the storage account resolves nowhere, though others do.
    """

    evidence: str
    next_step: str = ""
    account_missing: bool = False

    @property
    def is_open(self) -> bool:
        """Whether something listens at its end."""
        return not self.next_step


@dataclass(frozen=True, slots=True)
class Roads:
    """Looks for the way to an endpoint.

    Attributes:
        resolve: looks up a host and a port, as `socket.getaddrinfo` does.
        connect: opens a connection, as `socket.create_connection` does.
        proxies: which proxy each scheme has.
    """

    resolve: Callable[[str, int], Any] = socket.getaddrinfo
    connect: Callable[[tuple[str, int], float], Any] = socket.create_connection
    proxies: Callable[[], dict[str, str]] = getproxies

    def to(self, endpoint: str) -> Route:
        """Return the way to the service that answers at `endpoint`."""
        parts = urlsplit(endpoint)
        proxy = self.proxies().get(parts.scheme)
        if proxy and not proxy_bypass(parts.hostname or ""):
            # The service's own address is the proxy's business.
            parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
            return self._through(parts.hostname or "", parts.port or 80, "the proxy ")
        port = parts.port or (443 if parts.scheme == "https" else 80)
        return self._through(parts.hostname or "", port, "")

    def _through(self, host: str, port: int, what: str) -> Route:
        place = f"{what}{host}:{port}"
        try:
            self.resolve(host, port)
        except OSError as error:
            return self._unnamed(host, what, error)
        began = time.perf_counter()
        try:
            self.connect((host, port), _CONNECT_SECONDS_MAX).close()
        except OSError as error:
            return Route(f"{place} takes no connection: {_reason(error)}.", _advice(host))
        milliseconds = 1000 * (time.perf_counter() - began)
        return Route(f"{place} takes connections ({milliseconds:.1f} ms)")

    def _unnamed(self, host: str, what: str, error: OSError) -> Route:
        if host.endswith(_AZURE_HOSTS) and not what and self._resolves(_KNOWN_HOST):
            return Route("names resolve here, but not this account's", account_missing=True)
        return Route(
            f"{what}{host} has no address: {_reason(error)}.",
            "Look at the endpoint's and the region's spelling; then at this machine's DNS: a VPN, a "
            "private endpoint's zone.",
        )

    def _resolves(self, host: str) -> bool:
        try:
            self.resolve(host, 443)
        except OSError:
            return False
        return True


def _advice(host: str) -> str:
    if is_loopback(f"http://{host}"):
        return "Start what answers there: kb local start starts the emulators of an environment."
    return (
        "Open the way: a firewall's rule, the VPN, the account's or bucket's list of allowed networks, or a "
        "proxy (HTTPS_PROXY)."
    )


def _reason(error: OSError) -> str:
    return (error.strerror or str(error) or type(error).__name__).rstrip(".").lower()


OPEN_ROADS: Final = Roads()
