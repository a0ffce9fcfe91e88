"""What the tests of the measurements share."""

import pytest

pytest.register_assert_rewrite("app.store.conformance")
