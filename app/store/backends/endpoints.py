"""Addresses of services: which are this machine's own, and what to say when nobody answers there."""

import ipaddress
from typing import Final
from urllib.parse import urlsplit

from app.store.errors import Busy, RetriesExhausted, Unavailable
from app.store.keys import Key


def is_loopback(address: str) -> bool:
    """Return whether the URL's host is this machine, by a name or number that no other can have."""
    host = urlsplit(address).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class TornAnswer(Exception):
    """An answer broke off, and what carries it took the end of the connection for the end of the answer."""


BUSY: Final = frozenset({429, 503})
"""The statuses by which services say that they are asked too much."""


def no_answer(
    key: Key | str,
    address: str,
    reason: str,
    *,
    retried: bool,
    busy: bool = False,
    retry_after_seconds: float = 0.0,
) -> Unavailable:
    """Return the error for a service that did not answer, or answered that it cannot.

    Args:
        key: what the call was about.
        address: the service's endpoint.
        reason: what happened, as a phrase.
        retried: the SDK has tried several times.
        busy: the service said that it is asked too much.
        retry_after_seconds: how long it asked to wait then.
    """
    parts = urlsplit(address)
    place = f"{parts.scheme}://{parts.netloc}" if parts.netloc else address
    advice = " Is the emulator up? Run: kb local start" if is_loopback(address) else ""
    message = f"{place} did not answer{f' about {key}' if key else ''}: {reason}.{advice}"
    if retried:
        return RetriesExhausted(message, key=key)
    if busy:
        return Busy(message, key=key, retry_after_seconds=retry_after_seconds)
    return Unavailable(message, key=key)
