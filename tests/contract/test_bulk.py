"""What the bulk verbs make of each answer of a service, and of none."""

import pytest

from app.store.backends.aws import clients
from app.store.backends.blob_service import accounts
from app.store.contract import (
    ABSENT,
    BlobInfo,
    IfVersion,
    Properties,
    When,
)
from app.store.errors import (
    AccessDenied,
    Busy,
    ConditionFailed,
    RetriesExhausted,
    StoreError,
    Unavailable,
)
from tests.contract.bulk import DATA, A, once, only_blob, only_read, only_write, stored
from tests.contract.relay import RETRY_AFTER_SECONDS, Fate, Relay
from tests.contract.services import ServiceStore, open_service

pytestmark = pytest.mark.emulator


@pytest.mark.parametrize(
    ("fate", "kind"),
    [
        ("deny", AccessDenied),
        ("say busy", RetriesExhausted),
        ("fail after the effect", RetriesExhausted),
        ("lose the answer", RetriesExhausted),
    ],
)
def test_a_read_that_fails_says_how(
    impatient: ServiceStore, relay: Relay, fate: Fate, kind: type[StoreError]
) -> None:
    impatient.write(A, DATA)
    relay.requests.clear()
    relay.fate = lambda request: fate
    answer = only_read(impatient)

    assert type(answer) is kind
    assert answer.key == A
    assert A in str(answer)
    assert len(relay.requests) == (1 if fate == "deny" else 2)


def test_a_read_that_breaks_off_never_gives_half_the_bytes(
    impatient: ServiceStore, relay: Relay
) -> None:
    data = bytes(range(256)) * 4_000
    impatient.write(A, data)
    relay.fate = lambda request: "cut the answer"
    answer = only_read(impatient)
    relay.fate = lambda request: "pass"

    assert isinstance(answer, Unavailable)
    assert only_blob(impatient).data == data


@pytest.mark.parametrize("when", [ABSENT, IfVersion("old")], ids=["absent", "if version"])
@pytest.mark.parametrize("fate", ["say busy", "lose the answer", "fail after the effect"])
def test_a_conditional_write_goes_through_once(
    impatient: ServiceStore, relay: Relay, fate: Fate, when: When
) -> None:
    if isinstance(when, IfVersion):
        when = IfVersion(impatient.write(A, b"old").version)
    relay.requests.clear()
    relay.fate = lambda request: fate if request.method == "PUT" else "pass"
    answer = only_write(impatient, when=when)

    assert type(answer) is (Busy if fate == "say busy" else Unavailable)
    assert answer.retryable
    assert [request.method for request in relay.requests] == ["PUT"]
    before = b"old" if isinstance(when, IfVersion) else None
    assert stored(impatient) == (before if fate == "say busy" else DATA)


@pytest.mark.parametrize("fate", ["say busy", "lose the answer", "fail after the effect"])
def test_an_unconditional_write_is_repeated(
    impatient: ServiceStore, relay: Relay, fate: Fate
) -> None:
    relay.fate = once(fate, "PUT")

    assert isinstance(only_write(impatient), BlobInfo)
    assert [request.method for request in relay.requests] == ["PUT", "PUT"]
    assert stored(impatient) == DATA


def test_a_busy_service_says_when_to_come_again(impatient: ServiceStore, relay: Relay) -> None:
    relay.fate = lambda request: "say when"
    answer = only_write(impatient, when=ABSENT)

    assert isinstance(answer, Busy)
    assert answer.retry_after_seconds == RETRY_AFTER_SECONDS


def test_a_denied_write_is_denied(impatient: ServiceStore, relay: Relay) -> None:
    relay.fate = lambda request: "deny"

    assert type(only_write(impatient)) is AccessDenied
    assert type(only_write(impatient, when=ABSENT)) is AccessDenied


@pytest.mark.parametrize("when", [ABSENT, IfVersion("0x8D"), IfVersion("0" * 32)])
def test_a_condition_that_does_not_hold_is_said_by_the_service(
    impatient: ServiceStore, when: When
) -> None:
    if when is ABSENT:
        impatient.write(A, b"old")
    missing = only_write(impatient, when=when)
    impatient.write(A, b"old")
    answer = only_write(impatient, when=when)

    assert type(answer) is type(missing) is ConditionFailed
    assert stored(impatient) == b"old"


def test_an_answer_that_takes_too_long_is_no_answer(
    service: str, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients, "READ_SECONDS_MAX", 0.2)
    monkeypatch.setattr(clients, "ATTEMPTS_MAX", 1)
    monkeypatch.setattr(accounts, "READ_SECONDS_MAX", 0.2)
    monkeypatch.setattr(accounts, "RETRIES_MAX", 0)
    store = open_service(service, relay.url, create=False)
    relay.fate = lambda request: "stall"
    answers = [only_read(store), only_write(store), only_write(store, when=ABSENT)]
    store.close()

    for answer in answers:
        assert type(answer) is Unavailable
        assert "took too long" in str(answer)


def test_a_service_that_is_not_there_is_named_with_what_to_do(
    service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients, "ATTEMPTS_MAX", 1)
    monkeypatch.setattr(accounts, "RETRIES_MAX", 0)
    store = open_service(service, "http://127.0.0.1:9/devstoreaccount1", create=False)

    for answer in (only_read(store), only_write(store)):
        assert isinstance(answer, Unavailable)
        assert "no connection" in str(answer)
        assert "kb local start" in str(answer)


@pytest.mark.parametrize("service", ["azure"])
def test_what_only_the_vendors_sdk_can_explain_is_asked_of_it(
    impatient: ServiceStore, relay: Relay
) -> None:
    impatient.write(A, DATA, properties=Properties(tier="Archive"))
    relay.requests.clear()
    answer = only_read(impatient)

    assert isinstance(answer, StoreError)
    assert "archived" in str(answer)
    first, *others = [request.headers["user-agent"] for request in relay.requests]
    assert first == "kb-bulk"
    assert others[0].startswith("azsdk-python")
