"""What every storage of the guide can be opened with, wherever its files are."""

from typing import TypedDict

from app.store.errors import StoreOptionError
from app.store.stack import StackOptions


class StorageOptions(TypedDict, total=False):
    """Keyword arguments of every storage class; all may be left out.

    Attributes:
        cache_ttl: for how many seconds a file is answered from memory once it was read; None or 0 reads each
            time. Own writes are seen at once, those of others after so long at most.
        monitored: log each call as one line and count it (`app.store.layers.metered`).
        compress: store text compressed; on a folder this does nothing.
        deduplicate: store equal content once.
    """

    cache_ttl: float | None
    monitored: bool
    compress: bool
    deduplicate: bool


def stack_options(
    *,
    cache_ttl: float | None = None,
    monitored: bool = False,
    compress: bool = False,
    deduplicate: bool = False,
) -> StackOptions:
    """Return the options as a store's stack has them.

    Raises:
        StoreOptionError: `cache_ttl` is negative.
    """
    if cache_ttl is not None and cache_ttl < 0:
        raise StoreOptionError(f"cache_ttl is seconds, 0 or more, not {cache_ttl}")
    return StackOptions(
        metered=monitored,
        cache_seconds_max=cache_ttl or None,
        compress=compress,
        deduplicate=deduplicate,
    )
