"""What all calls to one container have in common."""

from collections.abc import Iterator
from contextlib import contextmanager

from azure.storage.blob import BlobClient, BlobProperties, ContainerClient

from app.store.backends.blob_service.archive import archived_blob
from app.store.backends.blob_service.failures import translated
from app.store.backends.blob_service.shapes import info_of
from app.store.backends.names import Names
from app.store.contract import ALWAYS, When
from app.store.errors import Archived
from app.store.keys import Key


class BlobCalls:
    """Names the blobs of a container for the SDK, and translates what it raises.

    Args:
        container: the SDK's client.
        names: the blobs' names.
    """

    def __init__(self, container: ContainerClient, names: Names) -> None:
        self._container = container
        self._names = names

    def _blob(self, key: Key) -> BlobClient:
        return self._container.get_blob_client(self._names.name(key))

    def _head(self, key: Key) -> BlobProperties:
        with self._translated(key):
            answer = self._blob(key).get_blob_properties()
            # Here, where it is translated: who asked for it takes it for whole.
            info_of(key, answer, size=answer.size)
            return answer

    @contextmanager
    def _translated(
        self, key: Key, when: When = ALWAYS, *, retried: bool = True, lease: str | None = None
    ) -> Iterator[None]:
        try:
            with translated(
                key,
                container=str(self._container.container_name),
                endpoint=self._container.url.partition("?")[0].rpartition("/")[0],
                when=when,
                retried=retried,
                lease=lease,
            ):
                yield
        except Archived as error:
            # The refusal does not say whether the blob was asked for already: its properties do.
            raise archived_blob(key, self._head(key)) or error from error
