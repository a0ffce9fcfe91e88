"""A disk that is full under the journal, or under the output: one sentence, and the next run goes on."""

import json
import resource
from pathlib import Path

import pytest

from app.store.backends.local import LocalStore
from migrate.journal import Journal
from migrate.refusals import JournalRefused
from tests.migrate.scene import Scene, contents, plant
from tests.migrate.test_kills import Command, local

FILE_BYTES_MAX = 300_000
FILES = {f"{number % 9}/{number:04}-{'long' * 20}": b"x%d" % number for number in range(900)}


def _command(tmp_path: Path) -> tuple[Command, LocalStore]:
    to, _ = local(tmp_path)
    store = LocalStore(tmp_path / "destination")
    return Command(plant(tmp_path / "source", FILES), to, tmp_path / "state", {}), store


def test_a_journal_that_cannot_grow_ends_the_run_and_the_next_one_goes_on(tmp_path: Path) -> None:
    command, store = _command(tmp_path)
    process = command.start("run", "--json")
    # No file of the process may grow over this: the journal, or its log, is the only one that wants to.
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (FILE_BYTES_MAX, FILE_BYTES_MAX))
    answer, errors = process.communicate(timeout=120)
    end = [json.loads(line) for line in answer.splitlines()][-1]
    half = contents(store)
    again, then = command.finish("run")

    assert process.returncode == 1
    assert len(errors.splitlines()) == 1
    assert end["error"]["code"] == "journal"
    assert "cannot be used: disk I/O error" in end["error"]["message"]
    assert 0 < len(half) < len(FILES)
    assert half.items() <= FILES.items()
    assert (again, then[-1]["ending"]) == (0, "complete")
    assert contents(store) == FILES
    assert command.finish("verify")[0] == 0


@pytest.mark.parametrize("spare_pages", [0, 24, 48])
def test_wherever_the_journal_is_full_the_next_run_goes_on(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, spare_pages: int
) -> None:
    plant(scene.root, FILES)
    begin = Journal.begin

    def begin_on_a_small_disk(journal: Journal) -> None:
        pages = journal.connection.execute("PRAGMA page_count").fetchone()[0]
        journal.connection.execute(f"PRAGMA max_page_count = {pages + spare_pages}")
        begin(journal)

    with monkeypatch.context() as small:
        small.setattr(Journal, "begin", begin_on_a_small_disk)
        with pytest.raises(JournalRefused, match="cannot be used: database or disk is full"):
            scene.run()
    half = contents(scene.store)
    summary, _ = scene.run()
    proof, _ = scene.verify()

    assert half.items() <= FILES.items()
    assert summary.ending == "complete"
    assert contents(scene.store) == FILES
    assert proof.proved == len(FILES)


@pytest.mark.proof
@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("-v",), id="each file", marks=pytest.mark.proof),
        pytest.param(("--json",), id="JSON", marks=pytest.mark.proof),
        pytest.param((), id="the last lines"),
    ],
)
def test_output_that_cannot_be_written_ends_with_a_sentence(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    command, store = _command(tmp_path)
    with Path("/dev/full").open("wb") as full:
        process = command.start("run", *words, out=full.fileno())
        _, errors = process.communicate(timeout=120)
    again, then = command.finish("run")

    assert process.returncode == 1
    assert errors == "kb: Nothing more could be written to the output: No space left on device.\n"
    assert (again, then[-1]["ending"]) == (0, "complete")
    assert contents(store) == FILES
