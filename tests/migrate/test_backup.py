"""`kb backup` and `kb restore`: what a store held comes back out of a folder, or out of another store."""

import shlex
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from app.cli import run
from app.store.backends.azure import AzureStore
from app.store.backends.memory import MemoryStore
from app.store.backends.s3 import S3Store
from app.store.contract import BlobInfo, Properties
from app.store.keys import Key, parse_key
from app.terms.outputs import Outputs
from infra.local_cloud import credentials
from migrate.manifest import MANIFEST
from migrate.outcomes import Cause
from migrate.refusals import SourceFailed
from tests.contract.stores import Place
from tests.migrate.calling import Answer
from tests.migrate.moving import BLOBS, MAPPED, NOT_FOR_FOLDERS, Moves, documents, fill, folder
from tests.migrate.scene import Watched, contents


def test_names_that_a_folder_cannot_hold_come_back_from_it(moves: Moves, tmp_path: Path) -> None:
    source, backup, store = MemoryStore(), folder(tmp_path / "backup"), MemoryStore()
    fill(source, BLOBS | NOT_FOR_FOLDERS)

    _, notes = moves.run(source, backup, scope=MAPPED)
    proof, _ = moves.verify(source, backup, scope=MAPPED)
    moves.run(backup, store)

    assert notes.causes() == {}
    assert (proof.holds, proof.proved) == (True, len(BLOBS | NOT_FOR_FOLDERS))
    assert documents(store) == BLOBS | NOT_FOR_FOLDERS


def test_without_mapping_what_a_folder_cannot_hold_is_left_out_by_name(
    moves: Moves, tmp_path: Path
) -> None:
    source, backup = MemoryStore(), folder(tmp_path / "backup")
    fill(source, {key: (b"1", Properties()) for key in ("a", "a/b", "x" * 256, "z")})

    _, notes = moves.run(source, backup)

    left_out = notes.causes()
    assert set(left_out.values()) == {Cause.NAME}
    assert left_out.keys() in ({"a", "x" * 256}, {"a/b", "x" * 256})
    assert contents(backup).keys() == contents(source).keys() - left_out.keys()


def test_properties_belong_to_content_and_not_to_what_was_edited_since(
    moves: Moves, tmp_path: Path
) -> None:
    source, backup, store = MemoryStore(), folder(tmp_path / "backup"), MemoryStore()
    fill(source, {key: (b"1", Properties("text/x-own")) for key in ("same.md", "edited.md")})
    moves.run(source, backup)
    (tmp_path / "backup" / "edited.md").write_bytes(b"2")
    (tmp_path / "backup" / "new.md").write_bytes(b"3")

    moves.run(backup, store)

    assert contents(store) == {"same.md": b"1", "edited.md": b"2", "new.md": b"3"}
    types = {key: properties.content_type for key, (_, properties) in documents(store).items()}
    assert types == {
        "same.md": "text/x-own",
        "edited.md": "text/markdown",
        "new.md": "text/markdown",
    }


def test_a_second_backup_adds_what_changed_and_forgets_nothing(
    moves: Moves, tmp_path: Path
) -> None:
    source, backup, store = MemoryStore(), folder(tmp_path / "backup"), MemoryStore()
    fill(source, BLOBS)
    moves.run(source, backup)
    version = backup.stat(MANIFEST).version
    moves.run(source, backup)
    unchanged = backup.stat(MANIFEST).version
    fill(source, {"plain.md": (b"# two\n", Properties("text/x-two"))})
    source.delete(parse_key("untyped"))
    moves.run(source, backup)
    moves.run(backup, store)

    assert unchanged == version
    assert documents(store) == BLOBS | {"plain.md": (b"# two\n", Properties("text/x-two"))}


@pytest.mark.parametrize("lost", ["manifest", "journal"])
def test_a_backup_again_mends_what_was_lost(moves: Moves, tmp_path: Path, lost: str) -> None:
    source, backup, store = MemoryStore(), folder(tmp_path / "backup"), MemoryStore()
    fill(source, BLOBS)
    moves.run(source, backup)
    if lost == "journal":
        moves.forget(source, backup)
    backup.delete(MANIFEST)
    moves.run(source, backup)
    moves.run(backup, store)

    assert documents(store) == BLOBS


def test_a_backup_that_was_killed_before_its_manifest_is_whole_after_the_next(
    moves: Moves, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, backup, store = MemoryStore(), folder(tmp_path / "backup"), MemoryStore()
    fill(source, BLOBS)

    write = backup.write

    def killed(key: Key, *arguments: Any, **options: Any) -> BlobInfo:
        if key == MANIFEST:
            raise _Killed
        return write(key, *arguments, **options)

    monkeypatch.setattr(backup, "write", killed)
    with pytest.raises(_Killed):
        moves.run(source, backup)
    monkeypatch.undo()
    again = Watched(source)
    moves.run(again, backup)
    moves.run(backup, store)

    assert again.reads == {}
    assert documents(store) == BLOBS


class _Killed(BaseException):
    pass


@pytest.mark.parametrize(
    "line",
    [
        "no JSON",
        "[]",
        '{"key": "a"}',
        '{"key": "../a", "sha256": ""}',
        '{"key": "a", "name": "/etc/x", "sha256": ""}',
        '{"key": "a", "name": ".kb/x", "sha256": ""}',
        '{"key": "a", "sha256": "", "metadata": {"a": 1}}',
        '{"key": "a", "sha256": "", "metadata": []}',
        '{"key": "a", "sha256": "", "content_type": 1}',
    ],
)
def test_a_damaged_manifest_is_one_sentence(moves: Moves, tmp_path: Path, line: str) -> None:
    backup = folder(tmp_path / "backup")
    fill(backup, {"a": (b"1", Properties()), MANIFEST: (line.encode(), Properties())})

    with pytest.raises(SourceFailed, match="damaged in line 1"):
        moves.run(backup, MemoryStore())


@dataclass
class Called:
    """`kb …` where two environments are, each in a bucket of its own."""

    here: S3Store
    there: S3Store
    capfd: pytest.CaptureFixture[str]

    def __call__(self, *words: str) -> Answer:
        code = run(list(words))
        out, err = self.capfd.readouterr()
        assert "Traceback" not in out + err
        assert credentials.AZURITE_KEY not in out + err
        return Answer(code, out, err)


@pytest.fixture
def called(
    place: Place,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Called:
    monkeypatch.chdir(tmp_path)
    for name in ("STORAGE_TYPE", "KB_STACK", "KB_STATE_DIR"):
        monkeypatch.delenv(name, raising=False)
    names = {name: f"{name}-{uuid.uuid4().hex}" for name in ("here", "there")}

    def outputs(environment: str) -> Outputs:
        return Outputs(
            schema_version=1,
            given=(),
            environment=environment,
            primary="aws",
            prefix="kb/",
            aws_bucket=names[environment],
            aws_region=credentials.MOTO_REGION,
            aws_endpoint_url=place.moto_url,
            aws_agent_access_key_id=credentials.MOTO_ACCESS_KEY_ID,
            aws_agent_secret_access_key=SecretStr(credentials.MOTO_SECRET_ACCESS_KEY),
        )

    monkeypatch.setattr("app.cli._read_outputs", outputs)
    here, there = (
        S3Store(
            name,
            prefix="kb/",
            region_name=credentials.MOTO_REGION,
            endpoint_url=place.moto_url,
            aws_access_key_id=credentials.MOTO_ACCESS_KEY_ID,
            aws_secret_access_key=credentials.MOTO_SECRET_ACCESS_KEY,
        )
        for name in names.values()
    )
    here.create_bucket()
    there.create_bucket()
    return Called(here, there, capfd)


@pytest.mark.emulator
def test_a_backup_is_made_proved_and_restored_elsewhere(called: Called, tmp_path: Path) -> None:
    fill(called.here, BLOBS | NOT_FOR_FOLDERS)

    looked = called("backup", "-s", "here", "--to", "backup", "--dry-run")
    existed = (tmp_path / "backup").exists()
    (tmp_path / "backup").mkdir()
    planned = called("backup", "-s", "here", "--to", "backup", "--dry-run", "--json")
    moved = called("backup", "-s", "here", "--to", "backup")
    proof = called(*shlex.split(moved.out.splitlines()[-1].removeprefix("Next: kb ")))
    back = called("restore", "-s", "there", "--from", "backup", "--json")

    assert (looked.code, existed) == (1, False)
    assert planned.events[-1]["counts"]["copy"] == len(BLOBS | NOT_FOR_FOLDERS)
    assert [answer.code for answer in (planned, moved, proof, back)] == [0, 0, 0, 0]
    assert f"Proved {len(BLOBS | NOT_FOR_FOLDERS)} files" in proof.out
    assert (tmp_path / "backup" / "plain.md").read_bytes() == b"# one\n"
    assert back.events[-1]["ending"] == "complete"
    assert documents(called.there) == BLOBS | NOT_FOR_FOLDERS


@pytest.mark.emulator
def test_a_restore_overwrites_only_when_asked_and_can_be_undone(
    called: Called, tmp_path: Path
) -> None:
    fill(called.here, BLOBS)
    called("backup", "-s", "here", "--to", "backup")
    theirs = {"plain.md": (b"theirs", Properties("text/x-theirs"))}
    fill(called.there, theirs)

    shy = called("restore", "-s", "there", "--from", "backup")
    kept = documents(called.there)["plain.md"]
    bold = called("restore", "-s", "there", "--from", "backup", "--replace")
    replaced = documents(called.there)
    sides = ("-s", "there", "--source", (tmp_path / "backup").as_uri())
    undone = called("migrate", "rollback", *sides, "--yes")
    status = called("migrate", "status", *sides)

    assert (shy.code, bold.code, undone.code, status.code) == (1, 0, 0, 0)
    assert kept == theirs["plain.md"]
    assert replaced == BLOBS
    assert documents(called.there) == theirs


@pytest.mark.emulator
def test_an_environment_moves_into_another_one_and_into_a_url_with_credentials_of_its_own(
    called: Called, place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fill(called.here, BLOBS)
    connection = credentials.azurite_connection_string(place.azurite_url)
    monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", connection)
    name = f"backup-{uuid.uuid4().hex}"
    url = f"azure://{credentials.AZURITE_ACCOUNT}/{name}?endpoint_url={place.azurite_url}"
    container = AzureStore(name, connection_string=connection)
    container.create_container()

    sides = ("-s", "there", "--source-stack", "here")
    planned = called("migrate", "plan", *sides, "--json")
    (tmp_path / "plan").write_text(planned.out)
    moved = called("migrate", "run", *sides, "--plan", "plan")
    proof = called("migrate", "verify", *sides, "--check", "digest")
    kept = called("backup", "-s", "here", "--to", url)

    assert [answer.code for answer in (planned, moved, proof, kept)] == [0, 0, 0, 0]
    assert documents(called.there) == BLOBS
    assert documents(container) == BLOBS


@pytest.mark.emulator
def test_sides_that_lie_within_each_other_are_refused(called: Called) -> None:
    same = called("migrate", "run", "-s", "here", "--source-stack", "here")
    nowhere = called("backup", "-s", "here", "--to", "file:///no/such/folder")
    none = called("migrate", "run", "-s", "here")
    both = called("migrate", "run", "-s", "here", "--source", "x", "--source-stack", "there")
    open_secret = "s3://b?endpoint_url=http://user:secret@host"
    told = called("migrate", "run", "-s", "here", "--source", open_secret)

    assert [answer.code for answer in (same, nowhere, none, both, told)] == [2, 1, 2, 2, 2]
    for answer in (same, nowhere, none, both, told):
        assert len(answer.err.splitlines()) == 1
        assert "secret" not in answer.err
    assert "is the destination itself" in same.err
