"""What is not known yet makes no valid payload wrong, wherever it stands."""

import pytest

from infra.local_cloud.values import UNKNOWN
from tests.infra.local_cloud.gcp.examples import GCP
from tests.infra.local_cloud.lives.life import failures
from tests.infra.local_cloud.mutations import paths, replaced
from tests.infra.local_cloud.payload_examples import VALID

EXAMPLES = VALID | GCP


@pytest.mark.parametrize("token", EXAMPLES)
def test_a_value_that_is_not_known_yet_is_passed_over(token: str) -> None:
    refused = {
        path: found
        for path in paths(EXAMPLES[token])
        if (found := failures(token, replaced(EXAMPLES[token], path, UNKNOWN)))
    }

    assert refused == {}
