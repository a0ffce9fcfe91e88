"""What the answers of Google Cloud Storage and the errors of its SDK mean for a store."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from google.api_core.exceptions import GoogleAPICallError
from google.auth.exceptions import DefaultCredentialsError, GoogleAuthError
from google.cloud.storage.exceptions import DataCorruption
from requests import exceptions as requests_exceptions

from app.store.backends.endpoints import BUSY, no_answer
from app.store.backends.google_cloud.retries import is_no_answer, status_of
from app.store.backends.refusals import condition_failed, not_found, not_modified
from app.store.contract import ALWAYS, When
from app.store.errors import AccessDenied, InvalidKey, StoreError, StoreMissing, Unavailable
from app.store.keys import KEY_BYTES_MAX, Key

_CONDITION: Final = frozenset({409, 412})
_OTHER_BYTES: Final = "doesn't match calculated"
"""Of the sentence with which the service refuses content; it has no code of its own (JSON API, 400)."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a call was sent to."""

    bucket: str
    name: str
    endpoint: str


@contextmanager
def translated(
    key: Key, place: Place, *, when: When = ALWAYS, retried: bool = True
) -> Iterator[None]:
    """Turn an error of the SDK in the block into the StoreError that it means for `key`.

    Args:
        key: what the call is about; "" for the bucket.
        place: for messages, and for the length of the name.
        when: the condition of the call.
        retried: whether the SDK may repeat the call.
    """
    try:
        yield
    except StoreError:
        raise
    except DataCorruption as error:
        raise changed_on_the_way(key) from error
    except DefaultCredentialsError as error:
        raise AccessDenied(
            f"no Google credentials for {key or place.bucket}. Set GOOGLE_APPLICATION_CREDENTIALS, give a "
            "key file, or run: gcloud auth application-default login",
            key=key,
        ) from error
    except Exception as error:
        meaning = _meaning(key, error, place, when, retried=retried)
        if meaning is None:
            raise
        raise meaning from error


def bucket_missing(bucket: str, endpoint: str) -> StoreMissing:
    """Return the error for a bucket that does not exist."""
    return StoreMissing(f"the bucket {bucket} does not exist at {endpoint}")


def changed_on_the_way(key: Key) -> Unavailable:
    """Return the error for bytes that do not match their checksum."""
    return Unavailable(f"{key}: its bytes were changed on the way; they were not taken", key=key)


def _meaning(
    key: Key, error: Exception, place: Place, when: When, *, retried: bool
) -> StoreError | None:
    status = status_of(error)
    if is_no_answer(error):
        reason = _reason(error, status)
        return no_answer(key, place.endpoint, reason, retried=retried, busy=status in BUSY)
    if status == 404:
        return not_found(key)
    if status == 304:
        return not_modified(key)
    if status in _CONDITION:
        return condition_failed(key, when)
    if status in (401, 403) or isinstance(error, GoogleAuthError):
        return AccessDenied(
            f"{key or place.bucket}: Google refused the credentials ({status or type(error).__name__})",
            key=key,
        )
    if status == 400 and _OTHER_BYTES in str(error):
        return changed_on_the_way(key)
    if status == 400 and len(place.name.encode()) > KEY_BYTES_MAX:
        return InvalidKey(f"{key} is too long together with the store's prefix", key=key)
    return None


def _reason(error: Exception, status: int) -> str:
    if status:
        word = error.reason if isinstance(error, GoogleAPICallError) and error.reason else status
        return f"it said {word}"
    if isinstance(error, requests_exceptions.Timeout):
        return "it took too long"
    if isinstance(error, requests_exceptions.ConnectionError):
        return "no connection"
    return "the answer broke off"
