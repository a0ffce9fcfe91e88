"""Migrations into the sink: its two dialects as destinations, and what its ledger says of a run."""

import io
import json
import os
import sqlite3
import uuid
from collections import Counter
from collections.abc import Mapping
from contextlib import closing, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from app.cli import run
from app.store.backends.azure import AzureStore
from app.store.backends.s3 import S3Store
from app.store.contract import BlobStore
from app.store.keys import RESERVED_PREFIX
from benchmarks.sinks import Sink, Written
from migrate.records import State
from tests.migrate.standing import Everything, everything
from tests.migrate.test_kills import Command

DIALECTS = ("s3", "azure")


class Inside(Command):
    """`kb migrate` that runs to its end in this process: a process of its own costs a second."""

    def finish(self, *words: str) -> tuple[int, list[dict[str, object]]]:
        answer, errors = io.StringIO(), io.StringIO()
        with (
            patch.dict(os.environ, self._environ),
            redirect_stdout(answer),
            redirect_stderr(errors),
        ):
            code = run(["migrate", *words, *self._sides, "--json"])
        assert "Traceback" not in errors.getvalue()
        return code, [json.loads(line) for line in answer.getvalue().splitlines()]


@dataclass(frozen=True, slots=True)
class Service:
    """A bucket or container of a sink.

    Attributes:
        at: the sink.
        name: of the bucket or container.
        to: its URL.
        store: a store in it, for looking from outside.
        variables: the credentials for a process.
    """

    at: Sink
    name: str
    to: str
    store: S3Store | AzureStore
    variables: Mapping[str, str]

    def command(self, source: Path, state: Path) -> Inside:
        """Return `kb migrate` from a source to here, with its journal in `state`."""
        return Inside(source, self.to, state, self.variables)

    def create(self) -> None:
        """Make the bucket or container again."""
        if isinstance(self.store, S3Store):
            self.store.create_bucket()
        else:
            self.store.create_container()

    def writes(self) -> list[tuple[str, Written]]:
        """Return each write to a key of the source, in order: the key and what became of it."""
        keyed = [
            (one.path.partition(f"{self.name}/")[2], one)
            for one in self.at.writes()
            if f"{self.name}/" in one.path
        ]
        return [(key, one) for key, one in keyed if not key.startswith(RESERVED_PREFIX)]

    def uploads(self) -> Counter[str]:
        """Return how often each key was uploaded so that it took effect."""
        return Counter(
            key for key, one in self.writes() if not one.part and one.effect in (200, 201)
        )


def service(at: Sink, dialect: str, *, page_keys_max: int = 1000) -> Service:
    """Return a fresh place in a sink; `page_keys_max` is for looking from outside."""
    name = f"kb-{uuid.uuid4().hex}"
    if dialect == "azure":
        connection_string = at.azure_connection_string
        variables = {"AZURE_STORAGE_CONNECTION_STRING": connection_string}
        store = AzureStore(name, connection_string=connection_string, page_keys_max=page_keys_max)
        return Service(
            at, name, f"azure://sink/{name}?endpoint_url={at.url}/sink", store, variables
        )
    variables = {"AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any"}
    bucket = S3Store(
        name,
        endpoint_url=at.url,
        region_name="us-east-1",
        aws_access_key_id="any",
        aws_secret_access_key="any",
        page_keys_max=page_keys_max,
    )
    return Service(
        at, name, f"s3://{name}?endpoint_url={at.url}&region=us-east-1", bucket, variables
    )


def moved(store: BlobStore) -> Everything:
    """Return all bytes and properties but our own records'."""
    found = everything(store)
    return {key: blob for key, blob in found.items() if not key.startswith(RESERVED_PREFIX)}


def in_state(state_folder: Path, state: State) -> set[str]:
    """Return the paths that the only journal in a folder has in this state, as a killed run left it."""
    (file,) = (state_folder / "migrations").glob("*.sqlite")
    # For reading only: what the dead run left in the write-ahead log stays there for the next one.
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
        rows = connection.execute("SELECT path FROM files WHERE state = ?", (state.value,))
        return {path.decode() for (path,) in rows}
