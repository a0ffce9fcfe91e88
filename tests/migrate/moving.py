"""Moves between stores, for tests: each pair has a journal of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.store.backends.local import LocalStore
from app.store.contract import BlobStore, Properties
from app.store.keys import parse_key
from migrate.journal import Journal
from migrate.noted import noting
from migrate.proof import Check, Proof
from migrate.records import Pair
from migrate.run import Transfer
from migrate.scope import EVERYTHING, Naming, Scope
from migrate.stop import Stop
from migrate.store_source import StoreOrigin
from migrate.summary import Summary
from migrate.survey import survey_of
from migrate.throttle import Throttle
from migrate.verify import Verification
from tests.contract.stores import Place, azure, gcs, s3
from tests.migrate.scene import Notes, Watched
from tests.migrate.standing import Everything, everything

MAPPED = Scope(naming=Naming.MAP)

SERVICES: dict[str, Callable[[Place], BlobStore]] = {"s3": s3, "azure": azure, "gcs": gcs}


BLOBS: Everything = {
    "plain.md": (b"# one\n", Properties("text/markdown", None, {"sha256": "of_another_time"})),
    "packed.txt": (b"\x1f\x8b not really", Properties("text/plain", "gzip", {"owner": "ops"})),
    "untyped": (b"", Properties()),
    "deep/er/한글 이름 👩‍🚀.txt": ("본문\n".encode(), Properties("text/plain; charset=utf-8")),
    "deep/percent%2Fsign": (b"%", Properties(metadata={"kb_name": "ZGVlcA=="})),
    "code!010": (b"", Properties("image/png")),
}
NOT_FOR_FOLDERS: Everything = {
    "deep": (b"a file with a folder's name", Properties("text/x-deep")),
    "deep/er": (b"another", Properties()),
    f"{'길' * 200}/{'x' * 300}.md": (b"long", Properties("text/markdown", None, {"a": "b"})),
}


@dataclass
class Moves:
    """Stores that a test moves blobs between."""

    folder: Path

    def run(
        self,
        source: BlobStore,
        store: BlobStore,
        *,
        stop: Stop | None = None,
        notes: Notes | None = None,
        scope: Scope = EVERYTHING,
        replace: bool = False,
        to: str = "",
        throttle: Throttle | None = None,
    ) -> tuple[Summary, Notes]:
        """Run once; sleeping takes no time. The pair is named by what the stores are."""
        notes = notes or Notes()
        file, pair = self._journal(source, store)
        with (
            Journal.opened(file, pair) as journal,
            noting(StoreOrigin(source, pair.source), store, journal, to=to) as origin,
        ):
            transfer = Transfer(
                origin,
                store,
                journal,
                replace_others=replace,
                stop=stop or Stop(),
                watcher=notes,
                scope=scope,
                throttle=throttle,
                sleep=lambda seconds: None,
            )
            return transfer.run(), notes

    def verify(
        self,
        source: BlobStore,
        store: BlobStore,
        *,
        read_all: bool = False,
        scope: Scope = EVERYTHING,
    ) -> tuple[Proof, Notes]:
        """Verify once."""
        notes, stop = Notes(), Stop()
        file, pair = self._journal(source, store)
        origin = StoreOrigin(source, pair.source)
        with Journal.opened(file, pair) as journal:
            verification = Verification(
                origin,
                store,
                check=Check.READ if read_all else Check.VERSION,
                keep_going=stop.keep_going,
                watcher=notes,
            )
            survey = survey_of(origin, store, journal, scope=scope, keep_going=stop.keep_going)
            return verification.prove(survey), notes

    def forget(self, source: BlobStore, store: BlobStore) -> None:
        """Lose the journal."""
        self._journal(source, store)[0].unlink()

    def _journal(self, source: BlobStore, store: BlobStore) -> tuple[Path, Pair]:
        # A store that a test looks through is the same place.
        here, there = (
            each.inner if isinstance(each, Watched) else each for each in (source, store)
        )
        return self.folder / f"{id(here)}-{id(there)}.sqlite", Pair(repr(here), repr(there))


def folder(path: Path) -> LocalStore:
    """Make a folder that is a store."""
    path.mkdir()
    return LocalStore(path)


def fill(store: BlobStore, blobs: Everything) -> None:
    """Write blobs."""
    for key, (data, properties) in blobs.items():
        store.write(parse_key(key), data, properties=properties)


def documents(store: BlobStore) -> Everything:
    """All bytes and properties but our own records'; tiers apart, which are each service's own."""
    return {
        key: (data, Properties(has.content_type, has.content_encoding, has.metadata))
        for key, (data, has) in everything(store).items()
        if not key.startswith(".kb/")
    }
