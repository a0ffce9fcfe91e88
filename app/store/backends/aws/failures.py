"""What the answers of S3 and the errors of botocore mean for a store."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    IncompleteReadError,
    NoCredentialsError,
    PartialCredentialsError,
    ReadTimeoutError,
    ResponseStreamingError,
)

from app.store.backends.aws.archive import archived
from app.store.backends.endpoints import BUSY, TornAnswer, no_answer
from app.store.backends.refusals import condition_failed, not_found, not_modified
from app.store.contract import ALWAYS, IfVersion, When
from app.store.errors import AccessDenied, InvalidKey, StoreError, StoreMissing, Unsupported
from app.store.keys import Key

_CONDITION: Final = frozenset({"PreconditionFailed", "412", "ConditionalRequestConflict", "409"})
_MISSING: Final = frozenset({"NoSuchKey", "NotFound", "404"})
_DENIED: Final = frozenset(
    {
        "AccessDenied",
        "AllAccessDisabled",
        "AccountProblem",
        "ExpiredToken",
        "InvalidAccessKeyId",
        "InvalidToken",
        "SignatureDoesNotMatch",
        "Forbidden",
        "403",
        "401",
    }
)
_OFFLINE: Final = frozenset({"InvalidObjectState", "ObjectNotInActiveTierError"})
# The codes that botocore's standard mode retries, and every 5xx.
_SLOWER: Final = frozenset({"SlowDown", "Throttling"})
_BUSY: Final = _SLOWER | {"RequestTimeout", "RequestTimeTooSkewed"}


@contextmanager
def translated(
    key: Key, *, bucket: str, endpoint: str, when: When = ALWAYS, retried: bool = True
) -> Iterator[None]:
    """Turn an error of botocore in the block into the StoreError that it means for `key`.

    Args:
        key: what the call is about; "" for the bucket.
        bucket: for messages.
        endpoint: for messages.
        when: the condition of the call.
        retried: whether the client that is used retries.
    """
    try:
        yield
    except ClientError as error:
        meaning = _meaning_of_answer(key, error, bucket, endpoint, when, retried=retried)
        if meaning is None:
            raise
        raise meaning from error
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise AccessDenied(
            f"no AWS credentials for {key or bucket}: {error}. Set AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY, a profile or a role",
            key=key,
        ) from error
    except (IncompleteReadError, ResponseStreamingError) as error:
        # The body breaks after botocore's own retries are over: the call as a whole may be repeated.
        raise no_answer(key, endpoint, "the answer broke off", retried=False) from error
    except TornAnswer as error:
        raise no_answer(key, endpoint, "the answer broke off", retried=False) from error
    except (ConnectionError, HTTPClientError) as error:
        raise no_answer(key, endpoint, _reason(error), retried=retried) from error


def bucket_missing(bucket: str, endpoint: str) -> StoreMissing:
    """Return the error for a bucket that does not exist."""
    return StoreMissing(f"the bucket {bucket} does not exist at {endpoint}")


def _meaning_of_answer(
    key: Key, error: ClientError, bucket: str, endpoint: str, when: When, *, retried: bool
) -> StoreError | None:
    code = error.response.get("Error", {}).get("Code", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code == "NoSuchBucket":
        return bucket_missing(bucket, endpoint)
    if code in _MISSING:
        return condition_failed(key, when) if isinstance(when, IfVersion) else not_found(key)
    if code in _CONDITION:
        return condition_failed(key, when)
    if code in ("304", "NotModified"):
        return not_modified(key)
    if code in _DENIED:
        return AccessDenied(f"{key or bucket}: S3 refused the credentials ({code})", key=key)
    if code == "KeyTooLongError":
        return InvalidKey(f"{key} is too long together with the store's prefix", key=key)
    if code in _OFFLINE:
        return archived(key, "DEEP_ARCHIVE", requested=False)
    if code == "InvalidStorageClass":
        return Unsupported(f"{key}: there is no such storage class", key=key)
    if code in _BUSY or status in BUSY or status >= 500:
        busy = status in BUSY or code in _SLOWER
        return no_answer(key, endpoint, f"it said {code or status}", retried=retried, busy=busy)
    return None


def _reason(error: BotoCoreError) -> str:
    if isinstance(error, ConnectTimeoutError | ReadTimeoutError):
        return "it took too long"
    if isinstance(error, EndpointConnectionError):
        return "no connection"
    return str(error).rstrip(".")
