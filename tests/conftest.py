"""Fixtures that every test may use: emulated clouds, one set per test process."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A crowded machine is no failure: how long anything takes is said by benchmarks/.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

# Before any test imports them: the laws show both sides of a failed comparison.
pytest.register_assert_rewrite("app.store.conformance")

from infra.local_cloud import servers  # noqa: E402 - after the rewrite of what others import
from infra.local_cloud.emulators import FAKE_GCS  # noqa: E402 - likewise

_STOP = "import sys; from pathlib import Path; from infra.local_cloud import servers; " + (
    "servers.stop(sys.argv[1], root=Path(sys.argv[2]))"
)


@pytest.fixture(scope="session")
def emulators(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Endpoints]:
    """moto and Azurite on free ports; they end with the session, also when that is killed."""
    root = tmp_path_factory.mktemp("emulators")
    with ended_with_this_process("local", root):
        yield servers.start("local", root=root).endpoints


@pytest.fixture(scope="session")
def moto_url(emulators: servers.Endpoints) -> str:
    """Where moto answers for all of AWS; any credentials do."""
    return emulators.aws_url


@pytest.fixture(scope="session")
def azurite_url(emulators: servers.Endpoints) -> str:
    """Azurite's blob endpoint, account included; credentials: `infra.local_cloud.credentials`."""
    return emulators.azure_blob_url


@pytest.fixture(scope="session")
def gcs_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """fake-gcs-server; it knows no credentials. The first test that asks may have to build it."""
    root = tmp_path_factory.mktemp("emulators")
    with ended_with_this_process("local", root):
        yield servers.start("local", root=root, names=(FAKE_GCS,)).endpoints.gcs_url


class ended_with_this_process:  # noqa: N801 - reads as what it says: with ended_with_this_process(…):
    """Stop a stack's emulators at the end of the block, or of this process, however it ends.

    A shell waits for the end of its input: the system closes that even for a process killed with -9.
    """

    def __init__(self, stack: str, root: Path) -> None:
        self._command = [sys.executable, "-c", _STOP, stack, str(root)]

    def __enter__(self) -> None:
        self._guard = subprocess.Popen(
            ["/bin/sh", "-c", 'cat >/dev/null; exec "$@"', "sh", *self._command],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )

    def __exit__(self, *_: object) -> None:
        assert self._guard.stdin
        self._guard.stdin.close()
        self._guard.wait(timeout=60)
