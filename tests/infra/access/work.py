"""The work of the agent and of a migration, whole: every kind of call that they make of a store."""

import io
import os
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from app.cli import run
from app.environment import open_store_at
from app.storage.blob import BlobStorage
from app.store import operations
from app.store.backends.content import PART_BYTES
from app.store.collector import collect
from app.store.contract import ABSENT, BlobStore, IfVersion, Properties, Source, Span, Upload
from app.store.errors import StoreError
from app.store.keys import Key
from app.store.lease import leases_of
from app.store.stack import Stack, StackOptions, open_stack
from tests.migrate.scene import plant

DOCUMENTS = {"a.md": b"1", "notes/b.md": b"two", "notes/c.md": b"three"}
LARGE = Key("large.bin")
PLAIN = StackOptions()
UNLUCKY = "unlucky.bin"
"""A large file of which a part is refused: what was sent of it is taken back."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where somebody works.

    Attributes:
        url: of the store, as `kb migrate --to` takes it.
        variables: the credentials.
        folder: for a source and a journal.
        others: the same place for those who are not recorded.
    """

    url: str
    variables: dict[str, str]
    folder: Path
    others: "Desk | None" = None

    def store(self, options: StackOptions = PLAIN) -> Stack:
        """Open the store as the commands do."""
        with patch.dict(os.environ, self.variables):
            return open_stack(open_store_at(self.url), options)

    def kb(self, *words: str) -> int:
        """Run a command to its end, and return its exit code."""
        variables = {**self.variables, "KB_STATE_DIR": str(self.folder / "state")}
        answer, errors = io.StringIO(), io.StringIO()
        with (
            patch.dict(os.environ, variables),
            redirect_stdout(answer),
            redirect_stderr(errors),
        ):
            code = run([*words, "--json"])
        assert "Traceback" not in errors.getvalue(), errors.getvalue()
        return code


def be_the_agent(desk: Desk) -> None:
    """Do everything that the agent's programs can do with documents."""
    store = desk.store()
    try:
        _use_the_guides_functions(BlobStorage(store))
        _use_the_verbs(store)
        _send_in_parts(store)
    finally:
        store.close()
    shared = desk.store(StackOptions(deduplicate=True))
    try:
        shared.write(Key("shared.md"), b"the same" * 1000)
        shared.read(Key("shared.md"))
        collect(shared.backend, leases_of(shared), dry_run=False)
    finally:
        shared.close()


def _use_the_guides_functions(storage: BlobStorage) -> None:
    storage.write_file("notes/a.md", "first")
    storage.write_file("notes/a.md", "second")
    storage.write_file("notes/a.md", " and third", mode="a")
    etag = storage.read_file("notes/a.md")["etag"]
    assert storage.write_file_with_etag("notes/a.md", "fourth", etag)["success"]
    assert not storage.write_file_with_etag("notes/a.md", "fifth", etag)["success"]
    assert storage.list_files("notes")["count"] == 1
    assert storage.search_files("fourth")["success"]
    assert storage.batch_read_files(["notes/a.md", "notes/none.md"])[0]["success"]
    lock = storage.acquire_lock("notes/a.md", timeout=20)
    assert storage.write_file("notes/a.md", "locked", lease_id=lock)["success"]
    assert storage.release_lock("notes/a.md", lock)["success"]
    assert storage.delete_file("notes/a.md")["success"]


def _use_the_verbs(store: BlobStore) -> None:
    key = Key("verbs/한 a+b.md")
    info = store.write(key, b"0123456789", when=ABSENT, properties=Properties("text/markdown"))
    store.read(key, span=Span(2, 3))
    with suppress(StoreError):
        store.read(key, unless=info.version)
    with suppress(StoreError):
        store.stat(Key("verbs/none.md"))
    with suppress(StoreError):
        store.read(Key("verbs/none.md"))
    info = store.write(key, b"second", when=IfVersion(info.version))
    list(store.write_many([Upload(Key("verbs/many.md"), b"1"), Upload(key, b"third")]))
    list(store.read_many([key, Key("verbs/many.md")]))
    operations.copy(store, key, Key("verbs/copy.md"))
    operations.move(store, Key("verbs/copy.md"), Key("verbs/moved.md"))
    list(store.scan("verbs/", after="verbs/many.md"))
    leases = leases_of(store)
    lease = leases.acquire(key, seconds=20)
    leases.renew(lease)
    leases.break_lease(key)
    store.delete(Key("verbs/moved.md"))
    store.delete(key, when=IfVersion(store.stat(key).version))
    store.delete(key)


def _send_in_parts(store: BlobStore) -> None:
    size = PART_BYTES + 1
    store.write(LARGE, Source(size, lambda: io.BytesIO(bytes(size))))
    # Another one that ends too early: what was sent of it is taken back.
    with suppress(StoreError):
        store.write(LARGE, Source(size, lambda: io.BytesIO(bytes(size - 1))))


def migrate(desk: Desk) -> None:
    """Move documents in, again after changes on both sides, and prove them."""
    source = plant(desk.folder / "source", {**DOCUMENTS, "large.bin": bytes(PART_BYTES + 1)})
    sides = ["--source", str(source), "--to", desk.url]
    assert desk.kb("migrate", "plan", *sides) == 0
    assert desk.kb("migrate", "run", *sides) == 0
    plant(source, {"a.md": b"changed", "new.md": b"new", "theirs.md": b"ours"})
    theirs = (desk.others or desk).store()
    theirs.write(Key("theirs.md"), b"theirs")
    theirs.close()
    assert desk.kb("migrate", "run", *sides, "--replace") == 0
    assert desk.kb("migrate", "verify", *sides, "--check", "read") == 0
    assert desk.kb("migrate", "verify", *sides, "--check", "digest") == 0
    plant(source, {UNLUCKY: bytes(PART_BYTES + 1)})
    # With a limit of bytes, a large file goes up in parts.
    assert desk.kb("migrate", "run", *sides, "--limit-rate", "100GB/s") in (0, 1)


def roll_back(desk: Desk) -> None:
    """Take back what `migrate` did."""
    sides = ["--source", str(desk.folder / "source"), "--to", desk.url]
    assert desk.kb("migrate", "rollback", *sides, "--dry-run") == 0
    assert desk.kb("migrate", "rollback", *sides, "--yes") == 0


def check(desk: Desk) -> None:
    """Do the ten checks, which try all that a migration and a rollback do."""
    sample = ["--sample-files", "3", "--writers", "2"]
    desk.kb("checklist", "--to", desk.url, "--source", str(desk.folder / "source"), *sample)
