"""The sentences that every backend says alike."""

from app.store.contract import Absent, Always, IfVersion, ReadableStore, When
from app.store.errors import ConditionFailed, NotFound, NotModified, Unsupported
from app.store.keys import Key


def not_found(key: Key) -> NotFound:
    """Return the error for a key under which nothing is stored."""
    return NotFound(f"nothing is stored under {key}", key=key)


def not_modified(key: Key) -> NotModified:
    """Return the answer to `unless`."""
    return NotModified(f"{key} still has the version that the caller holds", key=key)


def condition_failed(key: Key, when: When) -> ConditionFailed:
    """Return the error for a condition that does not hold."""
    if when is Absent.ABSENT:
        return ConditionFailed(f"{key} exists already; it was not replaced", key=key)
    if isinstance(when, IfVersion):
        return ConditionFailed(f"{key} no longer has the expected version", key=key)
    return ConditionFailed(f"{key} was changed by another writer at the same moment", key=key)


def refuse_hopeless(store: ReadableStore, key: Key, when: When) -> None:
    """Look before large content is sent, so that a condition lost already costs one request, not gigabytes.

    The service still checks the condition itself, at the end.

    Raises:
        ConditionFailed: `when` does not hold now.
    """
    if when is Always.ALWAYS:
        return
    try:
        version = store.stat(key).version
    except NotFound:
        version = None
    holds = version is None if when is Absent.ABSENT else when == IfVersion(version or "")
    if not holds:
        raise condition_failed(key, when)


def refuse_lease(key: Key, lease: str | None) -> None:
    """Refuse a lease where none can be checked.

    Raises:
        Unsupported: `lease` is not None.
    """
    if lease is not None:
        raise Unsupported(f"{key}: this store has no leases, so none can be checked", key=key)
