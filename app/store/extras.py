"""What only some stores can do: a Protocol each, asked of `stack.backend`, never of a layer."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, runtime_checkable

from app.store.contract import ALWAYS, Blob, BlobInfo, BlobStore, Version, When, WhenPresent
from app.store.keys import Key


@runtime_checkable
class OnBackend(Protocol):
    """A store that stands on another one, of which extras are asked."""

    @property
    def backend(self) -> BlobStore:
        """What keeps the bytes."""
        ...


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to write one blob while others may not.

    Attributes:
        key: the blob's.
        id: what `write(…, lease=…)` and `delete(…, lease=…)` take.
        seconds: how long it holds after it was taken or renewed, by the service's clock.
        record: the version of the blob that records it; None where the service keeps leases itself.
    """

    key: Key
    id: str
    seconds: int
    record: Version | None = None


@runtime_checkable
class Leases(Protocol):
    """Locks on blobs, kept where the blobs are and ended by the service's clock, not ours."""

    def acquire(self, key: Key, *, seconds: int) -> Lease:
        """Return a new lease of the blob.

        Args:
            key: of a blob that exists: a name with nothing under it is taken by writing it ABSENT.
            seconds: how long it shall hold; a service may give more, which the answer says.

        Raises:
            NotFound: nothing is stored under `key`.
            LeaseHeld: somebody else has it.
        """
        ...

    def renew(self, lease: Lease) -> Lease:
        """Return the lease, holding again for all of its seconds from now.

        Raises:
            LeaseLost: it has ended and another took it, or it was broken.
        """
        ...

    def release(self, lease: Lease) -> None:
        """End the lease now. One that has ended already, or is another's now, is left as it is."""
        ...

    def break_lease(self, key: Key) -> None:
        """End whoever's lease of the blob now; none is fine."""
        ...


@runtime_checkable
class Tiers(Protocol):
    """Storage classes of blobs that are there already."""

    def set_tier(self, key: Key, tier: str, *, when: WhenPresent = ALWAYS) -> BlobInfo:
        """Move a blob to `tier`, in the service's own word, and return its state. Its bytes stay.

        Raises:
            NotFound: nothing is stored under `key`.
            ConditionFailed: it has another version than `when`.
            Unsupported: there is no such tier, or the condition cannot be checked.
            Archived: it is offline and must be asked for first.
        """
        ...

    def rehydrate(
        self, key: Key, *, days: int = 7, priority: Literal["standard", "high"] = "standard"
    ) -> datetime:
        """Ask for an archived blob; return when it can be read at the latest. Asking twice is fine.

        Args:
            key: the blob's.
            days: how long a copy stays readable, where the service makes one (S3).
            priority: "high" costs more.

        Raises:
            NotFound: nothing is stored under `key`.
            Unsupported: the blob is not archived.
        """
        ...


@runtime_checkable
class NamesTiers(Protocol):
    """A store that knows the words for its storage classes."""

    @property
    def tier_names(self) -> tuple[str, ...]:
        """The service's own words that `Properties.tier` may be."""
        ...


@dataclass(frozen=True, slots=True)
class BlobVersion:
    """One state that a blob has had.

    Attributes:
        key: the blob's.
        id: the service's own name of the state, for `read_version` and `restore`.
        info: what is known of it; None for a deletion.
        modified: when it came to be.
        current: whether it is what `read` shows.
    """

    key: Key
    id: str
    info: BlobInfo | None
    modified: datetime
    current: bool


@runtime_checkable
class Versions(Protocol):
    """Former states of blobs, where the bucket or account keeps them (versioning is switched on by infra)."""

    def versions(self, key: Key) -> Iterator[BlobVersion]:
        """Yield the states of a blob, the newest first; none for a key that never was."""
        ...

    def read_version(self, key: Key, version_id: str) -> Blob:
        """Return a former state.

        Raises:
            NotFound: there is no such state.
        """
        ...

    def restore(self, key: Key, version_id: str, *, when: When = ALWAYS) -> BlobInfo:
        """Write a former state again, with its properties, and return the new state. History is kept.

        Raises:
            NotFound: there is no such state.
            ConditionFailed: `when` does not hold; nothing was changed.
        """
        ...

    def undelete(self, key: Key) -> BlobInfo:
        """Bring back what was stored under `key` when it was deleted.

        Raises:
            NotFound: nothing is left of it.
            ConditionFailed: something is stored there now; it is not replaced.
        """
        ...
