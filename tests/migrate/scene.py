"""A source, a destination and a journal for tests, and stores through which faults are seen and made."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from app.store.contract import (
    ALWAYS,
    NO_PROPERTIES,
    Blob,
    BlobInfo,
    BlobStore,
    Capabilities,
    Content,
    Properties,
    Span,
    Upload,
    Version,
    When,
    WhenPresent,
)
from app.store.errors import StoreError
from app.store.keys import RESERVED_PREFIX, Key
from migrate.history import Sample
from migrate.journal import Journal
from migrate.kept import last_scope
from migrate.limits import Limits
from migrate.outcomes import Cause, Outcome, Result
from migrate.plan import Step, fresh_steps
from migrate.proof import Check, Finding, Found, Proof
from migrate.records import Pair
from migrate.rollback import Ending, Rollback, Undone
from migrate.run import Transfer
from migrate.scope import EVERYTHING, Scope, kept_scope
from migrate.sights import Extent
from migrate.stop import Stop
from migrate.summary import Summary
from migrate.survey import Survey, survey_of
from migrate.throttle import Throttle
from migrate.verify import Verification
from migrate.walk import Folder

PAIR = Pair("/source", "memory:")


def plant(root: Path, files: Mapping[str, bytes]) -> Path:
    """Make files below a folder."""
    root.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return root


def in_parts() -> Throttle:
    """Return a throttle that slows nothing down, and with which a run sends its larger files in parts."""
    return Throttle(limits=Limits(bytes_per_second_max=1e12))


def contents(store: BlobStore) -> dict[str, bytes]:
    """Read everything in a store but this program's own records."""
    return {
        str(info.key): store.read(info.key).data
        for info in store.scan()
        if not info.key.startswith(RESERVED_PREFIX)
    }


@dataclass
class Watched:
    """A store around a store that counts its calls and lets a test come between.

    What a run saves before it replaces something is counted apart.

    `before_write` runs before a write reaches the store; raising there is a write that failed without effect.
    `after_write` runs when it took effect; raising there is an answer that was lost.
    """

    inner: BlobStore
    narrowed: Capabilities | None = None
    before_write: Callable[[Key], None] = lambda key: None
    after_write: Callable[[Key], None] = lambda key: None
    before_read: Callable[[Key], None] = lambda key: None
    before_delete: Callable[[Key], None] = lambda key: None
    writes: Counter[str] = field(default_factory=Counter)
    conditions: list[When] = field(default_factory=list)
    reads: Counter[str] = field(default_factory=Counter)
    scans: int = 0
    saves: int = 0

    @property
    def capabilities(self) -> Capabilities:
        return self.narrowed or self.inner.capabilities

    def read(self, key: Key, *, span: Span | None = None, unless: Version | None = None) -> Blob:
        self.reads[key] += 1
        self.before_read(key)
        return self.inner.read(key, span=span, unless=unless)

    def read_many(self, keys: Iterable[Key]) -> Iterator[Blob | StoreError]:
        for key in keys:
            try:
                yield self.read(key)
            except StoreError as error:
                yield error

    def stat(self, key: Key) -> BlobInfo:
        return self.inner.stat(key)

    def write(
        self,
        key: Key,
        content: Content,
        *,
        when: When = ALWAYS,
        properties: Properties = NO_PROPERTIES,
        lease: str | None = None,
    ) -> BlobInfo:
        if key.startswith(RESERVED_PREFIX):
            self.saves += 1
            return self.inner.write(key, content, when=when, properties=properties, lease=lease)
        self.conditions.append(when)
        self.before_write(key)
        info = self.inner.write(key, content, when=when, properties=properties, lease=lease)
        self.writes[key] += 1
        self.after_write(key)
        return info

    def write_many(self, uploads: Iterable[Upload]) -> Iterator[BlobInfo | StoreError]:
        for upload in uploads:
            try:
                yield self.write(
                    upload.key, upload.content, when=upload.when, properties=upload.properties
                )
            except StoreError as error:
                yield error

    def delete(self, key: Key, *, when: WhenPresent = ALWAYS, lease: str | None = None) -> None:
        self.before_delete(key)
        self.inner.delete(key, when=when, lease=lease)

    def scan(self, prefix: str = "", *, after: str | None = None) -> Iterator[BlobInfo]:
        self.scans += 1
        return self.inner.scan(prefix, after=after)

    def close(self) -> None:
        self.inner.close()


@dataclass
class Notes:
    """A watcher that keeps what it is told."""

    outcomes: list[Outcome] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    endings: dict[str, Undone] = field(default_factory=dict)
    samples: list[Sample] = field(default_factory=list)
    extent: Extent | None = None
    on_note: Callable[[Outcome], None] = lambda outcome: None

    def begin(self, extent: Extent) -> None:
        self.extent = extent

    def note(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        self.on_note(outcome)

    def progress(self, sample: Sample) -> None:
        self.samples.append(sample)

    def begin_proof(self, paths: int) -> None:
        pass

    def begin_rollback(self, keys: int) -> None:
        pass

    def undone(self, ending: Ending) -> None:
        self.endings[ending.key] = ending.result

    def advance(self) -> None:
        pass

    def find(self, finding: Finding) -> None:
        self.findings.append(finding)

    def causes(self) -> dict[str, Cause | None]:
        return {
            outcome.path.decode(errors="surrogateescape"): outcome.cause
            for outcome in self.outcomes
            if outcome.result is Result.LEFT_OUT
        }

    def results(self) -> Counter[Result]:
        return Counter(outcome.result for outcome in self.outcomes)

    def found(self) -> dict[str, Found]:
        return {finding.path.decode(): finding.found for finding in self.findings}


@dataclass
class Scene:
    """A folder, a store and a journal that one test moves files between."""

    root: Path
    store: BlobStore
    journal: Path
    pair: Pair = PAIR

    def run(
        self,
        *,
        folder: Folder | None = None,
        store: BlobStore | None = None,
        replace: bool = False,
        notes: Notes | None = None,
        stop: Stop | None = None,
        scope: Scope = EVERYTHING,
        planner: Callable[[Survey], Iterable[Step]] = fresh_steps,
        throttle: Throttle | None = None,
        sleep: Callable[[float], None] = lambda seconds: None,
    ) -> tuple[Summary, Notes]:
        """Run once; sleeping takes no time."""
        notes = notes or Notes()
        with Journal.opened(self.journal, self.pair) as journal:
            summary = Transfer(
                folder or Folder(self.root),
                store or self.store,
                journal,
                replace_others=replace,
                stop=stop or Stop(),
                watcher=notes,
                scope=scope,
                planner=planner,
                throttle=throttle,
                sleep=sleep,
            ).run()
        return summary, notes

    def roll_back(
        self,
        *,
        store: BlobStore | None = None,
        dry_run: bool = False,
        stop: Stop | None = None,
        lanes: int = 1,
    ) -> dict[str, Undone]:
        """Roll back once; return what became of each path."""
        notes = Notes()
        with Journal.opened(self.journal, self.pair) as journal:
            Rollback(
                store or self.store,
                journal,
                dry_run=dry_run,
                stop=stop or Stop(),
                watcher=notes,
                lanes=lanes,
            ).run()
        return notes.endings

    def verify(
        self,
        *,
        store: BlobStore | None = None,
        read_all: bool = False,
        check: Check = Check.VERSION,
        scope: Scope | None = None,
    ) -> tuple[Proof, Notes]:
        """Verify once; `read_all` is the check that reads."""
        check = Check.READ if read_all else check
        notes = Notes()
        folder, store = Folder(self.root), store or self.store
        stop = Stop()
        with Journal.seen(self.journal, self.pair) as kept, Journal.blank() as blank:
            verification = Verification(
                folder, store, check=check, keep_going=stop.keep_going, watcher=notes
            )
            journal = kept or blank
            scope = scope or kept_scope(last_scope(journal.connection))
            survey = survey_of(folder, store, journal, scope=scope, keep_going=stop.keep_going)
            return verification.prove(survey), notes
