"""One request, as far as access is concerned."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import parse_qsl, unquote, urlsplit


class UnknownRequest(Exception):
    """No row of the table describes this request; one sentence."""


@dataclass(frozen=True)
class Request:
    """One request to a service.

    Attributes:
        method: GET, PUT, …
        target: path and query, as they are sent.
        headers: by their names in lower case.
    """

    method: str
    target: str
    headers: Mapping[str, str]

    @cached_property
    def path(self) -> str:
        """The path, decoded, without its first slash."""
        return unquote(urlsplit(self.target).path).removeprefix("/")

    @cached_property
    def query(self) -> dict[str, str]:
        """The parameters; one without a value has ''."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    def unknown(self) -> UnknownRequest:
        """Return the error for a request that no table describes."""
        return UnknownRequest(f"no row describes {self.method} {self.target}")
