"""Every way a call to a store can fail.

```
StoreError               key, code, retryable = False
├── InvalidKey           invalid_path     the key breaks the rules in keys.py, or this store cannot hold it
├── NotFound             not_found        no blob under this key
├── StoreMissing         store_missing    the bucket, container or folder itself does not exist
├── NotModified          not_modified     the caller already holds this version (answer to `unless`)
├── ConditionFailed      conflict         a conditional write or delete found another version
│   ├── LeaseHeld        locked           another holds the lease of the blob; it may be free later
│   └── LeaseLost        lock_lost        the lease that the caller names has ended or is another's
├── Archived             archived         the bytes are offline: they must be asked for, and come hours later
├── AccessDenied         access_denied    the credentials do not allow this
├── Unsupported          unsupported      this store lacks the capability
├── CorruptBlob          corrupt          the bytes at rest are not what was written
├── ContentChanged       content_changed  a source's bytes are not what its size promised, or cannot be read
└── Unavailable          unavailable      the service did not answer; retryable
    ├── Busy             unavailable      it turned the call away: it is asked too much
    └── RetriesExhausted unavailable      the SDK has retried already: nobody does it again; not retryable
```

An error of a vendor's SDK that fits none of these passes through unchanged: a surprise must look like one.
What a store is opened with and cannot be used is a StoreOptionError, raised before any call.
"""

from datetime import datetime
from typing import ClassVar, Self


class StoreError(Exception):
    """Base of every error of a store.

    Attributes:
        key: the key that the call was about; "" where it was about the whole store.
        code: one stable word per class, for programs.
        retryable: whether the same call may succeed later.
        exit_code: what a command ends with when this ends it.
    """

    code: ClassVar[str] = "store_error"
    retryable: ClassVar[bool] = False
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, key: str = "") -> None:
        super().__init__(message)
        self.key = key

    def about(self, key: str) -> Self:
        """Return this error, now about `key`: for a layer whose own blob, which no caller knows, failed."""
        self.args = (f"{key}: {self}",)
        self.key = key
        return self


class InvalidKey(StoreError):
    """The key breaks the rules in keys.py, or this store cannot hold it."""

    code = "invalid_path"
    exit_code = 2


class NotFound(StoreError):
    """No blob is stored under this key. Not an OSError: `except OSError` must not swallow it."""

    code = "not_found"


class StoreMissing(StoreError):
    """The bucket, container or folder does not exist, and no method of a store creates it.

    Not a NotFound: a delete in a missing bucket has not succeeded, and `exists` has no answer there.
    """

    code = "store_missing"


class NotModified(StoreError):
    """The blob still has the version named by `unless`, so its bytes were not sent."""

    code = "not_modified"


class ConditionFailed(StoreError):
    """A conditional write or delete found another version than the caller expected."""

    code = "conflict"


class LeaseHeld(ConditionFailed):
    """Another holds the lease of this blob; the call changed nothing and may succeed when that has ended."""

    code = "locked"


class LeaseLost(ConditionFailed):
    """The lease that the caller names has ended, was broken, or is another's; the call changed nothing."""

    code = "lock_lost"


class Archived(StoreError):
    """The blob's bytes are offline; the message says how to ask for them.

    Attributes:
        available_by: when they can be read at the latest: if they were asked for already, or were now.
        requested: whether they have been asked for.
    """

    code = "archived"

    def __init__(
        self, message: str, *, key: str = "", available_by: datetime, requested: bool
    ) -> None:
        super().__init__(message, key=key)
        self.available_by = available_by
        self.requested = requested


class AccessDenied(StoreError):
    """The credentials do not allow this operation."""

    code = "access_denied"


class Unsupported(StoreError):
    """The store lacks the requested capability."""

    code = "unsupported"


class CorruptBlob(StoreError):
    """The bytes at rest do not decode to what was written."""

    code = "corrupt"


class ContentChanged(StoreError):
    """A source gave more, fewer or other bytes than when its size was taken; nothing was written.

    Where the source could not be read at all, `__cause__` is its OSError.
    """

    code = "content_changed"


class Unavailable(StoreError):
    """The service did not answer; the same call may succeed later."""

    code = "unavailable"
    retryable = True


class Busy(Unavailable):
    """The service turned the call away because it is asked too much; slower, the same call will succeed.

    Attributes:
        retry_after_seconds: how long the service asks to wait; 0 where it does not say.
    """

    def __init__(self, message: str, *, key: str = "", retry_after_seconds: float = 0.0) -> None:
        super().__init__(message, key=key)
        self.retry_after_seconds = retry_after_seconds


class RetriesExhausted(Unavailable):
    """The SDK retried and the service still did not answer; outer layers do not retry again."""

    retryable = False


class StoreOptionError(ValueError):
    """A store cannot be opened with what it was given; one sentence that repeats no secret."""

    code: ClassVar[str] = "store_option"
    exit_code: ClassVar[int] = 2
