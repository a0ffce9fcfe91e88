"""A store in a bucket of Google Cloud Storage, through google-cloud-storage."""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, Literal

from google.cloud.storage import Blob as Seen

from app.store.backends.content import PART_BYTES, size_of
from app.store.backends.google_cloud.clients import Clients
from app.store.backends.google_cloud.history import History
from app.store.backends.google_cloud.objects import Objects
from app.store.backends.google_cloud.shapes import TIERS, check_tier, info_of, properties_of
from app.store.backends.names import Names
from app.store.backends.refusals import (
    condition_failed,
    not_modified,
    refuse_hopeless,
    refuse_lease,
)
from app.store.backends.strangers import Stranger
from app.store.backends.window import through_window
from app.store.contract import (
    ABSENT,
    ALWAYS,
    NO_PROPERTIES,
    Blob,
    BlobInfo,
    Capabilities,
    Content,
    IfVersion,
    Properties,
    Span,
    Upload,
    Version,
    When,
    WhenPresent,
)
from app.store.errors import ConditionFailed, NotFound, StoreError, StoreOptionError, Unsupported
from app.store.extras import BlobVersion
from app.store.keys import Key, broken_rule

# "About Cloud Storage buckets", names: 3 to 63 characters; with dots up to 222, between dots at most 63.
_BUCKET_NAME: Final = re.compile(
    r"(?=.{3,222}$)[a-z0-9][a-z0-9_-]{0,62}(\.[a-z0-9_-]{1,63})*(?<=[a-z0-9])"
)
_CAPABILITIES: Final = Capabilities(conditional_writes=True)


class GCSStore:
    """The objects of `bucket` whose names start with `prefix`.

    - Retries are three attempts, made within the SDK. Calls with a condition, and the last call of a large
      upload with one, go through once, unless the service turned them away (429): if an answer is lost, a
      repeat would fail against its own effect. Such a call ends as Unavailable, and the caller looks at what
      is stored. A refused condition is never settled by comparing digests here (see `S3Store`).
    - The version is the generation, which every write changes, also of equal bytes. What others change of an
      object without writing it (its metadata, holds) leaves it as it is.
    - A read is two requests, a look and then the bytes of the generation seen, since the JSON API does not
      send an object's metadata with its bytes; when it was replaced in between, both again. A conditional
      delete looks first, too: not every server that speaks this API checks that condition. Google's does.
    - Uploads and whole reads are checked by CRC32C (or MD5). A part of an object has no checksum: whether a
      span was changed on its way nobody can tell. Bytes are never unpacked on their way.
    - Large content goes up in parts of which one is in memory; what a killed upload leaves is listed nowhere
      and ends after a week.
    - The many verbs run the single ones on threads.
    - Former states (`app.store.extras.Versions`) are kept where the bucket's versioning is on. One is
      restored, and a blob moved to another class (`Tiers`), through this process, whose upload carries the
      condition: that costs the transfer, makes a new version, and works where the service's own copy could
      not be tested. No class is offline here, so nothing has to be asked for.

    Args:
        bucket: it must exist.
        prefix: "" or the beginning of all names, with or without its last slash.
        endpoint_url: None is $STORAGE_EMULATOR_HOST, else Google itself. An emulator must be on this machine;
            it is sent no credentials.
        credentials_file: a service account's key; None leaves it to application default credentials.
        project: which project a new bucket belongs to; None is that of the credentials.
        page_keys_max: how many objects a page of a listing has; the service's own limit is 1,000.
        concurrency: how many calls `read_many` and `write_many` make at once.

    Raises:
        StoreOptionError: the bucket's name or the prefix is not valid, or credentials would go where they do
            not belong.
    """

    def __init__(
        self,
        bucket: str,
        *,
        prefix: str = "",
        endpoint_url: str | None = None,
        credentials_file: str | None = None,
        project: str | None = None,
        page_keys_max: int = 1000,
        concurrency: int = 16,
    ) -> None:
        if not _BUCKET_NAME.fullmatch(bucket):
            raise StoreOptionError(
                f"{bucket!r} is not a name of a bucket: 3 to 63 lower-case letters, digits, dots, hyphens, "
                "underscores"
            )
        self._names = Names(prefix)
        self._page_keys_max = page_keys_max
        self._concurrency = concurrency
        self._clients = Clients(
            endpoint_url=endpoint_url,
            credentials_file=credentials_file,
            project=project,
            connections_max=2 * concurrency,
        )
        self._objects = Objects(bucket, self._names, self._clients)
        self._history = History(self._objects)

    def __repr__(self) -> str:
        return f"GCSStore({self._objects.bucket!r}, prefix={self._names.prefix!r})"

    @property
    def capabilities(self) -> Capabilities:
        return _CAPABILITIES

    def read(self, key: Key, *, span: Span | None = None, unless: Version | None = None) -> Blob:
        while True:
            seen = self._objects.look(key, unless=unless)
            info = info_of(key, seen)
            if info.version == unless:
                raise not_modified(key)
            # What was replaced in between is gone: then what is there now is looked at.
            with suppress(NotFound):
                return Blob(info, properties_of(seen), self._objects.data(info, span))

    def read_many(self, keys: Iterable[Key]) -> Iterator[Blob | StoreError]:
        return through_window(self.read, keys, concurrency=self._concurrency)

    def stat(self, key: Key) -> BlobInfo:
        return info_of(key, self._objects.look(key))

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
        if size_of(content) > PART_BYTES:
            refuse_hopeless(self, key, when)
        return self._objects.put(key, content, when, properties)

    def write_many(self, uploads: Iterable[Upload]) -> Iterator[BlobInfo | StoreError]:
        return through_window(self._upload, uploads, concurrency=self._concurrency)

    def delete(self, key: Key, *, when: WhenPresent = ALWAYS, lease: str | None = None) -> None:
        refuse_lease(key, lease)
        refuse_hopeless(self, key, when)
        self._objects.remove(key, when)

    def scan(self, prefix: str = "", *, after: str | None = None) -> Iterator[BlobInfo]:
        for found in self._walk(prefix, after):
            if isinstance(found, BlobInfo) and (after is None or found.key != after):
                yield found

    def strangers(self, prefix: str = "") -> Iterator[Stranger]:
        """Yield the objects whose names are no keys; see `SeesStrangers`."""
        for found in self._walk(prefix, None):
            if isinstance(found, Stranger):
                yield found

    def versions(self, key: Key) -> Iterator[BlobVersion]:
        return self._history.versions(key)

    def read_version(self, key: Key, version_id: str) -> Blob:
        return self._history.read(key, version_id)

    def restore(self, key: Key, version_id: str, *, when: When = ALWAYS) -> BlobInfo:
        content, properties = self._history.content(key, version_id)
        return self.write(key, content, when=when, properties=properties)

    def undelete(self, key: Key) -> BlobInfo:
        return self.restore(key, self._history.last_deleted(key), when=ABSENT)

    @property
    def tier_names(self) -> tuple[str, ...]:
        """See `NamesTiers`."""
        return TIERS

    def set_tier(self, key: Key, tier: str, *, when: WhenPresent = ALWAYS) -> BlobInfo:
        check_tier(key, tier)
        while True:
            info = self.stat(key)
            if isinstance(when, IfVersion) and when.version != info.version:
                raise condition_failed(key, when)
            if info.tier == tier:
                return info
            # What was replaced meanwhile is looked at again: if no version was asked for, it is moved, too.
            with suppress(ConditionFailed, NotFound):
                content, properties = self._history.content(key, info.version)
                stored = replace(properties, tier=tier)
                return self.write(key, content, when=IfVersion(info.version), properties=stored)

    def rehydrate(
        self, key: Key, *, days: int = 7, priority: Literal["standard", "high"] = "standard"
    ) -> datetime:
        self._objects.look(key)
        raise Unsupported(f"{key} is not offline: Google's classes are all read at once", key=key)

    def create_bucket(self) -> None:
        """Create the bucket unless it exists: what `pulumi up` does, for who works without it."""
        self._objects.create_bucket()

    def close(self) -> None:
        self._clients.close()

    def _walk(self, prefix: str, after: str | None) -> Iterator[BlobInfo | Stranger]:
        options: dict[str, Any] = {"prefix": self._names.name(prefix) or None}
        if after:
            # The service's offset includes the name itself.
            options["start_offset"] = self._names.name(after)
        for seen in self._objects.listed(page_size=self._page_keys_max, **options):
            yield self._entry(seen)

    def _entry(self, seen: Seen) -> BlobInfo | Stranger:
        key = self._names.key(seen.name)
        if key is None:
            bare = self._names.bare(seen.name)
            return Stranger(bare, broken_rule(bare) or "")
        return info_of(key, seen)

    def _upload(self, upload: Upload) -> BlobInfo:
        return self.write(
            upload.key, upload.content, when=upload.when, properties=upload.properties
        )
