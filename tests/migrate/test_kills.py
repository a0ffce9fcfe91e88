"""A run may be killed at any moment and run again: same end, nothing lost, nothing sent twice."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import sysconfig
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from app.store.backends.azure import AzureStore
from app.store.backends.local import LocalStore
from app.store.backends.s3 import S3Store
from app.store.contract import BlobStore
from app.store.keys import parse_key
from infra.local_cloud import credentials
from tests.migrate.scene import plant

ROOT = Path(__file__).parents[2]
DOCUMENTS = Path("/usr/share/doc")
SEED = 20_261_123


class Command:
    """`kb migrate` in a process of its own."""

    def __init__(self, source: Path, to: str, state: Path, variables: Mapping[str, str]) -> None:
        self._sides = ["--source", str(source), "--to", to]
        self._environ = {**os.environ, **variables, "KB_STATE_DIR": str(state)}
        self._folder = state.parent

    def start(self, *words: str, out: int = subprocess.PIPE) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [Path(sys.prefix) / "bin" / "kb", "migrate", *words, *self._sides],
            env=self._environ,
            cwd=self._folder,
            stdout=out,
            stderr=subprocess.PIPE,
            text=True,
        )

    def finish(self, *words: str) -> tuple[int, list[dict[str, object]]]:
        """Run to the end; return the exit code and the events."""
        process = self.start(*words, "--json")
        answer, errors = process.communicate(timeout=280)
        assert "Traceback" not in errors
        return process.returncode, [json.loads(line) for line in answer.splitlines()]

    def interrupt(self, number: signal.Signals, *words: str, after_lines: int) -> tuple[int, str]:
        """Send a signal when so many lines were printed; return the exit code and what it said."""
        process = self.start(*(words or ("run", "-v")))
        assert process.stdout
        for _ in range(after_lines):
            if not process.stdout.readline():
                break
        process.send_signal(number)
        _, errors = process.communicate(timeout=280)
        return process.returncode, errors


def versions(store: BlobStore) -> dict[str, tuple[str, object]]:
    return {str(info.key): (info.version, info.modified) for info in store.scan()}


def real_slice(root: Path, *, files: int) -> Path:
    """Copy some files that nobody here wrote, links as links: always the same ones on one machine."""
    origin = DOCUMENTS if DOCUMENTS.is_dir() else Path(sysconfig.get_path("stdlib"))
    found = sorted(path for path in origin.rglob("*") if path.is_symlink() or path.is_file())
    for path in random.Random(SEED).sample(found, min(files, len(found))):  # noqa: S311 - a choice of files
        target = root / path.relative_to(origin)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target, follow_symlinks=False)
    return root


def check_kills(command: Command, store: BlobStore, source: Path, *, kills: int) -> None:
    """Kill a run so many times, run it to its end, and look from outside whether that can be seen."""
    choose = random.Random(SEED)  # noqa: S311 - moments, not secrets
    files = {
        path.relative_to(source).as_posix(): path.read_bytes()
        for path in source.rglob("*")
        if path.is_file() and not path.is_symlink()
    }
    left_out = sum(1 for path in source.rglob("*") if path.is_symlink())
    killed = 0
    for step in range(kills):
        # Lines are printed for what earlier runs moved, too: each kill comes a little further.
        low, high = len(files) * step // kills, len(files) * (step + 1) // kills
        standing = versions(store)
        code, _ = command.interrupt(signal.SIGKILL, after_lines=choose.randrange(low, high + 1))
        killed += code == -signal.SIGKILL
        assert standing.items() <= versions(store).items()
    standing = versions(store)
    code, events = command.finish("run")

    assert killed == kills
    assert standing.items() <= versions(store).items()
    assert {str(info.key) for info in store.scan()} == files.keys()
    assert code == (1 if left_out else 0)
    end = events[-1]
    assert end["ending"] == ("incomplete" if left_out else "complete")
    assert end["left_out"] == ({"link": left_out} if left_out else {})
    # What the last run sent is what was not there before it.
    copied = [event["path"] for event in events if event.get("result") == "copied"]
    assert sorted(str(path) for path in copied) == sorted(files.keys() - standing.keys())
    for key, data in files.items():
        assert store.read(parse_key(key)).data == data
    code, events = command.finish("verify", "--check", "digest")
    assert code == 0
    assert events[-1]["proved"] == len(files)
    code, events = command.finish("verify")
    assert (code, events[-1]["read"], events[-1]["proved"]) == (0, 0, len(files))


def local(place: Path) -> tuple[str, BlobStore]:
    folder = place / "destination"
    folder.mkdir()
    return folder.as_uri(), LocalStore(folder)


def test_kills_cannot_be_seen_in_the_end(tmp_path: Path) -> None:
    source = real_slice(tmp_path / "source", files=240)
    to, store = local(tmp_path)

    check_kills(Command(source, to, tmp_path / "state", {}), store, source, kills=4)


def killed_between_marks(folder: Path, *, step: int) -> int:
    """Kill runs before every step-th statement of their journal, from a process of its own: it forks."""
    command = [sys.executable, "-m", "tests.migrate.killing_marks", str(folder), str(step)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=1500)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def test_kills_between_marks_cannot_be_seen_in_the_end(tmp_path: Path) -> None:
    assert killed_between_marks(tmp_path, step=151) >= 3


@pytest.mark.proof
@pytest.mark.timeout(1800)
def test_kills_between_marks_everywhere_cannot_be_seen_in_the_end(tmp_path: Path) -> None:
    assert killed_between_marks(tmp_path, step=3) >= 150


@pytest.mark.parametrize(
    ("number", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 1)], ids=["Ctrl-C", "SIGTERM"]
)
def test_a_polite_end_says_how_to_go_on(
    tmp_path: Path, number: signal.Signals, exit_code: int
) -> None:
    source = plant(tmp_path / "source", {f"{n:04}": b"x%d" % n for n in range(1500)})
    to, store = local(tmp_path)
    command = Command(source, to, tmp_path / "state", {})

    code, errors = command.interrupt(number, after_lines=100)
    standing = versions(store)
    _, status = command.finish("status")
    again, events = command.finish("run")

    assert code == exit_code
    assert f"kb migrate run --source {source}" in errors
    assert len(errors.strip().splitlines()) == 1
    assert 100 <= len(standing) < 1500
    assert status[-1]["last_run"]["ending"] == "interrupted"  # type: ignore[index] # JSON
    assert again == 0
    assert events[-1]["counts"]["copied"] == 1500 - len(standing)  # type: ignore[index] # JSON
    assert standing.items() <= versions(store).items()


Destination = tuple[str, BlobStore, dict[str, str]]


def emulated_azure(_: Path, request: pytest.FixtureRequest) -> Destination:
    url = str(request.getfixturevalue("azurite_url"))
    connection_string = credentials.azurite_connection_string(url)
    name = f"kills-{uuid.uuid4().hex}"
    store = AzureStore(name, connection_string=connection_string)
    store.create_container()
    variables = {"AZURE_STORAGE_CONNECTION_STRING": connection_string}
    return f"azure://{credentials.AZURITE_ACCOUNT}/{name}?endpoint_url={url}", store, variables


def emulated_s3(_: Path, request: pytest.FixtureRequest) -> Destination:
    url = str(request.getfixturevalue("moto_url"))
    variables = {
        "AWS_ACCESS_KEY_ID": credentials.MOTO_ACCESS_KEY_ID,
        "AWS_SECRET_ACCESS_KEY": credentials.MOTO_SECRET_ACCESS_KEY,
    }
    name = f"kills-{uuid.uuid4().hex}"
    store = S3Store(
        name,
        endpoint_url=url,
        region_name=credentials.MOTO_REGION,
        aws_access_key_id=credentials.MOTO_ACCESS_KEY_ID,
        aws_secret_access_key=credentials.MOTO_SECRET_ACCESS_KEY,
    )
    store.create_bucket()
    return f"s3://{name}?endpoint_url={url}", store, variables


def emptied_folder(place: Path, _: pytest.FixtureRequest) -> Destination:
    return *local(place), {}


CLOUDS: dict[str, Callable[[Path, pytest.FixtureRequest], Destination]] = {
    "azure": emulated_azure,
    "s3": emulated_s3,
    "local": emptied_folder,
}


@pytest.mark.proof
@pytest.mark.emulator
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("cloud", sorted(CLOUDS))
def test_ten_kills_in_a_real_tree_cannot_be_seen_in_the_end(
    tmp_path: Path, request: pytest.FixtureRequest, cloud: str
) -> None:
    source = DOCUMENTS if DOCUMENTS.is_dir() else Path(sysconfig.get_path("stdlib"))
    to, store, variables = CLOUDS[cloud](tmp_path, request)

    check_kills(Command(source, to, tmp_path / "state", variables), store, source, kills=10)
