"""The one place that decides which layers stand on a backend, and in which order."""

from app.store.contract import BlobStore


def open_stack(backend: BlobStore) -> BlobStore:
    """Return the store that programs use.

    ```
    program
    backend     its SDK repeats single trips to the service
    ```

    There are no layers yet, so the stack is the backend itself. Programs open their stores here all the same:
    a layer that is added then stands in all of them, in one order.
    """
    return backend
