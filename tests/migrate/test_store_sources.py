"""A store as the source: what comes out of it is what lies in it, also beside the bytes."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from app.store.backends.local import LocalStore
from app.store.contract import BlobStore, Properties
from app.store.keys import parse_key
from migrate.journal import Journal
from migrate.noted import noting
from migrate.reading import LARGE_BYTES_MIN
from migrate.records import Pair
from migrate.run import Transfer
from migrate.scope import EVERYTHING, Scope
from migrate.stop import Stop
from migrate.store_source import StoreOrigin
from migrate.summary import Summary
from tests.contract.stores import Place, azure, gcs, s3
from tests.migrate.scene import Notes
from tests.migrate.standing import Everything, everything

BLOBS: Everything = {
    "plain.md": (b"# one\n", Properties("text/markdown", None, {"sha256": "of another time"})),
    "packed.txt": (b"\x1f\x8b not really", Properties("text/plain", "gzip", {"owner": "ops"})),
    "untyped": (b"", Properties()),
    "deep/er/한글 이름 👩‍🚀.txt": ("본문\n".encode(), Properties("text/plain; charset=utf-8")),
    "deep/percent%2Fsign": (b"%", Properties(metadata={"kb_name": "ZGVlcA=="})),
}


@dataclass
class Moves:
    """Moves between stores, each pair with a journal of its own."""

    folder: Path

    def move(
        self,
        source: BlobStore,
        store: BlobStore,
        *,
        stop: Stop | None = None,
        notes: Notes | None = None,
        scope: Scope = EVERYTHING,
    ) -> tuple[Summary, Notes]:
        notes = notes or Notes()
        pair = Pair(repr(source), repr(store))
        file = self.folder / f"{abs(hash(pair))}.sqlite"
        with (
            Journal.opened(file, pair) as journal,
            noting(StoreOrigin(source, pair.source), store, journal) as origin,
        ):
            transfer = Transfer(
                origin,
                store,
                journal,
                replace_others=False,
                stop=stop or Stop(),
                watcher=notes,
                scope=scope,
                sleep=lambda seconds: None,
            )
            return transfer.run(), notes


@pytest.fixture
def moves(tmp_path: Path) -> Moves:
    (tmp_path / "journals").mkdir()
    return Moves(tmp_path / "journals")


@pytest.fixture
def place(tmp_path: Path, request: pytest.FixtureRequest) -> Place:
    return Place(tmp_path, request)


def folder(path: Path) -> LocalStore:
    path.mkdir()
    return LocalStore(path)


def fill(store: BlobStore, blobs: Everything) -> None:
    for key, (data, properties) in blobs.items():
        store.write(parse_key(key), data, properties=properties)


def documents(store: BlobStore) -> Everything:
    """All bytes and properties, tiers apart: those are the service's own."""
    return {
        key: (data, Properties(has.content_type, has.content_encoding, has.metadata))
        for key, (data, has) in everything(store).items()
        if not key.startswith(".kb/")
    }


@pytest.mark.emulator
def test_a_way_round_all_stores_ends_with_what_it_began_with(
    moves: Moves, place: Place, tmp_path: Path
) -> None:
    stores = [s3(place), azure(place), gcs(place), folder(tmp_path / "backup"), s3(place)]
    large = {"large.bin": (bytes(LARGE_BYTES_MIN + 5), Properties("image/png"))}
    fill(stores[0], BLOBS | large)

    summaries = [
        moves.move(here, there)[0] for here, there in zip(stores[:-1], stores[1:], strict=True)
    ]

    assert [summary.ending for summary in summaries] == ["complete"] * 4
    for store in (*stores[:3], stores[-1]):
        assert documents(store) == BLOBS | large
