"""Former states of objects in a bucket that keeps versions."""

import heapq
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC
from typing import Any, BinaryIO, Final

from botocore.exceptions import ClientError

from app.store.backends.aws.calls import ObjectCalls
from app.store.backends.aws.shapes import DEFAULT_TIER, info_of, md5_of, properties_of
from app.store.backends.etags import version_of
from app.store.contract import (
    ABSENT,
    ALWAYS,
    NO_PROPERTIES,
    Blob,
    BlobInfo,
    Content,
    Properties,
    Source,
    When,
)
from app.store.errors import ConditionFailed, NotFound
from app.store.extras import BlobVersion
from app.store.keys import Key

# NoSuchVersion: unknown; InvalidArgument: not the name of one; MethodNotAllowed: a deletion, without bytes.
_NO_SUCH_STATE: Final = frozenset(
    {"NoSuchVersion", "NoSuchKey", "InvalidArgument", "MethodNotAllowed", "404", "400", "405"}
)


class ObjectVersions(ObjectCalls, ABC):
    """Former states of objects; see `Versions`. Where a bucket keeps none, there is the present one only."""

    def versions(self, key: Key) -> Iterator[BlobVersion]:
        """See `Versions`. A deletion comes before what was written in the same second."""
        name = self._names.name(key)
        pages = self._client.get_paginator("list_object_versions").paginate(
            Bucket=self._bucket, Prefix=name
        )
        with self._translated(Key("")):
            for page in pages:
                deletions: list[Any] = list(page.get("DeleteMarkers", ()))
                states: list[Any] = list(page.get("Versions", ()))
                # The SDK parts what the service lists in one order; within a second it cannot be told.
                listed = list(heapq.merge(deletions, states, key=_newest_first))
                found = [entry for entry in listed if entry["Key"] == name]
                for entry in found:
                    yield _state(key, entry, kept="Size" in entry)
                # Names come in order, and this one is the first with its prefix.
                if len(found) < len(listed):
                    return

    def read_version(self, key: Key, version_id: str) -> Blob:
        """See `Versions`."""
        with self._translated(key), _no_such_state(key, version_id):
            answer = self._client.get_object(**self._request(key), VersionId=version_id)
            data = answer["Body"].read()
        info = info_of(key, answer, size=int(answer["ContentLength"]))
        return Blob(info, properties_of(answer), data)

    def restore(self, key: Key, version_id: str, *, when: When = ALWAYS) -> BlobInfo:
        """See `Versions`."""
        request = {**self._request(key), "VersionId": version_id}
        with self._translated(key), _no_such_state(key, version_id):
            head = self._client.head_object(**request)
        source = Source(int(head["ContentLength"]), lambda: self._opened(key, request))
        return self.write(key, source, when=when, properties=properties_of(head))

    def undelete(self, key: Key) -> BlobInfo:
        """See `Versions`."""
        for state in self.versions(key):
            if state.current and state.info is not None:
                raise ConditionFailed(f"{key} is stored; it was not replaced", key=key)
            if state.info is not None:
                return self.restore(key, state.id, when=ABSENT)
        raise NotFound(f"nothing is left of {key}", key=key)

    @contextmanager
    def _opened(self, key: Key, request: dict[str, Any]) -> Iterator[BinaryIO]:
        with self._translated(key):
            body: Any = self._client.get_object(**request)["Body"]
        with closing(body):
            yield body

    @abstractmethod
    def write(
        self,
        key: Key,
        content: Content,
        *,
        when: When = ALWAYS,
        properties: Properties = NO_PROPERTIES,
        lease: str | None = None,
    ) -> BlobInfo:
        """See the contract."""
        ...


@contextmanager
def _no_such_state(key: Key, version_id: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] not in _NO_SUCH_STATE:
            raise
        raise NotFound(f"{key} has no state {version_id!r} to read", key=key) from error


def _newest_first(entry: Any) -> tuple[str, bool, float]:
    return entry["Key"], not entry["IsLatest"], -entry["LastModified"].timestamp()


def _state(key: Key, entry: Any, *, kept: bool) -> BlobVersion:
    modified = entry["LastModified"].astimezone(UTC)
    info = None
    if kept:
        version = version_of(entry.get("ETag"))
        info = BlobInfo(
            key=key,
            size_stored=entry["Size"],
            version=version,
            modified=modified,
            digest=md5_of(version),
            tier=entry.get("StorageClass") or DEFAULT_TIER,
        )
    return BlobVersion(key, entry["VersionId"], info, modified, current=entry["IsLatest"])
