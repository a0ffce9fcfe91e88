"""What all calls to one bucket have in common."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from app.store.backends.aws.archive import archived_object
from app.store.backends.aws.clients import Clients
from app.store.backends.aws.failures import bucket_missing, translated
from app.store.backends.aws.shapes import Shape, size_of_whole
from app.store.backends.etags import version_of
from app.store.backends.names import Names
from app.store.contract import ALWAYS, When
from app.store.errors import Archived, NotFound
from app.store.keys import Key

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class ObjectCalls:
    """Names the objects of a bucket for the SDK, and translates what it raises.

    Args:
        bucket: its name.
        names: the objects' names.
        clients: the SDK's.
    """

    def __init__(self, bucket: str, names: Names, clients: Clients) -> None:
        self._bucket = bucket
        self._names = names
        self._clients = clients
        self._bucket_seen = threading.Event()

    @property
    def _client(self) -> "S3Client":
        return self._clients.retrying

    def _request(self, key: Key) -> dict[str, Any]:
        return {"Bucket": self._bucket, "Key": self._names.name(key)}

    @contextmanager
    def _translated(self, key: Key, when: When = ALWAYS, *, retried: bool = True) -> Iterator[None]:
        try:
            with translated(
                key,
                bucket=self._bucket,
                endpoint=self._clients.endpoint,
                when=when,
                retried=retried,
            ):
                yield
        except Archived as error:
            # The refusal does not say whether the object was asked for already: its head does.
            raise archived_object(key, self._head(key)) or error from error

    def _head(self, key: Key) -> Shape:
        try:
            with self._translated(key):
                answer = self._client.head_object(**self._request(key))
                # Here, where it is translated: who asked for it takes it for whole.
                size_of_whole(answer)
                version_of(answer.get("ETag"))
        except NotFound:
            self._expect_bucket()
            raise
        self._bucket_seen.set()
        return answer

    def _expect_bucket(self) -> None:
        """Make sure, once, that a 404 was about the key: the answer to a HEAD has no body that would say."""
        if self._bucket_seen.is_set():
            return
        try:
            with self._translated(Key("")):
                # Not its head: whoever may list below the prefix alone may not have that.
                self._client.list_objects_v2(
                    Bucket=self._bucket, Prefix=self._names.prefix, MaxKeys=1
                )
        except NotFound as error:
            raise bucket_missing(self._bucket, self._clients.endpoint) from error
        self._bucket_seen.set()
