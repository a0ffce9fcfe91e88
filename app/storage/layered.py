"""The guide's storages around a storage."""

from app.storage.blob import BlobStorage
from app.storage.options import stack_options
from app.store.stack import restacked


class CachedBlobStorage(BlobStorage):
    """Reads of another storage, answered from memory for a while; the same as its `cache_ttl=`.

    Write through this object from then on: what is written through `storage` itself is seen only when
    `cache_ttl` has passed, like writes of others. At most 64 MiB are held. Closing one closes both.

    Args:
        storage: any storage.
        cache_ttl: for how many seconds a file is answered without asking.

    Raises:
        StoreOptionError: `cache_ttl` is negative.
    """

    def __init__(self, storage: BlobStorage, cache_ttl: float = 300) -> None:
        seconds = stack_options(cache_ttl=cache_ttl).cache_seconds_max
        super().__init__(restacked(storage.store, cache_seconds_max=seconds))


class MonitoredBlobStorage(BlobStorage):
    """Another storage with a log line and metrics for each call; the same as its `monitored=True`.

    The lines look like `READ notes/a.md: True (0.123s)` and come from the logger `app.store` at INFO; see
    `app.store.layers.metered` for them and the metrics. Calls through `storage` itself are not noted. Closing
    one closes both.

    Args:
        storage: any storage.
    """

    def __init__(self, storage: BlobStorage) -> None:
        super().__init__(restacked(storage.store, metered=True))
