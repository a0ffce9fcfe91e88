"""What the errors of obstore mean for a store."""

import re
from dataclasses import dataclass
from typing import Final

from obstore import exceptions

from app.store.backends.endpoints import BUSY, no_answer
from app.store.backends.refusals import condition_failed, not_found
from app.store.contract import IfVersion, When
from app.store.errors import AccessDenied, StoreError, StoreMissing
from app.store.keys import Key

RAISED: Final = (exceptions.BaseError, FileNotFoundError, ValueError)
"""What obstore's calls raise for what services answer, or do not answer."""

# obstore shows a service's answer in its messages only.
_STATUS: Final = re.compile(r"non-2xx status code: (\d{3})")
_CODE: Final = re.compile(r"<Code>\s*(\w+)\s*</Code>")
_RETRIED: Final = re.compile(r"after [1-9]\d* retries")
_NEVER_SENT: Final = (
    exceptions.InvalidPathError,
    exceptions.NotSupportedError,
    exceptions.UnauthenticatedError,
    ValueError,
)
_REDIRECTED: Final = "redirect without LOCATION"

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


def meaning_of(
    error: Exception, key: Key, service: Service, *, when: When | None
) -> StoreError | None:
    """Return the StoreError that an error of obstore means for `key`.

    Args:
        error: one of `RAISED`.
        key: what the call was about.
        service: for messages.
        when: the condition of a write; None for a read.

    Returns:
        None where the vendor's SDK has to say it: the answer is one that only it understands.
    """
    text = str(error)
    status, code = _answer(text)
    if not status:
        return _silence(text, key, service)
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
    if status >= 500 or status in (408, 429):
        retried = bool(_RETRIED.search(text))
        said = f"it said {code or status}"
        return no_answer(key, service.endpoint, said, retried=retried, busy=status in BUSY)
    return None


def wrote_nothing(error: Exception) -> bool:
    """Return whether a write that ended with `error` surely had no effect."""
    text = str(error)
    status, _ = _answer(text)
    if status:
        return 300 <= status < 500
    return isinstance(error, _NEVER_SENT) or _REDIRECTED in text


def _answer(text: str) -> tuple[int, str]:
    """Return the status and the code of the service's answer; 0 and "" where there was none."""
    status = _STATUS.search(text)
    if not status:
        return 0, ""
    code = _CODE.search(text, status.end())
    return int(status[1]), code[1] if code else ""


def _silence(text: str, key: Key, service: Service) -> StoreError | None:
    if "HTTP error" not in text:
        return None
    if "kind: Timeout" in text or "TimedOut" in text:
        reason = "it took too long"
    elif "kind: Connect" in text:
        reason = "no connection"
    else:
        reason = "the answer broke off"
    return no_answer(key, service.endpoint, reason, retried=bool(_RETRIED.search(text)))
