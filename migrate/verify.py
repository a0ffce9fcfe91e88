"""The proof that every file arrived: what was listed against what the service said when it took each file."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from typing import Any, Final, Protocol

from app.store.contract import ReadableStore
from app.store.errors import NotFound, StoreError
from migrate.ahead import read_ahead
from migrate.compare import key_of, stored_digests
from migrate.origin import Origin
from migrate.outage import Outage
from migrate.reading import Reading, fingerprint_of
from migrate.records import State
from migrate.refusals import SourceChanged, SourceUnreadable
from migrate.sights import Listed, Sight
from migrate.survey import Survey
from migrate.walk import Entry, Kind

_PAGE: Final = 256


class Found(StrEnum):
    """What verification can find about a path."""

    MISSING = "missing"
    DIFFERENT = "different"
    NOT_MOVED = "not_moved"
    SOURCE_CHANGED = "source_changed"
    UNPROVED = "unproved"
    EXTRA = "extra"
    REWRITTEN = "rewritten"
    SOURCE_GONE = "source_gone"


REMARKS: Final = frozenset({Found.EXTRA, Found.REWRITTEN, Found.SOURCE_GONE})
"""What is said, but is no difference between what was to arrive and what is there."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to say about one path."""

    path: bytes
    found: Found
    reason: str


@dataclass(slots=True)
class Proof:
    """What verification established.

    Attributes:
        proved: files whose content in the store is that of the source, or of what was moved.
        bytes_proved: theirs.
        found: how many findings of each kind.
        listed: keys that the one listing named.
        read: blobs that were read, because versions could not decide or reading was asked for.
        excluded: entries of the source that a filter excludes: looked at on neither side.
        not_files: links, pipes and the like in the source, which have no content to prove.
        root_sha256: of the lines `<sha256>  <path>`, as sha256sum prints them, of all files proved, sorted by
            the bytes of their paths. Two people who have the same files have the same root.
        seconds: how long it took.
    """

    proved: int = 0
    bytes_proved: int = 0
    found: Counter[Found] = field(default_factory=Counter)
    listed: int = 0
    read: int = 0
    not_files: int = 0
    excluded: int = 0
    root_sha256: str = ""
    seconds: float = 0.0

    @property
    def holds(self) -> bool:
        """Whether there is no difference."""
        return not any(count for found, count in self.found.items() if found not in REMARKS)

    def fields(self) -> dict[str, Any]:
        """Return the proof for JSON; every kind of finding is there, also with 0."""
        return {
            "holds": self.holds,
            "proved": self.proved,
            "bytes_proved": self.bytes_proved,
            "found": {found.value: self.found[found] for found in Found},
            "listed": self.listed,
            "read": self.read,
            "not_files": self.not_files,
            "excluded": self.excluded,
            "root_sha256": self.root_sha256,
            "seconds": round(self.seconds, 3),
        }


@dataclass(frozen=True, slots=True)
class _Case:
    """A path on its way to a verdict: what is expected, and whether the blob must be read to tell.

    `expected` is the SHA-256 that the blob must have; None where `finding` is the verdict already. `source`
    is to be read for it first.
    """

    sight: Sight
    finding: Finding | None = None
    expected: bytes | None = None
    must_read: bool = False
    source: Entry | None = None


class Watcher(Protocol):
    """Who is told how a verification goes on."""

    def begin_proof(self, paths: int) -> None:
        """Both sides have been looked at; about so many paths are judged."""
        ...

    def advance(self) -> None:
        """One path has been judged."""
        ...

    def find(self, finding: Finding) -> None:
        """Something is to be said about a path."""
        ...


class Verification:
    """Proves what a journal's runs did.

    Args:
        source, store: the two sides.
        read_all: read every blob and every file instead of trusting versions.
        keep_going: called often; raises Stopped.
        watcher: told of each finding.
    """

    def __init__(
        self,
        source: Origin,
        store: ReadableStore,
        *,
        read_all: bool,
        keep_going: Callable[[], None],
        watcher: Watcher,
    ) -> None:
        self._source = source
        self._store = store
        self._read_all = read_all
        self._keep_going = keep_going
        self._watcher = watcher
        self._outage = Outage()
        self._root = hashlib.sha256()
        self.proof = Proof()

    def prove(self, survey: Survey) -> Proof:
        """Judge every path that either side or the journal knows.

        Raises:
            DestinationFailed: it failed read after read.
        """
        extent = survey.extent()
        self.proof.listed = extent.listed
        self._watcher.begin_proof(max(extent.entries, extent.listed))
        for case, stored in self._with_stored(survey.all_sights()):
            self._keep_going()
            for finding in self._verdict(case, stored):
                self.proof.found[finding.found] += 1
                self._watcher.find(finding)
            self._watcher.advance()
            self._outage.refuse()
        self.proof.root_sha256 = self._root.hexdigest()
        return self.proof

    def _with_stored(
        self, sights: Iterable[Sight]
    ) -> Iterator[tuple[_Case, bytes | StoreError | None]]:
        queue = iter(sights)
        while page := list(islice(queue, _PAGE)):
            cases = list(self._cases(page))
            wanted = (
                (key_of(case.sight.key), case.sight.listed.size)
                for case in cases
                if case.must_read and case.sight.listed
            )
            digests = stored_digests(self._store, wanted, keep_going=self._keep_going)
            for case in cases:
                if not case.must_read:
                    yield case, case.expected
                    continue
                self.proof.read += 1
                answer = next(digests)
                if isinstance(answer, StoreError):
                    self._outage.add(answer)
                    yield case, answer
                else:
                    self._outage.clear()
                    yield case, answer[0]

    def _cases(self, page: Iterable[Sight]) -> Iterator[_Case]:
        cases = [self._case(sight) for sight in page]
        wanted = ((case, case.source) for case in cases if case.source)
        answers = read_ahead(self._source, wanted, keep_going=self._keep_going)
        for case in cases:
            yield _compared(case, next(answers)[1]) if case.source else case

    def _case(self, sight: Sight) -> _Case:
        entry, listed, record = sight.entry, sight.listed, sight.record
        moved = record is not None and record.state is State.DONE
        if sight.is_excluded:
            # Also what an earlier run moved: it is none of this migration's business now.
            self.proof.excluded += entry is not None and entry.kind is not Kind.EMPTY_FOLDER
            return _Case(sight)
        if entry and entry.kind is not Kind.FILE:
            return self._no_file(sight, entry)
        if not moved and not (entry and listed and self._read_all and not sight.refusal):
            return self._never_moved(sight)
        if listed is None:
            return _Case(sight, Finding(sight.path, Found.MISSING, "it is not in the store"))
        if moved and not self._read_all and record is not None:
            return _Case(sight, None, record.sha256, must_read=record.version != listed.version)
        if entry is None:
            return _Case(sight, None, record.sha256 if record else None, must_read=True)
        return _Case(sight, source=entry)

    def _no_file(self, sight: Sight, entry: Entry) -> _Case:
        if entry.kind is Kind.UNREADABLE:
            return _Case(sight, Finding(sight.path, Found.NOT_MOVED, entry.reason))
        if entry.kind is not Kind.EMPTY_FOLDER:
            self.proof.not_files += 1
        return _Case(sight)

    def _never_moved(self, sight: Sight) -> _Case:
        if sight.entry:
            reason = sight.record.reason if sight.record else ""
            if sight.refusal:
                reason = sight.refusal[1]
            reason = reason or "no run has moved it"
            return _Case(sight, Finding(sight.path, Found.NOT_MOVED, reason))
        if sight.listed:
            return _Case(
                sight, Finding(sight.path, Found.EXTRA, "the source has nothing of this name")
            )
        return _Case(sight)

    def _verdict(self, case: _Case, stored: bytes | StoreError | None) -> Iterator[Finding]:
        sight = case.sight
        if case.finding:
            yield case.finding
        elif isinstance(stored, NotFound):
            yield Finding(sight.path, Found.MISSING, "it was removed from the store meanwhile")
        elif isinstance(stored, StoreError):
            yield Finding(sight.path, Found.UNPROVED, str(stored))
        elif case.expected is None:
            return
        elif stored != case.expected:
            as_moved = sight.record is not None and stored == sight.record.sha256
            if as_moved:
                reason = "the source is no longer what was moved"
                yield Finding(sight.path, Found.SOURCE_CHANGED, reason)
            else:
                yield Finding(sight.path, Found.DIFFERENT, "the store holds other content")
        else:
            yield from self._equal(case, case.expected)

    def _equal(self, case: _Case, sha256: bytes) -> Iterator[Finding]:
        sight, entry, listed = case.sight, case.sight.entry, case.sight.listed
        if entry is None:
            yield Finding(sight.path, Found.SOURCE_GONE, "the source no longer has it")
        elif not self._read_all and self._source_changed(sight, entry, sha256):
            reason = "the source is no longer what was moved"
            yield Finding(sight.path, Found.SOURCE_CHANGED, reason)
            return
        if listed and _rewritten(sight, listed):
            reason = "someone wrote it again since, with the same bytes"
            yield Finding(sight.path, Found.REWRITTEN, reason)
        self.proof.proved += 1
        self.proof.bytes_proved += entry.size if entry else listed.size if listed else 0
        self._root.update(sha256.hex().encode() + b"  " + sight.path + b"\n")

    def _source_changed(self, sight: Sight, entry: Entry, sha256: bytes) -> bool:
        if sight.record and sight.record.fingerprint == fingerprint_of(entry):
            return False
        try:
            return self._source.read(entry, keep_going=self._keep_going).sha256 != sha256
        except (SourceChanged, SourceUnreadable):
            return True


def _compared(case: _Case, answer: Reading | SourceChanged | SourceUnreadable) -> _Case:
    sight = case.sight
    if isinstance(answer, SourceChanged):
        return _Case(sight, Finding(sight.path, Found.SOURCE_CHANGED, str(answer)))
    if isinstance(answer, SourceUnreadable):
        return _Case(sight, Finding(sight.path, Found.UNPROVED, f"the source: {answer}"))
    return _Case(sight, None, answer.sha256, must_read=True)


def _rewritten(sight: Sight, listed: Listed) -> bool:
    record = sight.record
    return (
        record is not None
        and record.state is State.DONE
        and record.version is not None
        and record.version != listed.version
    )
