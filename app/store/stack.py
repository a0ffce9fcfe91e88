"""The one place that decides which layers stand on a backend, and in which order."""

from dataclasses import dataclass

from app.store.contract import BlobStore
from app.store.layers.base import Layer
from app.store.layers.leased import LeasedStore
from app.store.lease import RecordLeases


@dataclass(frozen=True, slots=True)
class StackOptions:
    """Which optional layers a stack has."""


class Stack(Layer):
    """The store that programs use: layers on a backend.

    Args:
        top: the outermost layer.
        backend: what keeps the bytes; extras (`app.store.extras`) are asked of it.
    """

    def __init__(self, top: BlobStore, backend: BlobStore) -> None:
        super().__init__(top)
        self.backend = backend

    def __repr__(self) -> str:
        return repr(self.inner)


def open_stack(backend: BlobStore, options: StackOptions = StackOptions()) -> Stack:
    """Return the store that programs use.

    ```
    program
    Leased      heeds leases that are records; not on a service that has its own
    backend     its SDK repeats single trips to the service
    ```
    """
    can = backend.capabilities
    keeps_records = can.conditional_writes and not can.leases
    top = LeasedStore(backend, RecordLeases(backend)) if keeps_records else backend
    return Stack(top, backend)
