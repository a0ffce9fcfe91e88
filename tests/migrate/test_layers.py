"""A migration into a store with layers: the same proof, whatever lies under the keys."""

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from app.cli import run
from app.store.backends.memory import MemoryStore
from app.store.contract import BlobInfo, Content
from app.store.keys import Key
from app.store.layers.pointers import CONTENT_PREFIX
from app.store.stack import StackOptions, open_stack
from migrate.outcomes import Result
from tests.contract.stores import Place
from tests.migrate.conftest import DESTINATIONS
from tests.migrate.scene import Scene, Watched, contents, plant

_LONG = b"a line of text that is written often\n" * 400
FILES = {"small.md": b"small", "empty": b"", "a/long.md": _LONG, "b/long.md": _LONG + b"!"}
FILES["c/copy.md"] = FILES["a/long.md"]
OPTIONS = StackOptions(deduplicate=True, compress=True)


@pytest.mark.parametrize("with_journal", [True, False])
def test_what_is_there_is_recognised_and_proved(tmp_path: Path, with_journal: bool) -> None:
    backend = MemoryStore()
    scene = Scene(
        plant(tmp_path / "source", FILES), open_stack(backend, OPTIONS), tmp_path / "journal"
    )
    scene.run()
    if not with_journal:
        scene.journal.unlink()
    summary, notes = scene.run()

    assert notes.results() == {Result.ALREADY_THERE: len(FILES)}
    assert not summary.causes
    assert contents(scene.store) == FILES
    for read_all in (False, True):
        proof, _ = scene.verify(read_all=read_all)
        assert (proof.holds, proof.proved, proof.listed) == (True, len(FILES), len(FILES))
    assert sum(info.size_stored for info in backend.scan()) < len(_LONG) / 2


@dataclass
class Sending(Watched):
    """Counts how often each content is sent."""

    contents: Counter[str] = field(default_factory=Counter)

    def write(self, key: Key, content: Content, **options: Any) -> BlobInfo:
        if key.startswith(CONTENT_PREFIX):
            self.contents[key] += 1
        return super().write(key, content, **options)


@pytest.mark.emulator
@pytest.mark.parametrize("service", ["s3", pytest.param("azure", marks=pytest.mark.proof)])
def test_equal_content_is_sent_once(
    tmp_path: Path, request: pytest.FixtureRequest, service: str
) -> None:
    backend = Sending(DESTINATIONS[service](Place(tmp_path, request)))
    store = open_stack(backend, StackOptions(deduplicate=True))
    request.addfinalizer(store.close)
    scene = Scene(tmp_path / "source", store, tmp_path / "journal")
    # Equal ones side by side: they are under way at the same time.
    files = {f"{number:03}": bytes([number // 10]) * 5000 for number in range(100)}
    plant(scene.root, files)

    summary, _ = scene.run()

    assert (summary.ending, len(backend.contents)) == ("complete", 10)
    assert set(backend.contents.values()) == {1}
    assert contents(store) == files


def test_commands_see_the_layers_that_the_variables_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    plant(tmp_path / "source", FILES)
    destination = plant(tmp_path / "destination", {})
    monkeypatch.chdir(tmp_path)
    for name in ("STORAGE_TYPE", "KB_STACK", "KB_STATE_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("KB_DEDUPLICATE", "1")
    monkeypatch.setenv("KB_CACHE_SECONDS", "1000")
    words = ["--source", "source", "--to", destination.as_uri(), "--json"]

    assert run(["migrate", "run", *words]) == 0
    assert run(["migrate", "verify", *words]) == 0
    events = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert events[-1]["listed"] == len(FILES)
    assert (destination / "a/long.md").stat().st_size < 200
    assert (destination / "small.md").read_bytes() == b"small"
    # What lies there changes between two looks: a proof is not answered from memory.
    (destination / "small.md").write_bytes(b"other")
    assert run(["migrate", "verify", *words, "--check", "digest"]) == 1
