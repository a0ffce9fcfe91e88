"""The proof that every file arrived: what was listed against what the service said when it took each file."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final, Protocol

from app.store.contract import ReadableStore
from app.store.errors import ContentChanged, NotFound, StoreError
from migrate.ahead import read_ahead
from migrate.compare import key_of, stored_digests
from migrate.origin import Origin
from migrate.outage import Outage
from migrate.proof import Check, Finding, Found, Proof
from migrate.reading import Reading, fingerprint_of
from migrate.records import State
from migrate.refusals import SourceChanged, SourceUnreadable
from migrate.sights import Listed, Settled, Sight
from migrate.survey import Survey
from migrate.walk import Entry, Kind

_PAGE: Final = 256


@dataclass(frozen=True, slots=True)
class _Case:
    """A path on its way to a verdict: what is expected, and how the blob is found to be that.

    `expected` is the SHA-256 that the blob must have; None where `finding` is the verdict already. `by` is
    READ where the blob must be read to tell. `source` is to be read first.
    """

    sight: Sight
    finding: Finding | None = None
    expected: bytes | None = None
    by: Check = Check.VERSION
    source: Entry | None = None

    @property
    def must_read(self) -> bool:
        return self.by is Check.READ


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
        check: how they are compared; but for VERSION every file of the source is read.
        keep_going: called often; raises Stopped.
        watcher: told of each finding.
    """

    def __init__(
        self,
        source: Origin,
        store: ReadableStore,
        *,
        check: Check,
        keep_going: Callable[[], None],
        watcher: Watcher,
    ) -> None:
        self._source = source
        self._store = store
        self._check = check
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
        by_version = self._check is Check.VERSION
        sights = survey.unsettled_sights() if by_version else survey.all_sights()
        for case, stored in self._with_stored(sights):
            self._keep_going()
            if isinstance(case, Settled):
                self._prove(case.path, case.size, case.sha256, Check.VERSION)
            else:
                for finding in self._verdict(case, stored):
                    self.proof.found[finding.found] += 1
                    self._watcher.find(finding)
            self._watcher.advance()
            self._outage.refuse()
        self.proof.root_sha256 = self._root.hexdigest()
        return self.proof

    def _with_stored(
        self, sights: Iterable[Sight | Settled]
    ) -> Iterator[tuple[_Case | Settled, bytes | StoreError | None]]:
        queue = iter(sights)
        while page := list(islice(queue, _PAGE)):
            cases = list(self._cases(page))
            wanted = (
                (key_of(case.sight.key), case.sight.listed.size)
                for case in cases
                if isinstance(case, _Case) and case.must_read and case.sight.listed
            )
            digests = stored_digests(self._store, wanted, keep_going=self._keep_going)
            for case in cases:
                if isinstance(case, Settled):
                    yield case, case.sha256
                    continue
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

    def _cases(self, page: Iterable[Sight | Settled]) -> Iterator[_Case | Settled]:
        cases = [each if isinstance(each, Settled) else self._case(each) for each in page]
        wanted = ((case, case.source) for case in cases if isinstance(case, _Case) and case.source)
        answers = read_ahead(self._source, wanted, keep_going=self._keep_going)
        for case in cases:
            to_read = isinstance(case, _Case) and case.source
            yield self._compared(*next(answers)) if to_read else case

    def _case(self, sight: Sight) -> _Case:
        entry, listed, record = sight.entry, sight.listed, sight.record
        moved = record is not None and record.state is State.DONE
        if sight.is_excluded:
            # Also what an earlier run moved: it is none of this migration's business now.
            self.proof.excluded += entry is not None and entry.kind is not Kind.EMPTY_FOLDER
            return _Case(sight)
        if entry and entry.kind is not Kind.FILE:
            return self._no_file(sight, entry)
        by_version = self._check is Check.VERSION
        if not moved and not (entry and listed and not by_version and not sight.refusal):
            return self._never_moved(sight)
        if listed is None:
            return _Case(sight, Finding(sight.path, Found.MISSING, "it is not in the store"))
        if moved and by_version and record is not None:
            by = Check.VERSION if record.version == listed.version else Check.READ
            return _Case(sight, None, record.sha256, by)
        if entry is None:
            return _Case(sight, None, record.sha256 if record else None, Check.READ)
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

    def _compared(self, case: _Case, answer: Reading | SourceChanged | SourceUnreadable) -> _Case:
        sight = case.sight
        digest = sight.listed.digest if sight.listed and self._check is Check.DIGEST else None
        if isinstance(answer, SourceUnreadable):
            return _Case(sight, Finding(sight.path, Found.UNPROVED, f"the source: {answer}"))
        if isinstance(answer, SourceChanged):
            return _Case(sight, Finding(sight.path, Found.SOURCE_CHANGED, str(answer)))
        try:
            # One that does not agree proves nothing: under KMS an ETag looks like a sum and is none.
            agrees = digest is not None and answer.has(digest)
        except ContentChanged as error:
            return _Case(sight, Finding(sight.path, Found.SOURCE_CHANGED, str(error)))
        return _Case(sight, None, answer.sha256, Check.DIGEST if agrees else Check.READ)

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
        elif self._check is Check.VERSION and self._source_changed(sight, entry, sha256):
            reason = "the source is no longer what was moved"
            yield Finding(sight.path, Found.SOURCE_CHANGED, reason)
            return
        if listed and _rewritten(sight, listed):
            reason = "someone wrote it again since, with the same bytes"
            yield Finding(sight.path, Found.REWRITTEN, reason)
        size = entry.size if entry else listed.size if listed else 0
        self._prove(sight.path, size, sha256, case.by)

    def _prove(self, path: bytes, size: int, sha256: bytes, by: Check) -> None:
        proof = self.proof
        proof.proved += 1
        proof.bytes_proved += size
        proof.by_version += by is Check.VERSION
        proof.by_digest += by is Check.DIGEST
        self._root.update(sha256.hex().encode() + b"  " + path + b"\n")

    def _source_changed(self, sight: Sight, entry: Entry, sha256: bytes) -> bool:
        if sight.record and sight.record.fingerprint == fingerprint_of(entry):
            return False
        try:
            return self._source.read(entry, keep_going=self._keep_going).sha256 != sha256
        except (SourceChanged, SourceUnreadable):
            return True


def _rewritten(sight: Sight, listed: Listed) -> bool:
    record = sight.record
    return (
        record is not None
        and record.state is State.DONE
        and record.version is not None
        and record.version != listed.version
    )
