"""A store in an S3 bucket, through botocore, which boto3 is made of."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from botocore.exceptions import ClientError

from app.store.backends.aws.bulk import S3Dialect
from app.store.backends.aws.clients import Clients
from app.store.backends.aws.listing import Entry, entries
from app.store.backends.aws.multipart import write_parts
from app.store.backends.aws.shapes import (
    DEFAULT_TIER,
    condition_of,
    expect_page,
    expect_stored,
    info_of,
    md5_of,
    properties_of,
    request_properties,
    size_of_range,
    size_of_whole,
)
from app.store.backends.aws.tiers import ObjectTiers
from app.store.backends.aws.versions import ObjectVersions
from app.store.backends.bulk.verbs import BulkVerbs
from app.store.backends.content import intact, is_large, md5_base64, size_of, whole
from app.store.backends.etags import quoted
from app.store.backends.names import Names
from app.store.backends.refusals import not_modified, refuse_hopeless, refuse_lease
from app.store.backends.strangers import Stranger
from app.store.contract import (
    ALWAYS,
    NO_PROPERTIES,
    Blob,
    BlobInfo,
    Capabilities,
    Content,
    Properties,
    Span,
    Upload,
    Version,
    When,
    WhenPresent,
)
from app.store.errors import StoreError, StoreOptionError
from app.store.keys import Key, broken_rule

# S3 User Guide, "General purpose bucket naming rules"; an access point's ARN may stand for the name.
_BUCKET_NAME: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]|arn:.+")
_CAPABILITIES: Final = Capabilities(conditional_writes=True)


class S3Store(ObjectTiers, ObjectVersions):
    """The objects of `bucket` whose names start with `prefix`.

    - Retries are botocore's: three attempts, standard mode. Conditional calls, and the last call of a
      multipart upload, go through once: if an answer is lost, a repeat would fail against its own effect.
      Such a call ends as Unavailable, and the caller looks at what is stored. A refused condition is never
      settled by comparing digests here: of two agents that append the same line, one would lose it
      (`app.store.operations.ensure` settles for callers whom equal bytes satisfy).
    - Uploads carry Content-MD5, which the service checks, and the ETag of its answer is compared with it, for
      services that look away. Large content goes up in parts of which one is
      in memory; a killed upload leaves parts that no listing shows and a lifecycle rule ends.
    - The version is the ETag. Equal bytes of one part have equal ETags, so a condition holds again after
      A → B → A: the bytes are those that the caller saw.
    - The digest is the ETag where it is an MD5 sum: one part, and encrypted neither with KMS nor with a
      customer's key (S3 API, "Object": ETag). A listing does not tell how an object is encrypted. What is
      read whole is compared with it.
    - `read_many` and `write_many` go through libcurl, under the SDK's credentials and address, at a tenth of
      its cost; they answer as `read` and `write` do.

    Args:
        bucket: it must exist.
        prefix: "" or the beginning of all names, with or without its last slash.
        region_name: None leaves it to the SDK.
        endpoint_url: None is AWS itself.
        aws_access_key_id, aws_secret_access_key, aws_session_token: None leaves it to the SDK's chain.
        listed_md5: False for a bucket with KMS or customers' keys: listings then carry no digests, and bytes
            that are read are not compared with ETags.
        page_keys_max: how many keys a page of a listing has; the service's own limit is 1,000.
        concurrency: how many calls `read_many` and `write_many` make at once.

    Raises:
        StoreOptionError: the bucket's name or the prefix is not valid, or only half of a key pair was given.
    """

    def __init__(
        self,
        bucket: str,
        *,
        prefix: str = "",
        region_name: str | None = None,
        endpoint_url: str | None = None,
        aws_access_key_id: str | None = None,
        aws_secret_access_key: str | None = None,
        aws_session_token: str | None = None,
        listed_md5: bool = True,
        page_keys_max: int = 1000,
        concurrency: int = 16,
    ) -> None:
        if not _BUCKET_NAME.fullmatch(bucket):
            raise StoreOptionError(
                f"{bucket!r} is not a name of a bucket: 3 to 63 lower-case letters, digits, dots, hyphens"
            )
        names = Names(prefix)
        clients = Clients(
            region_name=region_name,
            endpoint_url=endpoint_url,
            aws_access_key_id=aws_access_key_id,
            aws_secret_access_key=aws_secret_access_key,
            aws_session_token=aws_session_token,
            connections_max=2 * concurrency,
        )
        super().__init__(bucket, names, clients)
        self._listed_md5 = listed_md5
        self._page_keys_max = page_keys_max
        dialect = S3Dialect(bucket, names, clients, etags_md5=listed_md5)
        self._bulk = BulkVerbs(self, dialect, concurrency=concurrency)

    def __repr__(self) -> str:
        return f"S3Store({self._bucket!r}, prefix={self._names.prefix!r})"

    @property
    def capabilities(self) -> Capabilities:
        return _CAPABILITIES

    def read(self, key: Key, *, span: Span | None = None, unless: Version | None = None) -> Blob:
        request = self._request(key)
        if unless is not None:
            request["IfNoneMatch"] = quoted(unless)
        if span is not None:
            request["Range"] = f"bytes={span.start}-{span.start + span.length - 1}"
        while True:
            with self._translated(key):
                try:
                    answer = self._client.get_object(**request)
                except ClientError as error:
                    if span is None or not _past_the_end(error):
                        raise
                else:
                    size = size_of_range(answer) if span else size_of_whole(answer)
                    data = answer["Body"].read()
                    blob = Blob(info_of(key, answer, size=size), properties_of(answer), data)
                    return intact(blob) if self._listed_md5 and not span else blob
            beyond = self._stat(key)
            if beyond.info.version == unless:
                raise not_modified(key)
            # Else it grew between the two calls: its bytes are there now.
            if beyond.info.size_stored <= span.start:
                return beyond

    def read_many(self, keys: Iterable[Key]) -> Iterator[Blob | StoreError]:
        return self._bulk.read_many(keys)

    def stat(self, key: Key) -> BlobInfo:
        return self._stat(key).info

    def write(
        self,
        key: Key,
        content: Content,
        *,
        when: When = ALWAYS,
        properties: Properties = NO_PROPERTIES,
        lease: str | None = None,
    ) -> BlobInfo:
        refuse_lease(key, lease)
        size = size_of(content)
        request = self._request(key)
        stored = request_properties(properties)
        condition = condition_of(when)
        if is_large(content):
            refuse_hopeless(self, key, when)
            with self._translated(key, when, retried=False):
                answer = write_parts(self._clients, request, key, content, stored, condition)
                return info_of(key, answer, size=size, tier=properties.tier)
        data = whole(key, content)
        client = self._clients.once if condition else self._client
        with self._translated(key, when, retried=not condition):
            answer = client.put_object(
                **request, **stored, **condition, Body=data, ContentMD5=md5_base64(data)
            )
            info = info_of(key, answer, size=size, tier=properties.tier)
        expect_stored(key, data, info.digest)
        return info

    def write_many(self, uploads: Iterable[Upload]) -> Iterator[BlobInfo | StoreError]:
        return self._bulk.write_many(uploads)

    def delete(self, key: Key, *, when: WhenPresent = ALWAYS, lease: str | None = None) -> None:
        refuse_lease(key, lease)
        condition = condition_of(when)
        client = self._clients.once if condition else self._client
        with self._translated(key, when, retried=not condition):
            client.delete_object(**self._request(key), **condition)

    def scan(self, prefix: str = "", *, after: str | None = None) -> Iterator[BlobInfo]:
        for found in self._walk(prefix, after):
            if isinstance(found, BlobInfo):
                yield found

    def strangers(self, prefix: str = "") -> Iterator[Stranger]:
        """Yield the objects whose names are no keys; see `SeesStrangers`."""
        for found in self._walk(prefix, None):
            if isinstance(found, Stranger):
                yield found

    def create_bucket(self) -> None:
        """Create the bucket unless it exists: what `pulumi up` does, for who works without it."""
        with self._translated(Key("")):
            self._clients.create_bucket(self._bucket)

    def close(self) -> None:
        self._clients.close()
        self._bulk.close()

    def _stat(self, key: Key) -> Blob:
        answer = self._head(key)
        return Blob(info_of(key, answer, size=answer["ContentLength"]), properties_of(answer), b"")

    def _walk(self, prefix: str, after: str | None) -> Iterator[BlobInfo | Stranger]:
        request: dict[str, Any] = {"Bucket": self._bucket, "Prefix": self._names.name(prefix)}
        if after is not None:
            request["StartAfter"] = self._names.name(after)
        pages = self._client.get_paginator("list_objects_v2").paginate(
            **request, PaginationConfig={"PageSize": self._page_keys_max}
        )
        with self._translated(Key("")):
            for page in pages:
                expect_page(page)
                yield from map(self._found, entries(page))

    def _found(self, entry: Entry) -> BlobInfo | Stranger:
        key = self._names.key(entry.name)
        if key is None:
            bare = self._names.bare(entry.name)
            return Stranger(bare, broken_rule(bare) or "")
        return BlobInfo(
            key=key,
            size_stored=entry.size,
            version=entry.etag,
            modified=entry.modified,
            digest=md5_of(entry.etag) if self._listed_md5 else None,
            tier=entry.tier or DEFAULT_TIER,
        )


def _past_the_end(error: ClientError) -> bool:
    return error.response.get("Error", {}).get("Code") in ("InvalidRange", "416")
