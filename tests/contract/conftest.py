"""What the tests of the contract share."""

from pathlib import Path

import pytest

from tests.contract.stores import Place


@pytest.fixture
def place(tmp_path: Path, request: pytest.FixtureRequest) -> Place:
    return Place(tmp_path, request)
