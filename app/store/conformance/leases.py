"""Laws of leases: those of the service where it has them, else records beside the blobs."""

import io
from concurrent.futures import ThreadPoolExecutor

from app.store.conformance.expecting import content_of, refused
from app.store.conformance.law import only_where
from app.store.contract import ABSENT, BlobInfo, BlobStore, IfVersion, Source, Upload
from app.store.errors import (
    ConditionFailed,
    LeaseHeld,
    LeaseLost,
    NotFound,
    Unsupported,
)
from app.store.extras import Lease
from app.store.keys import Key
from app.store.lease import leases_of

_A, _B = Key("notes/a.md"), Key("notes/b.md")
_SECONDS = 60
_LARGE_BYTES = 9 << 20
_UNKNOWN = "5d2c5a3e-0000-4000-8000-000000000000"


def a_lease_that_cannot_be_checked_is_refused(store: BlobStore) -> None:
    """Where `leases` is False, as Unsupported, and nothing is changed; where it is True, it is checked."""
    store.write(_A, b"old")
    kind = LeaseLost if store.capabilities.leases else Unsupported
    with refused(kind, key=_A):
        store.write(_A, b"new", lease=_UNKNOWN)
    with refused(kind, key=_A):
        store.delete(_A, lease=_UNKNOWN)

    assert content_of(store, _A) == b"old"


def leases_need_conditions_or_a_service_that_has_them(store: BlobStore) -> None:
    """Where a store has neither, asking for its leases is Unsupported."""
    if store.capabilities.conditional_writes or store.capabilities.leases:
        leases_of(store)
        return
    with refused(Unsupported):
        leases_of(store)


@only_where("conditional_writes", otherwise=leases_need_conditions_or_a_service_that_has_them)
def a_lease_needs_a_blob(store: BlobStore) -> None:
    """One never written, and one deleted, have none to take."""
    leases = leases_of(store)
    with refused(NotFound, key=_A):
        leases.acquire(_A, seconds=_SECONDS)
    store.write(_A, b"data")
    store.delete(_A)
    with refused(NotFound, key=_A):
        leases.acquire(_A, seconds=_SECONDS)


@only_where("conditional_writes", otherwise=leases_need_conditions_or_a_service_that_has_them)
def a_lease_has_one_holder(store: BlobStore) -> None:
    """A second taker is refused until it is released; neighbours have leases of their own."""
    leases, another = leases_of(store), leases_of(store)
    store.write(_A, b"data")
    store.write(_B, b"data")
    first = leases.acquire(_A, seconds=_SECONDS)
    for taker in (leases, another):
        with refused(LeaseHeld, key=_A):
            taker.acquire(_A, seconds=_SECONDS)
    neighbour = another.acquire(_B, seconds=_SECONDS)

    assert (first.key, first.seconds) == (_A, _SECONDS)
    assert first.id != neighbour.id
    leases.release(first)
    second = another.acquire(_A, seconds=_SECONDS)
    assert second.id != first.id
    another.release(second)
    another.release(neighbour)


@only_where("conditional_writes", otherwise=leases_need_conditions_or_a_service_that_has_them)
def taking_and_ending_a_lease_leaves_the_blob_as_it_is(store: BlobStore) -> None:
    """Its bytes and its version stay, through renewal too."""
    leases = leases_of(store)
    written = store.write(_A, b"data")
    lease = leases.renew(leases.acquire(_A, seconds=_SECONDS))

    assert store.read(_A).info.version == written.version
    leases.release(lease)
    assert store.stat(_A).version == written.version
    store.write(_A, b"new", when=IfVersion(written.version))


@only_where("conditional_writes", otherwise=leases_need_conditions_or_a_service_that_has_them)
def a_renewed_lease_is_the_same_one(store: BlobStore) -> None:
    """Again and again, also by one that holds an earlier answer of it."""
    leases = leases_of(store)
    store.write(_A, b"data")
    lease = leases.acquire(_A, seconds=_SECONDS)
    for renewed in (leases.renew(lease), leases.renew(lease), leases_of(store).renew(lease)):
        assert (renewed.key, renewed.id, renewed.seconds) == (_A, lease.id, _SECONDS)
    with refused(LeaseHeld, key=_A):
        leases.acquire(_A, seconds=_SECONDS)
    leases.release(lease)


@only_where("conditional_writes", otherwise=leases_need_conditions_or_a_service_that_has_them)
def a_broken_lease_is_lost(store: BlobStore) -> None:
    """Its holder can neither renew it nor end the next one's; breaking none is fine."""
    leases = leases_of(store)
    leases.break_lease(_B)
    store.write(_A, b"data")
    leases.break_lease(_A)
    broken = leases.acquire(_A, seconds=_SECONDS)
    leases.break_lease(_A)
    with refused(LeaseLost, key=_A):
        leases.renew(broken)
    leases.release(broken)
    held = leases.acquire(_A, seconds=_SECONDS)
    leases.release(broken)
    with refused(LeaseLost, key=_A):
        leases.renew(broken)

    assert leases.renew(held).id == held.id
    leases.release(held)


@only_where("conditional_writes", otherwise=leases_need_conditions_or_a_service_that_has_them)
def of_many_takers_one_has_the_lease(store: BlobStore) -> None:
    """Eight at once."""
    store.write(_A, b"data")

    def take(_: int) -> Lease | None:
        try:
            return leases_of(store).acquire(_A, seconds=_SECONDS)
        except LeaseHeld:
            return None

    with ThreadPoolExecutor(8) as pool:
        taken = [lease for lease in pool.map(take, range(8)) if lease is not None]

    assert len(taken) == 1
    leases_of(store).release(taken[0])


@only_where("leases", otherwise=a_lease_that_cannot_be_checked_is_refused)
def a_leased_blob_is_written_by_its_holder_alone(store: BlobStore) -> None:
    """Others are refused every write and delete, and change nothing; they may read, and write neighbours."""
    leases = leases_of(store)
    version = store.write(_A, b"old").version
    lease = leases.acquire(_A, seconds=_SECONDS)
    for refusal in (
        lambda: store.write(_A, b"other"),
        lambda: store.write(_A, b"other", when=IfVersion(version)),
        lambda: store.write(_A, _large(b"o")),
        lambda: store.delete(_A),
        lambda: store.delete(_A, when=IfVersion(version)),
    ):
        with refused(LeaseHeld, key=_A):
            refusal()
    with refused(ConditionFailed, key=_A):
        store.write(_A, b"other", when=ABSENT)

    assert store.read(_A).data == b"old"
    store.write(_B, b"neighbour")
    store.write(_A, b"new", when=IfVersion(version), lease=lease.id)
    assert store.read(_A).data == b"new"
    store.write(_A, _large(b"l"), lease=lease.id)
    assert len(store.read(_A).data) == _LARGE_BYTES
    leases.release(lease)
    store.write(_A, b"free")
    assert store.read(_A).data == b"free"


@only_where("leases", otherwise=a_lease_that_cannot_be_checked_is_refused)
def one_leased_blob_does_not_fail_the_rest_of_many_writes(store: BlobStore) -> None:
    """Its refusal stands in its place."""
    leases = leases_of(store)
    store.write(_A, b"old")
    lease = leases.acquire(_A, seconds=_SECONDS)
    uploads = [Upload(Key(f"k/{number}"), b"data", when=ABSENT) for number in range(3)]
    answers = list(store.write_many([uploads[0], Upload(_A, b"x"), Upload(_B, b"b"), *uploads[1:]]))

    kinds = [BlobInfo, LeaseHeld, BlobInfo, BlobInfo, BlobInfo]
    assert [type(answer) for answer in answers] == kinds
    keys = [uploads[0].key, _A, _B, uploads[1].key, uploads[2].key]
    assert [answer.key for answer in answers] == keys
    assert store.read(_A).data == b"old"
    leases.release(lease)


@only_where("leases", otherwise=a_lease_that_cannot_be_checked_is_refused)
def a_lease_that_has_ended_writes_nothing(store: BlobStore) -> None:
    """Neither one released, nor one broken and taken by another, with or without a condition."""
    leases = leases_of(store)
    version = store.write(_A, b"old").version
    ended = leases.acquire(_A, seconds=_SECONDS)
    leases.release(ended)
    _refuse_writes(store, ended, version)
    leases.break_lease(_A)
    held = leases.acquire(_A, seconds=_SECONDS)
    _refuse_writes(store, ended, version)

    assert store.read(_A).data == b"old"
    leases.release(held)


@only_where("leases", otherwise=a_lease_that_cannot_be_checked_is_refused)
def a_holder_never_replaces_what_it_has_not_seen(store: BlobStore) -> None:
    """Its condition counts as everybody's does."""
    leases = leases_of(store)
    stale = store.write(_A, b"one").version
    store.write(_A, b"two")
    lease = leases.acquire(_A, seconds=_SECONDS)
    with refused(ConditionFailed, key=_A):
        store.write(_A, b"three", when=IfVersion(stale), lease=lease.id)
    with refused(ConditionFailed, key=_A):
        store.delete(_A, when=IfVersion(stale), lease=lease.id)

    assert store.read(_A).data == b"two"
    leases.release(lease)


@only_where("leases", otherwise=a_lease_that_cannot_be_checked_is_refused)
def a_lease_ends_with_its_blob(store: BlobStore) -> None:
    """After its holder has deleted it, anybody may write it anew, and again."""
    leases = leases_of(store)
    store.write(_A, b"data")
    lease = leases.acquire(_A, seconds=_SECONDS)
    store.delete(_A, lease=lease.id)

    assert content_of(store, _A) is None
    store.write(_A, b"anew", when=ABSENT)
    store.write(_A, b"again")
    with refused(LeaseLost, key=_A):
        leases.renew(lease)
    leases.release(leases.acquire(_A, seconds=_SECONDS))


def _refuse_writes(store: BlobStore, lease: Lease, version: str) -> None:
    for write in (
        lambda: store.write(_A, b"new", lease=lease.id),
        lambda: store.write(_A, b"new", when=IfVersion(version), lease=lease.id),
        lambda: store.delete(_A, lease=lease.id),
    ):
        with refused(LeaseLost, key=_A):
            write()


def _large(byte: bytes) -> Source:
    return Source(_LARGE_BYTES, lambda: io.BytesIO(byte * _LARGE_BYTES))
