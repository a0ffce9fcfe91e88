"""What Google's documentation of budgets forbids is refused, each by its property."""

from typing import Any

import pytest

from infra.local_cloud.gcp.payloads import failures
from tests.infra.local_cloud.gcp.examples import GCP
from tests.infra.local_cloud.gcp.forbidden_budgets import FORBIDDEN
from tests.infra.local_cloud.mutations import changed


@pytest.mark.parametrize(("token", "path", "value", "refused"), FORBIDDEN)
def test_what_the_documentation_of_budgets_forbids_is_refused_at_that_place(
    token: str, path: tuple[str | int, ...], value: Any, refused: str
) -> None:
    found = failures(token, changed(GCP[token], path, value))

    assert any(where.startswith(refused) for where, _ in found), found
