"""The program as each environment's file configures it, and with any other configuration."""

from functools import cache

import pytest

from tests.infra.program.recording import (
    ENVIRONMENTS,
    Recording,
    environment_config,
    run_program,
)


@cache
def _recorded(environment: str) -> Recording:
    return run_program(environment_config(environment), environment=environment)


@pytest.fixture(params=ENVIRONMENTS)
def recorded(request: pytest.FixtureRequest) -> Recording:
    """Each environment that has a file, in turn."""
    return _recorded(request.param)


@pytest.fixture
def local() -> Recording:
    return _recorded("local")


@pytest.fixture
def dev() -> Recording:
    return _recorded("dev")


@pytest.fixture
def prod() -> Recording:
    return _recorded("prod")


@pytest.fixture(autouse=True)
def _without_the_shells_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL_S3", raising=False)
    monkeypatch.delenv("STORAGE_EMULATOR_HOST", raising=False)
