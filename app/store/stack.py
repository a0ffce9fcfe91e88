"""The one place that decides which layers stand on a backend, and in which order."""

from dataclasses import dataclass, replace
from typing import Any

from app.store.contract import BlobStore
from app.store.layers.base import Layer


@dataclass(frozen=True, slots=True)
class StackOptions:
    """Which optional layers a stack has; none by default.

    Attributes:
        metered: each call is logged and measured.
        cache_seconds_max: how long a blob is answered from memory without asking; None holds nothing.
        cache_bytes_max: how much memory that takes.
        deduplicate: equal content is stored once. It is read rightly only with this option.
        compress: text is stored compressed. It is read as text only with this option.
    """

    metered: bool = False
    cache_seconds_max: float | None = None
    cache_bytes_max: int = 64 << 20
    deduplicate: bool = False
    compress: bool = False


class Stack(Layer):
    """The store that programs use: layers on a backend.

    Args:
        top: the outermost layer.
        backend: what keeps the bytes; extras (`app.store.extras`) are asked of it.
        options: what it was opened with.
    """

    def __init__(self, top: BlobStore, backend: BlobStore, options: StackOptions) -> None:
        super().__init__(top)
        self.backend = backend
        self.options = options

    def __repr__(self) -> str:
        return repr(self.inner)


def open_stack(backend: BlobStore, options: StackOptions = StackOptions()) -> Stack:
    """Return the store that programs use.

    ```
    program
    Metered       what the program waits for, answers from memory included
    Cached        holds what is decoded and put together already
    Leased        heeds leases that are records; not on a service that has its own
    Deduped       compares contents as they were given: compressed ones would differ by their settings
    Compressed    sees each content once, and the small pointers that it leaves alone
    backend       its SDK repeats single trips to the service
    ```

    Each layer's module is imported only where it is asked for.
    """
    store = backend
    if options.compress:
        from app.store.layers.compressed import CompressedStore

        store = CompressedStore(store)
    if options.deduplicate:
        from app.store.layers.deduped import DedupedStore

        store = DedupedStore(store)
    can = backend.capabilities
    if can.conditional_writes and not can.leases:
        from app.store.layers.leased import LeasedStore
        from app.store.lease import RecordLeases

        store = LeasedStore(store, RecordLeases(backend))
    if options.cache_seconds_max is not None:
        from app.store.layers.cached import CachedStore

        store = CachedStore(
            store, age_seconds_max=options.cache_seconds_max, bytes_max=options.cache_bytes_max
        )
    if options.metered:
        from app.store.layers.metered import MeteredStore

        store = MeteredStore(store)
    return Stack(store, backend, options)


def restacked(store: BlobStore, **changes: Any) -> Stack:
    """Return a stack on the backend of `store` whose options are those of `store`, but for `changes`.

    So a layer that is added later stands where it belongs. A store that is no stack becomes the backend.
    """
    if isinstance(store, Stack):
        return open_stack(store.backend, replace(store.options, **changes))
    return open_stack(store, StackOptions(**changes))
