"""The guard of leases that are records: it looks at the record before it lets a write through."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby, islice
from typing import Final, Protocol

from app.store.contract import (
    ABSENT,
    ALWAYS,
    NO_PROPERTIES,
    BlobInfo,
    BlobStore,
    Capabilities,
    Content,
    IfVersion,
    Properties,
    Upload,
    When,
    WhenPresent,
)
from app.store.errors import NotFound, StoreError
from app.store.keys import RESERVED_PREFIX, Key
from app.store.layers.base import Layer, end

_LOOKED_AT_ONCE: Final = 64


class LeaseRecords(Protocol):
    """What the guard asks of leases: `app.store.lease.RecordLeases`."""

    def check(self, key: Key, lease: str | None) -> None:
        """Raise LeaseHeld or LeaseLost if the lease of the blob does not allow the write."""
        ...

    def refusals(self, keys: Iterable[Key]) -> Iterator[StoreError | None]:
        """Yield what `check` raises for a writer without a lease."""
        ...

    def end(self, key: Key, lease: str) -> None:
        """End the lease of the blob if it is `lease`."""
        ...


class LeasedStore(Layer):
    """Refuses writers whom the lease of a blob does not allow to write, on services that do not.

    A write or delete costs one read more, of the record; a write under a lease also a stat and a tiny write
    that tells the time. Writes with ABSENT cost nothing: a lease needs a blob, so there is none to heed.
    Nor do those of our own records, which nobody leases.

    Between the look and the write a lease can be taken or end. Therefore a write under a lease is always
    conditional: it replaces what was there when the lease was looked at, and nothing newer. A writer without
    a lease that has looked just before the lease was taken still writes; the holder's conditional write then
    fails, and says so.

    A lease ends with its blob, as on Azure.

    Args:
        inner: the store around which it stands.
        leases: the records; they lie in the backend, below any cache.
    """

    def __init__(self, inner: BlobStore, leases: LeaseRecords) -> None:
        super().__init__(inner)
        self._leases = leases

    @property
    def capabilities(self) -> Capabilities:
        """Those of `inner`, and leases: the one thing that this layer is there to add."""
        return replace(self.inner.capabilities, leases=True)

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
        if lease is not None and when is ALWAYS:
            when = self._as_it_is(key)
        if lease is not None or _needs_look(key, when):
            self._leases.check(key, lease)
        return self.inner.write(key, content, when=when, properties=properties)

    def write_many(self, uploads: Iterable[Upload]) -> Iterator[BlobInfo | StoreError]:
        """See the contract. Runs of uploads with ABSENT pass as they come, others in groups."""
        for needs_look, run in groupby(
            uploads, lambda upload: _needs_look(upload.key, upload.when)
        ):
            if not needs_look:
                yield from self.inner.write_many(run)
                continue
            while group := list(islice(run, _LOOKED_AT_ONCE)):
                yield from self._write_group(group)

    def delete(self, key: Key, *, when: WhenPresent = ALWAYS, lease: str | None = None) -> None:
        """See the contract."""
        if lease is None:
            if _needs_look(key, when):
                self._leases.check(key, None)
            self.inner.delete(key, when=when)
            return
        present = self._as_it_is(key) if when is ALWAYS else when
        self._leases.check(key, lease)
        if isinstance(present, IfVersion):
            self.inner.delete(key, when=present)
        self._leases.end(key, lease)

    def _as_it_is(self, key: Key) -> When:
        try:
            return IfVersion(self.inner.stat(key).version)
        except NotFound:
            return ABSENT

    def _write_group(self, group: list[Upload]) -> Iterator[BlobInfo | StoreError]:
        refusals = list(self._leases.refusals([upload.key for upload in group]))
        allowed = [
            upload for upload, refusal in zip(group, refusals, strict=True) if refusal is None
        ]
        answers = self.inner.write_many(allowed)
        try:
            for refusal in refusals:
                yield refusal if refusal is not None else next(answers)
        finally:
            end(answers)


def _needs_look(key: Key, when: When) -> bool:
    return when is not ABSENT and not key.startswith(RESERVED_PREFIX)
