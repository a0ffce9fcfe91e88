"""What the answers of a service to bulk calls mean for a store."""

import re
from dataclasses import dataclass
from time import time
from typing import Final

from app.store.backends.bulk.headers import moment_of
from app.store.backends.bulk.messages import Reply, Silence
from app.store.backends.endpoints import BUSY, no_answer
from app.store.backends.refusals import condition_failed, not_found
from app.store.contract import IfVersion, When
from app.store.errors import AccessDenied, StoreError, StoreMissing
from app.store.keys import Key

_CODE: Final = re.compile(rb"<Code>\s*(\w+)\s*</Code>")
_CODE_HEADER: Final = "x-ms-error-code"

_CONDITION_CODES: Final = frozenset(
    {"", "PreconditionFailed", "ConditionalRequestConflict", "ConditionNotMet", "BlobAlreadyExists"}
)
_MISSING_CODES: Final = frozenset({"", "NoSuchKey", "BlobNotFound", "ResourceNotFound"})
# Answers with 403 that are about the blob or the clock, and not about who asks.
_NOT_DENIED_CODES: Final = frozenset({"InvalidObjectState", "RequestTimeTooSkewed"})


@dataclass(frozen=True, slots=True)
class Service:
    """What messages say of a store's service.

    Attributes:
        name: of the service.
        endpoint: where it answers.
        missing: the error for a place that does not exist.
        missing_codes: the codes by which the service says so.
    """

    name: str
    endpoint: str
    missing: StoreMissing
    missing_codes: frozenset[str]


def is_passing(came: Reply | Silence) -> bool:
    """Return whether the same request may do better a little later."""
    if isinstance(came, Silence):
        return True
    return came.status >= 500 or came.status in (408, 429)


def meaning_of(
    came: Reply | Silence, key: Key, service: Service, *, when: When | None, retried: bool
) -> StoreError | None:
    """Return the StoreError that a refusal, or silence, means for `key`.

    Args:
        came: what came instead of the answer hoped for.
        key: what the call was about.
        service: for messages.
        when: the condition of a write; None for a read.
        retried: it was asked more than once.

    Returns:
        None where the vendor's SDK has to say it: the answer is one that only it understands.
    """
    if isinstance(came, Silence):
        return no_answer(key, service.endpoint, came.reason, retried=retried)
    status, code = came.status, _code_of(came)
    if code in service.missing_codes:
        return StoreMissing(str(service.missing))
    if status == 404 and code in _MISSING_CODES:
        if isinstance(when, IfVersion):
            return condition_failed(key, when)
        return not_found(key) if when is None else None
    if when is not None and status in (304, 409, 412) and code in _CONDITION_CODES:
        return condition_failed(key, when)
    if status in (401, 403) and code not in _NOT_DENIED_CODES:
        return AccessDenied(
            f"{key}: {service.name} refused the credentials ({code or status})", key=key
        )
    if is_passing(came):
        return no_answer(
            key,
            service.endpoint,
            f"it said {code or status}",
            retried=retried,
            busy=status in BUSY,
            retry_after_seconds=retry_after_seconds(came),
        )
    return None


def retry_after_seconds(came: Reply | Silence) -> float:
    """Return how long the service asks to wait (RFC 9110, Retry-After); 0 where it does not say."""
    if isinstance(came, Silence):
        return 0.0
    said = came.headers.get("retry-after", "")
    if said.isdecimal():
        return float(said)
    try:
        return max(0.0, moment_of(said).timestamp() - time()) if said else 0.0
    except ValueError:
        return 0.0


def wrote_nothing(came: Reply | Silence) -> bool:
    """Return whether a write that ended so surely had no effect."""
    return came.unsent if isinstance(came, Silence) else 300 <= came.status < 500


def _code_of(reply: Reply) -> str:
    code = reply.headers.get(_CODE_HEADER)
    if code:
        return code
    found = _CODE.search(reply.body)
    return found[1].decode("ascii") if found else ""
