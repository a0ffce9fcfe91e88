"""How requests to Azure's blob service are signed: with a key, a signature given, or an identity's token."""

import base64
import hmac
from collections.abc import Callable
from functools import lru_cache
from time import time
from typing import Any, Final
from urllib.parse import urlsplit

from azure.storage.blob import ContainerClient

from app.store.backends.bulk.headers import lines_of

_SCOPE: Final = "https://storage.azure.com/.default"
_EARLY_SECONDS: Final = 300
"""A token is asked for anew so long before its end: azure-core's own margin."""

# "Authorize with Shared Key", format for 2009-09-19 and later: the signed headers in their order.
_SIGNED_HEADERS: Final = (
    "content-encoding",
    "content-language",
    "content-length",
    "content-md5",
    "content-type",
    "date",
    "if-modified-since",
    "if-match",
    "if-none-match",
    "if-unmodified-since",
    "range",
)


class Signer:
    """Signs with what the SDK's client was opened with.

    Args:
        container: the SDK's client.
        now: seconds since 1970.
    """

    def __init__(self, container: ContainerClient, *, now: Callable[[], float] = time) -> None:
        self._now = now
        self._account = str(container.account_name)
        self._credential: Any = container.credential
        self._query = urlsplit(container.url).query
        key = getattr(self._credential, "account_key", None)
        # Copied for each request: to take in the key costs as much as the text.
        self._keyed = hmac.new(base64.b64decode(key), digestmod="sha256") if key else None
        self._token = ("", 0.0)

    def signed(
        self, method: str, url: str, headers: dict[str, str], size: int
    ) -> tuple[str, list[str]]:
        """Return the URL and the lines of the headers to send.

        Args:
            method: HTTP's.
            url: quoted as it is sent, without a query.
            headers: by their names in lower case; the host's and the length's are not among them.
            size: of the body, in bytes.
        """
        lines = lines_of(headers)
        if self._keyed is not None:
            keyed = self._keyed.copy()
            keyed.update(self._to_sign(method, url, headers, size).encode())
            signature = base64.b64encode(keyed.digest()).decode()
            lines.append(f"Authorization: SharedKey {self._account}:{signature}")
        elif hasattr(self._credential, "get_token"):
            lines.append(f"Authorization: Bearer {self._fresh_token()}")
        else:
            url = f"{url}?{self._query}"
        return url, lines

    def _to_sign(self, method: str, url: str, headers: dict[str, str], size: int) -> str:
        found = {**headers, "content-length": str(size) if size else ""}
        path = url.split("/", 3)[3]
        return f"{method}\n{_template(tuple(found)) % found}/{self._account}/{path}"

    def _fresh_token(self) -> str:
        token, ends = self._token
        if self._now() > ends - _EARLY_SECONDS:
            found = self._credential.get_token(_SCOPE)
            token, ends = self._token = (found.token, float(found.expires_on))
        return token


@lru_cache(maxsize=256)
def _template(names: tuple[str, ...]) -> str:
    """Return what is signed of headers with these names, with a place for the text of each."""
    plain = [f"%({name})s\n" if name in names else "\n" for name in _SIGNED_HEADERS]
    own = [f"{name}:%({name})s\n" for name in _in_order(names)]
    return "".join(plain + own)


def _in_order(names: tuple[str, ...]) -> list[str]:
    """Return the service's own headers in the order in which it signs them.

    Not that of their bytes: the service compares words, in which a hyphen counts for nothing and an
    underscore comes before digits and letters.
    """
    own = [name for name in names if name.startswith("x-ms-")]
    return sorted(own, key=lambda name: name.replace("-", "").replace("_", "!"))
