"""Laws of leases that are records, when calls fail: they stand below all layers, so none is put on here."""

from app.store.conformance.conditions import a_condition_that_cannot_be_checked_is_refused
from app.store.conformance.expecting import refused
from app.store.conformance.faults import Around, Storm, as_it_is, storms
from app.store.conformance.law import only_where
from app.store.contract import BlobStore
from app.store.errors import LeaseHeld
from app.store.extras import Lease
from app.store.keys import Key
from app.store.lease import RecordLeases

_SECONDS = 60


@only_where("conditional_writes", otherwise=a_condition_that_cannot_be_checked_is_refused)
def a_lease_whose_answer_was_lost_is_had_by_asking_again(
    store: BlobStore, around: Around = as_it_is
) -> None:
    """Nobody is shut out by himself; and who has it, alone has it."""
    asking: dict[Key, RecordLeases] = {}

    def take(subject: BlobStore, key: Key) -> None:
        asking[key] = RecordLeases(subject)
        asking[key].acquire(key, seconds=_SECONDS)

    def check(storm: Storm) -> None:
        if storm.error is not None:
            asking[storm.key].acquire(storm.key, seconds=_SECONDS)
        _nobody_else_may_have_it(storm)

    storms(store, take, check, prepare=_put)


@only_where("conditional_writes", otherwise=a_condition_that_cannot_be_checked_is_refused)
def a_lease_is_not_lost_by_a_renewal_that_fails(
    store: BlobStore, around: Around = as_it_is
) -> None:
    """It is renewed by trying again."""
    held: dict[Key, tuple[RecordLeases, Lease]] = {}

    def renew(subject: BlobStore, key: Key) -> None:
        leases = RecordLeases(subject)
        held[key] = (leases, leases.acquire(key, seconds=_SECONDS))
        leases.renew(held[key][1])

    def check(storm: Storm) -> None:
        if storm.key in held:
            leases, lease = held[storm.key]
            leases.renew(lease)
            _nobody_else_may_have_it(storm)

    storms(store, renew, check, prepare=_put)


@only_where("conditional_writes", otherwise=a_condition_that_cannot_be_checked_is_refused)
def a_lease_whose_release_fails_is_released_by_trying_again(
    store: BlobStore, around: Around = as_it_is
) -> None:
    """Then another may have it; releasing what has ended is fine."""
    held: dict[Key, tuple[RecordLeases, Lease]] = {}

    def release(subject: BlobStore, key: Key) -> None:
        leases = RecordLeases(subject)
        held[key] = (leases, leases.acquire(key, seconds=_SECONDS))
        leases.release(held[key][1])

    def check(storm: Storm) -> None:
        if storm.key in held:
            leases, lease = held[storm.key]
            leases.release(lease)
            RecordLeases(storm.fresh()).acquire(storm.key, seconds=_SECONDS)

    storms(store, release, check, prepare=_put)


def _nobody_else_may_have_it(storm: Storm) -> None:
    with refused(LeaseHeld, key=storm.key):
        RecordLeases(storm.fresh()).acquire(storm.key, seconds=_SECONDS)


def _put(store: BlobStore, key: Key) -> None:
    store.write(key, b"data")
