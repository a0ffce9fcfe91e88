"""The contract of a store: what every backend and every layer promises.

Each sentence of the docstrings below is a law in `app.store.conformance`, run against every store.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import BinaryIO, Final, Literal, Protocol

from app.store.errors import StoreError
from app.store.keys import Key
from app.store.values import value

Version = str
"""Opaque name of one state of a blob: different bytes, different version.

S3 and Azure: the ETag. GCS: the generation.
"""


class Always(Enum):
    """The condition that always holds."""

    ALWAYS = "always"


class Absent(Enum):
    """The condition that no blob is stored under the key."""

    ABSENT = "absent"


ALWAYS: Final = Always.ALWAYS
ABSENT: Final = Absent.ABSENT


@dataclass(frozen=True, slots=True)
class IfVersion:
    """The condition that the blob still has this version; a missing blob does not."""

    version: Version


When = Literal[Always.ALWAYS, Absent.ABSENT] | IfVersion
"""The condition of a write."""
WhenPresent = Literal[Always.ALWAYS] | IfVersion
"""The condition of a delete."""


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a blob: `length` bytes from `start`, fewer where the blob ends earlier.

    A start at or past the end gives no bytes. Both are counted from 0 in bytes of the stored content.
    """

    start: int
    length: int

    def __post_init__(self) -> None:
        if self.start < 0 or self.length < 1:
            raise ValueError(f"a span needs start >= 0 and length >= 1, not {self}")


@value(frozen=True, slots=True)
class Digest:
    """A checksum of a blob's content: `algorithm` is "md5" or "sha256", `value` lower-case hexadecimal."""

    algorithm: Literal["md5", "sha256"]
    value: str


def digest_of(data: bytes, algorithm: Literal["md5", "sha256"] = "sha256") -> Digest:
    """Return the digest of `data`."""
    take = hashlib.md5 if algorithm == "md5" else hashlib.sha256
    return Digest(algorithm, take(data, usedforsecurity=False).hexdigest())


@value(frozen=True, slots=True)
class Properties:
    """What is stored beside a blob's bytes.

    Attributes:
        content_type: the media type; None leaves it to the service.
        content_encoding: "gzip" and the like; None for plain bytes.
        metadata: lower-case ASCII names (letters, digits, `_`; not starting with a digit) to ASCII values:
            what every service keeps unchanged.
        tier: the service's own word for the storage class ("STANDARD_IA", "Cool"); None is the default.
    """

    content_type: str | None = None
    content_encoding: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    tier: str | None = None


NO_PROPERTIES: Final = Properties()


@value(frozen=True, slots=True)
class BlobInfo:
    """What a store knows about a blob without reading it.

    Attributes:
        key: its name.
        size_stored: bytes as stored; equals the content's size where `capabilities.exact_size`.
        version: opaque; see `Version`.
        modified: when it was last written, by the store's clock, in UTC.
        digest: a checksum of the stored bytes where the service gives one for free, else None.
        tier: the storage class where the call's answer names one, else None (Azure names it in `stat` and
            `scan` only).
    """

    key: Key
    size_stored: int
    version: Version
    modified: datetime
    digest: Digest | None = None
    tier: str | None = None


@value(frozen=True, slots=True)
class Blob:
    """The bytes of a blob, and the version that they belong to.

    With a span, `data` is that part; `info.size_stored` is still the whole blob's.
    """

    info: BlobInfo
    properties: Properties
    data: bytes


@dataclass(frozen=True, slots=True)
class Source:
    """Large content that can be opened again.

    Attributes:
        size: exactly how many bytes `reopen` gives, each time.
        reopen: opens the content at its beginning; the store closes it. May be called several times.
    """

    size: int
    reopen: Callable[[], AbstractContextManager[BinaryIO]]


Content = bytes | Source


@value(frozen=True, slots=True)
class Upload:
    """One write of `write_many`; the fields are those of `write`.

    Attributes:
        sha256: of the content, where the caller has taken it: who has to sign it need not take it again. A
            service that checks it refuses other content.
    """

    key: Key
    content: Content
    when: When = ALWAYS
    properties: Properties = NO_PROPERTIES
    sha256: bytes | None = None


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a store can do beyond the laws; a layer narrows it, never widens it.

    Each flag has a law for both answers: where it is False, the refusal is the law.

    Attributes:
        conditional_writes: `when` other than ALWAYS is checked in the same step as the write.
        flat_keys: a blob `a` and a blob `a/b` may both exist; where False the second is `InvalidKey`.
        exact_size: `size_stored` is the content's size.
        sorted_scan: `scan` yields keys in the order of their UTF-8 bytes.
        exact_names: keys that differ only in case or Unicode normalisation are different blobs.
        properties: `Properties` are kept; where False only the bytes are, and properties read back empty.
        leases: writes and deletes heed leases of blobs (`app.store.lease`); where False a lease given is
            `Unsupported`.
        segment_bytes_max: longest path segment in bytes, or None; a longer one is `InvalidKey`.
    """

    conditional_writes: bool
    flat_keys: bool = True
    exact_size: bool = True
    sorted_scan: bool = True
    exact_names: bool = True
    properties: bool = True
    leases: bool = False
    segment_bytes_max: int | None = None


class ReadableStore(Protocol):
    """What read-only code asks for."""

    @property
    def capabilities(self) -> Capabilities:
        """What this store can do; constant for its lifetime."""
        ...

    def read(self, key: Key, *, span: Span | None = None, unless: Version | None = None) -> Blob:
        """Return the blob, or the part of it that `span` names.

        Bytes and version belong together, also while others write.

        Raises:
            NotFound: no blob is stored under `key`.
            NotModified: it has the version `unless`; its bytes were not sent.
        """
        ...

    def read_many(self, keys: Iterable[Key]) -> Iterator[Blob | StoreError]:
        """Yield for each key, in the order asked, its blob or the error that `read` would raise.

        Several are read at once; a bounded number is held in memory, and `keys` is consumed only as far as
        that window needs. One failure does not fail the rest.
        """
        ...

    def stat(self, key: Key) -> BlobInfo:
        """Return what is known about a blob without reading it.

        Raises:
            NotFound: no blob is stored under `key`.
        """
        ...

    def scan(self, prefix: str = "", *, after: str | None = None) -> Iterator[BlobInfo]:
        """Yield every blob whose key starts with `prefix`, each once.

        The prefix is plain text: `foo` finds `foo/x` and `foobar`; a directory is `foo/`. A blob that exists
        from before the first step to the last is yielded. With `after`, only keys that this store orders
        behind it: where `sorted_scan`, those greater in UTF-8 byte order; elsewhere the same filter is
        applied to an unsorted listing.
        """
        ...

    def close(self) -> None:
        """Release connections. Closing twice is allowed."""
        ...


class BlobStore(ReadableStore, Protocol):
    """A flat map from Key to bytes. Thread-safe. Every method may raise Unavailable or AccessDenied.

    Keys come from `parse_key`; backends do not validate them again. No method creates the bucket, container
    or folder that the store stands on.
    """

    def write(
        self,
        key: Key,
        content: Content,
        *,
        when: When = ALWAYS,
        properties: Properties = NO_PROPERTIES,
        lease: str | None = None,
    ) -> BlobInfo:
        """Store `content` whole or not at all, replacing what was there, and return its new state.

        The version returned is the one that `read` and `stat` show until the next write. No reader sees half
        a write.

        Raises:
            ConditionFailed: `when` does not hold; nothing was written.
            LeaseHeld: another has a lease of the blob, and `lease` is None; nothing was written.
            LeaseLost: `lease` is not the blob's, or has ended; nothing was written.
            InvalidKey: this store cannot hold the key (see `capabilities`).
            Unsupported: the condition or the lease cannot be checked here; nothing was written.
            ContentChanged: a `Source` gave other than `size` bytes or could not be read (`__cause__` is
                its OSError); nothing was written.
        """
        ...

    def write_many(self, uploads: Iterable[Upload]) -> Iterator[BlobInfo | StoreError]:
        """Write each upload and yield, in order, its new state or the error that `write` would raise.

        Several are written at once; a bounded number is held in memory, and `uploads` is consumed only as far
        as that window needs. One failure does not fail the rest. Two uploads of one key in one call are
        written in an order that is not promised.
        """
        ...

    def delete(self, key: Key, *, when: WhenPresent = ALWAYS, lease: str | None = None) -> None:
        """Make sure that no blob is stored under `key`. Deleting a missing blob succeeds.

        Raises:
            ConditionFailed: the blob has another version than `when`; it was not deleted. A missing blob
                with IfVersion is ConditionFailed too.
            LeaseHeld, LeaseLost: as in `write`. The blob's lease ends with it.
        """
        ...
