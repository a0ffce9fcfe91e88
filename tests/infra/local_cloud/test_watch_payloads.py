"""What the documentation of alarms, budgets and diagnostics forbids is refused, by its property."""

from typing import Any

import pytest

from infra.local_cloud.aws import payloads as aws
from infra.local_cloud.azure_native import payloads as azure
from tests.infra.local_cloud.forbidden_watch import FORBIDDEN
from tests.infra.local_cloud.mutations import changed
from tests.infra.local_cloud.watch_examples import AWS, AZURE


@pytest.mark.parametrize(("token", "path", "value", "refused"), FORBIDDEN)
def test_what_the_documentation_forbids_is_refused(
    token: str, path: tuple[str | int, ...], value: Any, refused: str
) -> None:
    payloads, examples = (aws, AWS) if token in AWS else (azure, AZURE)
    found = payloads.failures(token, changed(examples[token], path, value))

    assert any(where.startswith(refused) for where, _ in found), found
