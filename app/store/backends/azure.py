"""A store in a container of Azure's blob service, through azure-storage-blob."""

import hashlib
import uuid
from base64 import b64decode
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final

from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError, ResourceExistsError
from azure.storage.blob import BlobBlock, BlobClient

from app.store.backends.blob_service.accounts import open_container
from app.store.backends.blob_service.bulk import AzureDialect
from app.store.backends.blob_service.leases import BlobLeases, lease_option
from app.store.backends.blob_service.listing import Entry, entries
from app.store.backends.blob_service.shapes import (
    condition_of,
    info_of,
    properties_of,
    request_properties,
    size_of_range,
)
from app.store.backends.blob_service.sums import SpanSum
from app.store.backends.blob_service.tiers import BlobTiers
from app.store.backends.bulk.verbs import BulkVerbs
from app.store.backends.content import PART_BYTES, intact, is_large, parts, size_of, whole
from app.store.backends.etags import quoted, version_of
from app.store.backends.names import Names
from app.store.backends.refusals import not_modified, refuse_hopeless
from app.store.backends.strangers import Stranger
from app.store.contract import (
    ALWAYS,
    NO_PROPERTIES,
    Blob,
    BlobInfo,
    Capabilities,
    Content,
    Digest,
    Properties,
    Span,
    Upload,
    Version,
    When,
    WhenPresent,
)
from app.store.errors import NotFound, StoreError
from app.store.keys import Key, broken_rule

# The order of listings is not promised: Azurite lists UTF-16 code units, which puts emoji before U+FF5E.
_CAPABILITIES: Final = Capabilities(conditional_writes=True, sorted_scan=False, leases=True)


class AzureStore(BlobLeases, BlobTiers):
    """The block blobs of `container` whose names start with `prefix`.

    - Retries are the SDK's: three, about a second apart. Conditional calls go through once: if an answer is
      lost, a repeat would fail against its own effect. Such a call ends as Unavailable, and the caller looks
      at what is stored. A refused condition is never settled by comparing digests here: of two agents that
      append the same line, one would lose it (`app.store.operations.ensure` settles for callers whom equal
      bytes satisfy).
    - Uploads carry Content-MD5, which the service checks; the sum is kept beside the blob and is its digest.
      Large content is staged in blocks of which one is in memory; blocks of a killed upload show nowhere and
      end after a week.
    - Blobs that are read whole are compared with that sum, where they have one.
    - `read_many` and `write_many` go through libcurl, under the SDK's credentials and address, at a tenth of
      its cost; they answer as `read` and `write` do.
    - The version is the ETag: it changes with every write, also of equal bytes.
    - Accounts with a hierarchical namespace list their folders as blobs; they are not supported.

    Args:
        container: it must exist.
        prefix: "" or the beginning of all names, with or without its last slash.
        account: the account's name, where the other arguments do not say it or must agree with it.
        account_url: the account's blob endpoint; with it alone, an identity is used (azure-identity).
        connection_string: with a key or a shared access signature.
        client_id: which managed identity; None leaves it to the SDK's chain.
        page_keys_max: how many blobs a page of a listing has; the service's own limit is 5,000.
        concurrency: how many calls `read_many` and `write_many` make at once.

    Raises:
        StoreOptionError: these do not fit together, a name is not valid, or the emulator's key would be sent
            to another machine.
    """

    def __init__(
        self,
        container: str,
        *,
        prefix: str = "",
        account: str | None = None,
        account_url: str | None = None,
        connection_string: str | None = None,
        client_id: str | None = None,
        page_keys_max: int = 5000,
        concurrency: int = 16,
    ) -> None:
        names = Names(prefix)
        client = open_container(
            container,
            account=account,
            account_url=account_url,
            connection_string=connection_string,
            client_id=client_id,
            connections_max=2 * concurrency,
        )
        super().__init__(client, names)
        self._page_keys_max = page_keys_max
        self._bulk = BulkVerbs(self, AzureDialect(client, names), concurrency=concurrency)

    def __repr__(self) -> str:
        return f"AzureStore({self._container.container_name!r}, prefix={self._names.prefix!r})"

    @property
    def capabilities(self) -> Capabilities:
        return _CAPABILITIES

    def read(self, key: Key, *, span: Span | None = None, unless: Version | None = None) -> Blob:
        options: dict[str, Any] = {}
        part: SpanSum | None = None
        if unless is not None:
            options = {"etag": quoted(unless), "match_condition": MatchConditions.IfModified}
        if span is not None:
            part = SpanSum(span)
            options |= {"offset": span.start, "length": span.length, **part.options()}
        while True:
            with self._translated(key):
                try:
                    # The SDK fetches what is left of a long blob under the ETag of the first answer.
                    download = self._blob(key).download_blob(decompress=False, **options)
                except HttpResponseError as error:
                    if span is None or error.status_code != 416:
                        raise
                else:
                    answer = download.properties
                    size = size_of_range(answer) if span else answer.size
                    data = download.readall()
                    blob = Blob(info_of(key, answer, size=size), properties_of(answer), data)
                    if part is None:
                        return intact(blob)
                    part.expect(key, data)
                    return blob
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
        blob = self._blob(key)
        condition = condition_of(when)
        leased = lease_option(lease)
        with self._translated(key, when, retried=not condition, lease=lease):
            if is_large(content):
                refuse_hopeless(self, key, when)
                md5, answer = _stage(blob, key, content, properties, condition, leased)
            else:
                data = whole(key, content)
                md5 = hashlib.md5(data, usedforsecurity=False).digest()
                answer = blob.upload_blob(
                    data,
                    length=len(data),
                    overwrite=True,
                    # validate_content would take the same sum once more.
                    transactional_content_md5=bytearray(md5),
                    **request_properties(key, properties, md5),
                    **condition,
                    **leased,
                )
            version = version_of(answer["etag"])
        return BlobInfo(
            key=key,
            size_stored=size_of(content),
            version=version,
            modified=(answer["last_modified"] or datetime.now(UTC)).astimezone(UTC),
            digest=Digest("md5", md5.hex()),
            tier=properties.tier,
        )

    def write_many(self, uploads: Iterable[Upload]) -> Iterator[BlobInfo | StoreError]:
        return self._bulk.write_many(uploads)

    def delete(self, key: Key, *, when: WhenPresent = ALWAYS, lease: str | None = None) -> None:
        condition = condition_of(when)
        with (
            suppress(NotFound),
            self._translated(key, when, retried=not condition, lease=lease),
        ):
            self._blob(key).delete_blob(**condition, **lease_option(lease))

    def scan(self, prefix: str = "", *, after: str | None = None) -> Iterator[BlobInfo]:
        for found in self._walk(prefix):
            if isinstance(found, BlobInfo) and (after is None or found.key > after):
                yield found

    def strangers(self, prefix: str = "") -> Iterator[Stranger]:
        """Yield the blobs whose names are no keys; see `SeesStrangers`."""
        for found in self._walk(prefix):
            if isinstance(found, Stranger):
                yield found

    def create_container(self) -> None:
        """Create the container unless it exists: what `pulumi up` does, for who works without it."""
        with self._translated(Key("")), suppress(ResourceExistsError):
            self._container.create_container()

    def close(self) -> None:
        self._container.close()
        self._bulk.close()

    def _stat(self, key: Key) -> Blob:
        answer = self._head(key)
        return Blob(info_of(key, answer, size=answer.size), properties_of(answer), b"")

    def _walk(self, prefix: str) -> Iterator[BlobInfo | Stranger]:
        beginning = self._names.name(prefix)
        with self._translated(Key("")):
            for entry in entries(
                self._container, beginning=beginning, page_blobs_max=self._page_keys_max
            ):
                yield self._found(entry)

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
            digest=Digest("md5", b64decode(entry.md5).hex()) if entry.md5 else None,
            tier=entry.tier or None,
        )


def _stage(
    blob: BlobClient,
    key: Key,
    content: Content,
    properties: Properties,
    condition: dict[str, Any],
    leased: dict[str, Any],
) -> tuple[bytes, dict[str, Any]]:
    """Upload content in blocks; until the last call nothing is visible."""
    checksum = hashlib.md5(usedforsecurity=False)
    # Blocks of two uploads to one blob must not share names; all names of one blob are equally long.
    upload = uuid.uuid4().hex
    blocks: list[BlobBlock] = []
    for number, part in enumerate(parts(key, content, part_bytes_max=_part_bytes(content))):
        checksum.update(part)
        name = f"{upload}{number:05}"
        blob.stage_block(name, part, length=len(part), validate_content=True, **leased)
        blocks.append(BlobBlock(name))
    stored = request_properties(key, properties, checksum.digest())
    return checksum.digest(), blob.commit_block_list(blocks, **stored, **condition, **leased)


def _part_bytes(content: Content) -> int:
    # "Put Block List": a blob has at most 50,000 blocks.
    return max(PART_BYTES, -(-size_of(content) // 50_000))
