"""What the tests of the contract share."""

from pathlib import Path

import pytest

pytest.register_assert_rewrite("app.store.conformance")

from tests.contract.stores import Place  # noqa: E402 - after the rewrite of what it imports


@pytest.fixture
def place(tmp_path: Path, request: pytest.FixtureRequest) -> Place:
    return Place(tmp_path, request)
