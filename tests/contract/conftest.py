"""What the tests of the contract share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store.backends.aws import clients
from app.store.backends.blob_service import accounts
from tests.contract.relay import Relay, relayed
from tests.contract.services import ServiceStore, open_service
from tests.contract.stores import Place


@pytest.fixture
def place(tmp_path: Path, request: pytest.FixtureRequest) -> Place:
    return Place(tmp_path, request)


@pytest.fixture(params=["s3", "azure"])
def service(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def relay(service: str, request: pytest.FixtureRequest) -> Iterator[Relay]:
    """Stands in front of the service's emulator."""
    fixture = {"s3": "moto_url", "azure": "azurite_url", "gcs": "gcs_url"}[service]
    with relayed(request.getfixturevalue(fixture)) as relay:
        yield relay


@pytest.fixture
def impatient(
    service: str, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ServiceStore]:
    """A store that repeats a call once instead of several times: the same laws in less time."""
    monkeypatch.setattr(clients, "ATTEMPTS_MAX", 2)
    monkeypatch.setattr(accounts, "RETRIES_MAX", 1)
    store = open_service(service, relay.url)
    relay.requests.clear()
    yield store
    store.close()
