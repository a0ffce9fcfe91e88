"""Real runs on trial, of the sample into a part of the store that nobody else uses."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from app.store.contract import BlobInfo, BlobStore, Properties, Upload
from app.store.errors import StoreError
from app.store.keys import RESERVED_PREFIX
from app.store.layers.base import Layer
from migrate.history import Sample
from migrate.journal import Journal
from migrate.outcomes import Outcome
from migrate.proof import REMARKS, Check, Finding, Proof
from migrate.rollback import Ending
from migrate.run import Transfer
from migrate.scope import EVERYTHING
from migrate.sights import Extent
from migrate.stop import Stop
from migrate.summary import Summary
from migrate.survey import survey_of
from migrate.verify import Verification
from migrate.walk import Folder


@dataclass(slots=True)
class Notes:
    """Keeps what runs, proofs and rollbacks tell of what went wrong."""

    differences: list[Finding] = field(default_factory=list)
    failure: StoreError | None = None

    def begin(self, extent: Extent) -> None:
        """See `migrate.watcher`."""

    def note(self, outcome: Outcome) -> None:
        """See `migrate.watcher`."""

    def progress(self, sample: Sample) -> None:
        """See `migrate.watcher`."""

    def begin_proof(self, paths: int) -> None:
        """See `migrate.verify`."""

    def advance(self) -> None:
        """See `migrate.verify`."""

    def find(self, finding: Finding) -> None:
        """See `migrate.verify`."""
        if finding.found not in REMARKS and len(self.differences) < 3:
            self.differences.append(finding)

    def begin_rollback(self, keys: int) -> None:
        """See `migrate.rollback`."""

    def undone(self, ending: Ending) -> None:
        """See `migrate.rollback`."""
        self.failure = self.failure or ending.failure


class Halt(Stop):
    """A stop of one run on trial, which also heeds that of the whole trial."""

    def __init__(self, outer: Stop) -> None:
        super().__init__()
        self._outer = outer

    def keep_going(self) -> None:
        """Return, unless either is requested."""
        self._outer.keep_going()
        super().keep_going()


class Halting(Layer):
    """Asks a run to stop as soon as so many of its writes are under way."""

    def __init__(self, inner: BlobStore, stop: Stop, *, writes: int) -> None:
        super().__init__(inner)
        self._stop = stop
        self._writes = writes

    def write_many(self, uploads: Iterable[Upload]) -> Iterator[BlobInfo | StoreError]:
        """See the contract."""
        return self.inner.write_many(self._counted(uploads))

    def _counted(self, uploads: Iterable[Upload]) -> Iterator[Upload]:
        for number, upload in enumerate(uploads, 1):
            if number >= self._writes:
                self._stop.requested = True
            yield upload


def moved(
    folder: Path, store: BlobStore, journal: Journal, *, stop: Stop, replace_others: bool = False
) -> Summary:
    """Run once; errors are those of `Transfer.run`."""
    transfer = Transfer(
        Folder(folder),
        store,
        journal,
        replace_others=replace_others,
        stop=stop,
        watcher=Notes(),
    )
    return transfer.run()


def proved(folder: Path, store: BlobStore, journal: Journal, notes: Notes, *, stop: Stop) -> Proof:
    """Read both sides and compare; differences are in the notes."""
    source = Folder(folder)
    survey = survey_of(source, store, journal, scope=EVERYTHING, keep_going=stop.keep_going)
    verification = Verification(
        source, store, check=Check.READ, keep_going=stop.keep_going, watcher=notes
    )
    return verification.prove(survey)


def standing(store: BlobStore) -> dict[str, tuple[bytes, Properties]]:
    """Return digest and properties of all documents; properties are empty where a store keeps none."""
    keys = [info.key for info in store.scan() if not info.key.startswith(RESERVED_PREFIX)]
    found = {}
    for key in keys:
        blob = store.read(key)
        found[str(key)] = (hashlib.sha256(blob.data).digest(), blob.properties)
    return found
