import http.client
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from azure.storage.blob import BlobServiceClient

from infra.local_cloud import servers
from infra.local_cloud.credentials import AZURITE_ACCOUNT, AZURITE_KEY
from infra.local_cloud.emulators import FAKE_GCS
from infra.local_cloud.records import read_records, write_records
from infra.local_cloud.stacks import LocalCloudError
from tests.conftest import ended_with_this_process

pytestmark = pytest.mark.emulator


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    with ended_with_this_process("local", tmp_path):
        yield tmp_path


def process_of(name: str, root: Path) -> psutil.Process:
    (found,) = [
        server for server in servers.status("local", root=root).servers if server.name == name
    ]
    assert found.process_id is not None
    return psutil.Process(found.process_id)


def blobs(root: Path) -> BlobServiceClient:
    return BlobServiceClient(
        servers.endpoints("local", root=root).azure_blob_url,
        credential={"account_name": AZURITE_ACCOUNT, "account_key": AZURITE_KEY},
    )


def test_starting_what_runs_changes_nothing(root: Path) -> None:
    first = servers.start("local", root=root)
    again = servers.start("local", root=root)

    assert first.started == ("moto", "azurite")
    assert first.lost_memory == ()
    assert again.started == ()
    assert again.lost_memory == ()
    assert again.endpoints == first.endpoints


def test_two_starts_at_once_give_one_set_of_emulators(root: Path) -> None:
    with ThreadPoolExecutor() as pool:
        both = list(pool.map(lambda _: servers.start("local", root=root), range(2)))

    assert both[0].endpoints == both[1].endpoints
    assert sorted(len(one.started) for one in both) == [0, 2]


def test_emulators_outlive_the_process_that_started_them(root: Path) -> None:
    start = "import sys; from pathlib import Path; from infra.local_cloud import servers; "
    start += "servers.start('local', root=Path(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", start, str(root)], check=True)

    assert servers.status("local", root=root).running


def test_a_stop_leaves_no_process_and_the_next_start_has_the_same_ports(root: Path) -> None:
    first = servers.start("local", root=root)
    processes = [process_of(name, root) for name in servers.NAMES]
    stopped = servers.stop("local", root=root)

    assert stopped == ("moto", "azurite")
    assert not any(process.is_running() for process in processes)
    assert not servers.status("local", root=root).running
    assert servers.start("local", root=root).endpoints == first.endpoints


def test_stopping_what_never_ran_is_no_error(root: Path) -> None:
    assert servers.stop("local", root=root) == ()


def test_azurite_keeps_its_documents_over_a_restart_and_moto_is_said_to_forget(root: Path) -> None:
    servers.start("local", root=root)
    blobs(root).create_container("knowledge").upload_blob("a.md", b"text")
    servers.stop("local", root=root)
    again = servers.start("local", root=root)

    assert again.lost_memory == ("moto",)
    assert blobs(root).get_blob_client("knowledge", "a.md").download_blob().readall() == b"text"


def test_azurite_is_said_to_have_forgotten_when_its_documents_are_deleted(root: Path) -> None:
    servers.start("local", root=root)
    servers.stop("local", root=root)
    for path in (root / "local" / "azurite").glob("*.json"):
        path.unlink()

    assert servers.start("local", root=root).lost_memory == servers.NAMES


def test_of_one_dead_and_one_living_emulator_only_the_dead_one_is_started(root: Path) -> None:
    servers.start("local", root=root)
    azurite = process_of("azurite", root)
    moto = process_of("moto", root)
    moto.kill()
    psutil.wait_procs([moto], timeout=30)
    assert not servers.status("local", root=root).running
    again = servers.start("local", root=root)

    assert again.started == ("moto",)
    assert again.lost_memory == ("moto",)
    assert process_of("azurite", root) == azurite


def test_a_port_that_a_stranger_took_is_named_with_its_holder_and_a_way_out(root: Path) -> None:
    first = servers.start("local", root=root)
    servers.stop("local", root=root)
    port = int(first.endpoints.aws_url.rpartition(":")[2])
    with socket.create_server(("127.0.0.1", port)):
        with pytest.raises(LocalCloudError) as refused:
            servers.start("local", root=root)
        elsewhere = servers.start("local", root=root, new_ports=True)

    assert f"Port {port} of moto" in str(refused.value)
    assert f"process {os.getpid()}" in str(refused.value)
    assert "kb local start -s local --new-ports" in str(refused.value)
    assert elsewhere.endpoints.aws_url != first.endpoints.aws_url


def test_a_recycled_process_id_is_never_ended(root: Path) -> None:
    servers.start("local", root=root)
    servers.stop("local", root=root)
    records = read_records(root / "local")
    with subprocess.Popen(["sleep", "600"]) as stranger:
        write_records(
            root / "local",
            {name: replace(record, process_id=stranger.pid) for name, record in records.items()},
        )
        stopped = servers.stop("local", root=root)
        alive = stranger.poll() is None
        stranger.kill()

    assert stopped == ()
    assert alive


def test_an_emulator_whose_start_was_killed_before_its_id_was_written_is_found(root: Path) -> None:
    servers.start("local", root=root)
    moto = process_of("moto", root)
    records = read_records(root / "local")
    write_records(root / "local", records | {"moto": replace(records["moto"], process_id=None)})

    assert process_of("moto", root) == moto
    servers.stop("local", root=root)
    assert not moto.is_running()


def test_emulators_listen_on_loopback_only(root: Path) -> None:
    servers.start("local", root=root)
    for name in servers.NAMES:
        listening = [
            connection.laddr.ip
            for connection in process_of(name, root).net_connections()
            if connection.status == psutil.CONN_LISTEN
        ]
        assert listening == ["127.0.0.1"]


def test_an_emulator_that_is_no_part_of_every_stack_starts_where_it_is_asked_for(
    root: Path,
) -> None:
    alone = servers.start("local", root=root, names=(FAKE_GCS,))
    process = process_of(FAKE_GCS, root)
    listening = [
        connection.laddr.ip
        for connection in process.net_connections()
        if connection.status == psutil.CONN_LISTEN
    ]

    assert alone.started == (FAKE_GCS,)
    assert alone.endpoints.aws_url == ""
    assert listening == ["127.0.0.1"]
    assert servers.stop("local", root=root) == (FAKE_GCS,)
    assert not process.is_running()
    assert servers.start("local", root=root, names=(FAKE_GCS,)).lost_memory == (FAKE_GCS,)


def test_endpoints_of_stopped_emulators_are_refused_with_what_to_run(root: Path) -> None:
    servers.start("local", root=root)
    servers.stop("local", root=root)

    with pytest.raises(LocalCloudError, match="kb local start -s local"):
        servers.endpoints("local", root=root)


def test_damaged_records_are_refused_by_name(root: Path) -> None:
    (root / "local").mkdir()
    (root / "local" / "servers.json").write_text("[")

    with pytest.raises(LocalCloudError, match=r"servers\.json is damaged"):
        servers.start("local", root=root)


@pytest.mark.parametrize(
    "stack", ["dev", "prod", "", "Local", "localhost", "local-", "local/x", "../local"]
)
def test_a_stack_that_is_not_local_is_refused_before_anything_is_made(
    stack: str, root: Path
) -> None:
    with pytest.raises(LocalCloudError, match="is not local"):
        servers.start(stack, root=root)

    assert list(root.iterdir()) == []


def test_the_shared_fixtures_answer(moto_url: str, azurite_url: str) -> None:
    for url in (moto_url, azurite_url):
        host = url.removeprefix("http://").partition("/")[0]
        connection = http.client.HTTPConnection(host, timeout=30)
        connection.request("GET", "/")
        assert connection.getresponse().status < 500
        connection.close()
