"""Leases that are records: when they end, and what becomes of answers that are lost."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from app.store.backends.memory import MemoryStore
from app.store.contract import (
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
)
from app.store.errors import (
    ConditionFailed,
    CorruptBlob,
    LeaseHeld,
    LeaseLost,
    Unavailable,
    Unsupported,
)
from app.store.keys import Key
from app.store.lease import RecordLeases, leases_of
from app.store.stack import open_stack

_A = Key("notes/a.md")


class Service(MemoryStore):
    """A store whose clock the test moves, and that loses answers and lets others in when the test says so.

    Attributes:
        losing: so many writes take effect and get no answer.
        deaf: reads of records get no answer.
        interruption: happens once, after the next look at the service's clock: the last step of a guard.
    """

    def __init__(self, *, exact_names: bool = True, conditional_writes: bool = True) -> None:
        self.now = datetime(2026, 11, 25, tzinfo=UTC)
        self.losing = 0
        self.deaf = False
        self.interruption: Callable[[], object] | None = None
        self._can = Capabilities(conditional_writes=conditional_writes, exact_names=exact_names)
        super().__init__(clock=lambda: self.now)

    @property
    def capabilities(self) -> Capabilities:
        return self._can

    def later(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    def read(self, key: Key, *, span: Span | None = None, unless: Version | None = None) -> Blob:
        if self.deaf and key.startswith(".kb/leases/"):
            raise Unavailable("no answer", key=key)
        return super().read(key, span=span, unless=unless)

    def write(
        self,
        key: Key,
        content: Content,
        *,
        when: When = ALWAYS,
        properties: Properties = NO_PROPERTIES,
        lease: str | None = None,
    ) -> BlobInfo:
        info = super().write(key, content, when=when, properties=properties, lease=lease)
        if self.losing:
            self.losing -= 1
            raise Unavailable("the answer was lost", key=key)
        if self.interruption and key.startswith(".kb/clock/"):
            happens, self.interruption = self.interruption, None
            happens()
        return info

    def records(self) -> list[dict[str, object]]:
        return [json.loads(self.read(info.key).data) for info in self.scan(".kb/leases/")]


@pytest.fixture
def service() -> Service:
    service = Service()
    service.write(_A, b"data")
    return service


def test_a_record_says_whose_it_is_and_grows(service: Service) -> None:
    leases = RecordLeases(service, owner="ann", new_id=lambda: "id-1")
    lease = leases.acquire(_A, seconds=20)
    leases.renew(lease)

    expected = {"key": _A, "id": "id-1", "owner": "ann", "seconds": 20, "generation": 2}
    assert service.records() == [expected]
    with pytest.raises(LeaseHeld, match="ann"):
        RecordLeases(service).acquire(_A, seconds=20)


def test_a_lease_ends_by_the_services_clock(service: Service) -> None:
    first, second = RecordLeases(service), RecordLeases(service)
    lease = first.acquire(_A, seconds=20)
    service.later(20)
    with pytest.raises(LeaseHeld):
        second.acquire(_A, seconds=20)
    service.later(1)
    taken = second.acquire(_A, seconds=20)

    assert [record["generation"] for record in service.records()] == [2]
    assert [record["id"] for record in service.records()] == [taken.id]
    with pytest.raises(LeaseLost):
        first.renew(lease)
    first.release(lease)
    assert second.renew(taken).id == taken.id


def test_a_renewed_lease_holds_all_of_its_seconds_again(service: Service) -> None:
    leases = RecordLeases(service)
    lease = leases.acquire(_A, seconds=20)
    for _ in range(3):
        service.later(15)
        lease = leases.renew(lease)
    service.later(20)

    with pytest.raises(LeaseHeld):
        RecordLeases(service).acquire(_A, seconds=20)


def test_one_that_ended_and_nobody_took_may_be_renewed(service: Service) -> None:
    leases = RecordLeases(service)
    lease = leases.acquire(_A, seconds=20)
    service.later(100)

    assert leases.renew(lease).id == lease.id
    with pytest.raises(LeaseHeld):
        RecordLeases(service).acquire(_A, seconds=20)


def test_an_ended_lease_stops_nobody_and_writes_nothing(service: Service) -> None:
    stack = open_stack(service)
    lease = leases_of(stack).acquire(_A, seconds=20)
    service.later(20)
    with pytest.raises(LeaseHeld):
        stack.write(_A, b"other")
    stack.write(_A, b"mine", lease=lease.id)
    service.later(21)
    with pytest.raises(LeaseLost):
        stack.write(_A, b"stale", lease=lease.id)
    stack.write(_A, b"other")

    assert stack.read(_A).data == b"other"
    assert service.records() == []


def test_the_lost_answer_of_an_acquire_does_not_lock_oneself_out(service: Service) -> None:
    leases = RecordLeases(service)
    service.losing = 1
    lease = leases.acquire(_A, seconds=20)

    assert [record["id"] for record in service.records()] == [lease.id]
    assert leases.renew(lease).id == lease.id


def test_an_acquire_after_an_outage_knows_its_own(service: Service) -> None:
    leases = RecordLeases(service)
    service.losing, service.deaf = 1, True
    with pytest.raises(Unavailable):
        leases.acquire(_A, seconds=20)
    service.deaf = False
    with pytest.raises(LeaseHeld):
        RecordLeases(service).acquire(_A, seconds=20)
    lease = leases.acquire(_A, seconds=20)

    assert [record["id"] for record in service.records()] == [lease.id]
    with pytest.raises(LeaseHeld):
        leases.acquire(_A, seconds=20)


def test_the_lost_answer_of_a_renewal_changes_nothing(service: Service) -> None:
    leases = RecordLeases(service)
    lease = leases.acquire(_A, seconds=20)
    service.losing = 1

    assert leases.renew(lease).id == lease.id
    assert leases.renew(lease).id == lease.id


def test_names_that_are_one_have_one_lease() -> None:
    service = Service(exact_names=False)
    service.write(_A, b"data")
    service.write(Key("Notes/A.md"), b"data")
    leases = RecordLeases(service)
    leases.acquire(_A, seconds=20)

    with pytest.raises(LeaseHeld):
        leases.acquire(Key("Notes/A.md"), seconds=20)


def test_without_conditional_writes_there_are_none() -> None:
    with pytest.raises(Unsupported, match="conditional"):
        RecordLeases(Service(conditional_writes=False))
    stack = open_stack(Service(conditional_writes=False))
    assert not stack.capabilities.leases


def test_a_record_that_cannot_be_read_is_said_and_can_be_broken(service: Service) -> None:
    leases = RecordLeases(service)
    leases.acquire(_A, seconds=20)
    (record,) = service.scan(".kb/leases/")
    service.write(record.key, b"{}")
    with pytest.raises(CorruptBlob, match="break_lease"):
        leases.acquire(_A, seconds=20)
    (answer,) = open_stack(service).write_many([Upload(_A, b"x")])
    assert isinstance(answer, CorruptBlob)

    leases.break_lease(_A)
    leases.acquire(_A, seconds=20)
    assert len(service.records()) == 1


def test_a_lease_of_no_time_is_a_mistake(service: Service) -> None:
    with pytest.raises(ValueError, match="at least a second"):
        RecordLeases(service).acquire(_A, seconds=0)


@pytest.mark.parametrize("conditional", [False, True])
def test_a_holder_paused_between_its_look_and_its_write_replaces_nothing_newer(
    service: Service, conditional: bool
) -> None:
    stack = open_stack(service)
    when = IfVersion(stack.stat(_A).version) if conditional else ALWAYS
    lease = leases_of(stack).acquire(_A, seconds=20)

    def another_takes_over() -> None:
        service.later(100)
        another = RecordLeases(service).acquire(_A, seconds=20)
        open_stack(service).write(_A, b"newer", lease=another.id)

    service.interruption = another_takes_over
    with pytest.raises(ConditionFailed):
        stack.write(_A, b"stale", when=when, lease=lease.id)

    assert stack.read(_A).data == b"newer"


def test_a_holder_paused_between_its_look_and_its_delete_deletes_nothing_newer(
    service: Service,
) -> None:
    stack = open_stack(service)
    lease = leases_of(stack).acquire(_A, seconds=20)
    service.interruption = lambda: service.write(_A, b"newer")
    with pytest.raises(ConditionFailed):
        stack.delete(_A, lease=lease.id)

    assert stack.read(_A).data == b"newer"
    assert [record["id"] for record in service.records()] == [lease.id]
