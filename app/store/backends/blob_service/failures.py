"""What the answers of Azure's blob service and the errors of its SDK mean for a store."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    HttpResponseError,
    IncompleteReadError,
    ServiceRequestError,
    ServiceRequestTimeoutError,
    ServiceResponseError,
    ServiceResponseTimeoutError,
)

from app.store.backends.blob_service.archive import archived
from app.store.backends.endpoints import BUSY, TornAnswer, no_answer
from app.store.backends.refusals import condition_failed, not_found, not_modified
from app.store.contract import ALWAYS, IfVersion, When
from app.store.errors import (
    AccessDenied,
    InvalidKey,
    LeaseHeld,
    LeaseLost,
    StoreError,
    StoreMissing,
    Unavailable,
    Unsupported,
)
from app.store.keys import Key

CONTAINER_MISSING: Final = frozenset(
    {"ContainerNotFound", "ContainerBeingDeleted", "ContainerDisabled"}
)
# Azurite says InvalidOperation, as Azure does of snapshots only, which a store never touches.
_DAMAGED: Final = frozenset({"Md5Mismatch", "InvalidOperation"})


@contextmanager
def translated(
    key: Key,
    *,
    container: str,
    endpoint: str,
    when: When = ALWAYS,
    retried: bool = True,
    lease: str | None = None,
) -> Iterator[None]:
    """Turn an error of the SDK in the block into the StoreError that it means for `key`.

    Args:
        key: what the call is about; "" for the container.
        container: for messages.
        endpoint: for messages.
        when: the condition of the call.
        retried: whether the SDK may repeat the call.
        lease: the one that the call names.
    """
    try:
        yield
    except ClientAuthenticationError as error:
        raise AccessDenied(
            f"{key or container}: Azure refused the credentials ({_code(error) or _first_line(error)})",
            key=key,
        ) from error
    except TornAnswer as error:
        raise no_answer(key, endpoint, "the answer broke off", retried=False) from error
    except IncompleteReadError as error:
        # As with S3: of a body that breaks the SDK repeats the rest at best.
        raise no_answer(key, endpoint, "the answer broke off", retried=False) from error
    except HttpResponseError as error:
        meaning = _meaning(key, error, container, endpoint, when, retried=retried, lease=lease)
        if meaning is None:
            raise
        raise meaning from error
    except (ServiceRequestError, ServiceResponseError) as error:
        raise no_answer(key, endpoint, _reason(error), retried=retried) from error


def container_missing(container: str, endpoint: str) -> StoreMissing:
    """Return the error for a container that does not exist."""
    return StoreMissing(f"the container {container} does not exist at {endpoint}")


def _meaning(
    key: Key,
    error: HttpResponseError,
    container: str,
    endpoint: str,
    when: When,
    *,
    retried: bool,
    lease: str | None,
) -> StoreError | None:
    code, status = _code(error), error.status_code or 0
    if code in CONTAINER_MISSING:
        return container_missing(container, endpoint)
    if code.startswith("Lease"):
        # One word for all of them: a call that names a lease has the wrong one, another lacks the right one.
        if lease is None:
            return LeaseHeld(f"{key} is locked by another's lease", key=key)
        return LeaseLost(
            f"the lease of {key} has ended or is another's; nothing was changed", key=key
        )
    if code == "BlobArchived":
        return archived(key)
    if code == "SnapshotsPresent":
        return Unsupported(f"{key} has snapshots; they must be deleted before it", key=key)
    if code == "InvalidBlockList":
        # Another upload to the same blob was completed meanwhile, which discards the parts of this one.
        if when is ALWAYS:
            return Unavailable(f"{key} was written by another at the same time", key=key)
        return condition_failed(key, when)
    if code in _DAMAGED:
        return Unavailable(f"{key} was damaged on the way; nothing was written", key=key)
    if status == 404:
        return condition_failed(key, when) if isinstance(when, IfVersion) else not_found(key)
    if status == 304:
        return not_modified(key)
    if status == 412 or code == "BlobAlreadyExists":
        return condition_failed(key, when)
    if status in (401, 403):
        return AccessDenied(f"{key or container}: Azure refused the credentials ({code})", key=key)
    if status in (408, 429) or status >= 500:
        said = f"it said {code or status}"
        return no_answer(key, endpoint, said, retried=retried, busy=status in BUSY)
    if status == 414 or code in ("InvalidUri", "OutOfRangeInput"):
        return InvalidKey(
            f"{key} cannot be a blob's name together with the store's prefix", key=key
        )
    if status < 300:
        # So the SDK says that a body broke off (without a status), or that XML ended too early.
        return no_answer(key, endpoint, "the answer broke off", retried=False)
    return None


def _code(error: HttpResponseError) -> str:
    code = getattr(error, "error_code", None)
    if not code:
        # The SDK drops codes that it has no name for.
        headers: Mapping[str, str] = getattr(error.response, "headers", {})
        code = headers.get("x-ms-error-code")
    return str(getattr(code, "value", code) or "")


def _reason(error: AzureError) -> str:
    if isinstance(error, ServiceRequestTimeoutError | ServiceResponseTimeoutError):
        return "it took too long"
    if isinstance(error, ServiceRequestError):
        return "no connection"
    return _first_line(error)


def _first_line(error: AzureError) -> str:
    return (str(error.message).splitlines() or [""])[0].rstrip(".")
