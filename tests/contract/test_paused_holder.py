"""A holder that is stopped past the end of its lease goes on, and is refused."""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from app.store.backends.azure import AzureStore
from app.store.backends.gcs import GCSStore
from app.store.backends.s3 import S3Store
from app.store.errors import LeaseHeld
from app.store.extras import Lease
from app.store.keys import Key
from app.store.lease import leases_of
from app.store.stack import Stack
from infra.local_cloud import credentials
from tests.contract.openings import opened
from tests.contract.stores import Place

_A = Key("notes/a.md")

_HOLDER = """
import sys
from app.store.errors import StoreError
from app.store.keys import Key
from app.store.lease import keep_alive, leases_of
from tests.contract.openings import opened

stack = opened(sys.argv[1], sys.argv[2])
seconds = float(sys.argv[3]) or None
with keep_alive(stack, leases_of(stack), Key("notes/a.md"), seconds_max=seconds) as hold:
    hold.write(b"held")
    print("held", flush=True)
    sys.stdin.readline()
    for change in (lambda: hold.write(b"stale"), hold.delete):
        try:
            change()
        except StoreError as error:
            print(error.code, flush=True)
        else:
            print("done", flush=True)
stack.close()
"""


def _made(service: str, place: Place) -> tuple[str, str]:
    """Make a new store; return its URL and where Azurite is."""
    name = f"paused-{uuid.uuid4().hex}"
    if service == "folder":
        return f"file://{place.folder}", ""
    if service == "s3":
        region = credentials.MOTO_REGION
        url, azurite_url = f"s3://{name}/kb?endpoint_url={place.moto_url}&region={region}", ""
    elif service == "gcs":
        url, azurite_url = f"gs://{name}/kb?endpoint_url={place.gcs_url}", ""
    else:
        azurite_url = place.azurite_url
        endpoint_url = azurite_url.rpartition("/")[0]
        url = f"azure://{credentials.AZURITE_ACCOUNT}/{name}/kb?endpoint_url={endpoint_url}"
    with closing(opened(url, azurite_url)) as stack:
        backend = stack.backend
        if isinstance(backend, S3Store | GCSStore):
            backend.create_bucket()
        if isinstance(backend, AzureStore):
            backend.create_container()
    return url, azurite_url


@pytest.mark.parametrize(
    "service",
    [
        pytest.param("folder"),
        pytest.param("s3", marks=pytest.mark.emulator),
        pytest.param("gcs", marks=pytest.mark.emulator),
        # The service's shortest lease has 15 seconds.
        pytest.param("azure", marks=[pytest.mark.emulator, pytest.mark.proof]),
    ],
)
def test_a_paused_holder_of_an_expired_lease_is_refused(service: str, place: Place) -> None:
    _pause(service, place, seconds=1)


@pytest.mark.emulator
def test_a_paused_holder_of_a_broken_lease_is_refused(place: Place) -> None:
    _pause("azure", place, seconds=0)


def _pause(service: str, place: Place, *, seconds: int) -> None:
    url, azurite_url = _made(service, place)
    stack = opened(url, azurite_url)
    stack.write(_A, b"old")
    with _holding(url, azurite_url, seconds) as holder:
        assert holder.stdin
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        holder.send_signal(signal.SIGSTOP)
        assert os.WIFSTOPPED(os.waitpid(holder.pid, os.WUNTRACED)[1])
        lease = _taken(stack) if seconds else _broken(stack)
        stack.write(_A, b"newer", lease=lease.id)
        holder.send_signal(signal.SIGCONT)
        holder.stdin.write("\n")
        holder.stdin.flush()

        # Of a lost lease and a version that is gone, the service says which it found first.
        answers = holder.stdout.read().splitlines()
        assert len(answers) == 2
        assert set(answers) <= {"lock_lost", "conflict"}
        assert holder.wait(60) == 0
    assert stack.read(_A).data == b"newer"
    assert leases_of(stack).renew(lease).id == lease.id
    stack.close()


@contextmanager
def _holding(url: str, azurite_url: str, seconds: int) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", _HOLDER, url, azurite_url, str(seconds)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as holder:
        try:
            yield holder
        finally:
            holder.kill()


def _broken(stack: Stack) -> Lease:
    leases = leases_of(stack)
    leases.break_lease(_A)
    return leases.acquire(_A, seconds=60)


def _taken(stack: Stack) -> Lease:
    deadline = time.monotonic() + 60
    while True:
        try:
            return leases_of(stack).acquire(_A, seconds=60)
        except LeaseHeld:
            assert time.monotonic() < deadline
            # What is waited for is the service's clock, which tells nobody when it has moved.
            time.sleep(0.1)
