"""What the tests of the migration share."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.cli import run
from app.store.backends.local import LocalStore
from app.store.backends.memory import MemoryStore
from app.store.contract import BlobStore
from tests.contract.stores import Place, azure, gcs, s3
from tests.migrate.calling import Answer, Kb
from tests.migrate.moving import Moves
from tests.migrate.scene import Scene, plant


def _local(place: Place) -> LocalStore:
    folder = place.folder / "destination"
    folder.mkdir()
    return LocalStore(folder)


DESTINATIONS: dict[str, Callable[[Place], BlobStore]] = {
    "memory": lambda place: MemoryStore(),
    "local": _local,
    "s3": s3,
    "azure": azure,
    "gcs": gcs,
}


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """A scene whose store is in memory."""
    (tmp_path / "source").mkdir()
    return Scene(tmp_path / "source", MemoryStore(), tmp_path / "journal.sqlite")


@pytest.fixture(
    params=[
        pytest.param(name, marks=[pytest.mark.emulator] if name in ("s3", "azure", "gcs") else [])
        for name in DESTINATIONS
    ]
)
def anywhere(tmp_path: Path, request: pytest.FixtureRequest) -> Scene:
    """The same scene on every kind of store."""
    (tmp_path / "source").mkdir()
    store = DESTINATIONS[request.param](Place(tmp_path, request))
    return Scene(tmp_path / "source", store, tmp_path / "journal.sqlite")


@pytest.fixture
def moves(tmp_path: Path) -> Moves:
    return Moves(tmp_path)


@pytest.fixture
def place(tmp_path: Path, request: pytest.FixtureRequest) -> Place:
    return Place(tmp_path, request)


@pytest.fixture
def kb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Kb:
    """Run `kb migrate …` in a folder of its own, with a source and a destination beside it."""
    plant(tmp_path / "source", {})
    (tmp_path / "destination").mkdir()
    monkeypatch.chdir(tmp_path)
    for name in ("STORAGE_TYPE", "KB_STACK", "KB_STATE_DIR"):
        monkeypatch.delenv(name, raising=False)

    def call(verb: str, *words: str, to: str | None = None) -> Answer:
        destination = to or (tmp_path / "destination").as_uri()
        code = run(["migrate", verb, "--source", "source", "--to", destination, *words])
        out, err = capfd.readouterr()
        assert "Traceback" not in out + err
        return Answer(code, out, err)

    return call
