"""The rollback: what stood before the runs of a journal stands again, but where someone came after them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Protocol

from app.store.backends.window import through_window
from app.store.contract import BlobInfo, BlobStore, IfVersion, Version
from app.store.errors import ConditionFailed, ContentChanged, NotFound, StoreError, Unavailable
from app.store.keys import Key
from migrate.compare import stored_digest
from migrate.journal import Journal
from migrate.outage import Outage
from migrate.records import ROLLED_BACK, ROLLING_BACK
from migrate.refusals import Stopped
from migrate.saving import LANES, put_back
from migrate.stop import Stop
from migrate.survey import Survey
from migrate.undo import Case, Change, UndoLog, Unwound, unwind

_ATTEMPTS_MAX: Final = 3

_Stands = tuple[Version, bytes] | None
"""Version and SHA-256 of what stands under a key."""


class Undone(StrEnum):
    """How a key ended."""

    DELETED = "deleted"
    RESTORED = "restored"
    AS_BEFORE = "as_before"
    KEPT = "kept"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Ending:
    """What became of one key: how it ended, why if that is to be said, and the failure if it failed."""

    key: Key
    result: Undone
    reason: str = ""
    failure: StoreError | None = None

    def fields(self) -> dict[str, Any]:
        """Return the ending for JSON."""
        found: dict[str, Any] = {"key": self.key, "result": self.result.value}
        return {**found, "reason": self.reason} if self.reason else found


@dataclass(slots=True)
class Outcome:
    """What a rollback did.

    Attributes:
        results: how many keys ended in each way.
        emptied: whether nothing is left of what was saved for keys that were not kept.
    """

    results: Counter[Undone] = field(default_factory=Counter)
    emptied: bool = False

    @property
    def whole(self) -> bool:
        """Whether everything is as it was before."""
        return not (self.results[Undone.KEPT] or self.results[Undone.FAILED])

    def fields(self) -> dict[str, Any]:
        """Return the counts for JSON; every result is there, also with 0."""
        counts = {result.value: self.results[result] for result in Undone}
        return {"counts": counts, "save_area_emptied": self.emptied}


class Watcher(Protocol):
    """Who is told how a rollback goes on."""

    def begin_rollback(self, keys: int) -> None:
        """So many keys are about to be looked at."""
        ...

    def undone(self, ending: Ending) -> None:
        """One key has come to its end."""
        ...


class Rollback:
    """Undoes what a journal's runs wrote. It may be killed at any instant and run again.

    Args:
        store: the destination.
        journal: of the runs; already holds its lock, unless it is only looked at.
        dry_run: say what would be done, and change nothing.
        stop: asked often.
        watcher: told of every key.
        lanes: how many keys are worked on at once.
    """

    def __init__(
        self,
        store: BlobStore,
        journal: Journal,
        *,
        dry_run: bool,
        stop: Stop,
        watcher: Watcher,
        lanes: int = LANES,
    ) -> None:
        self._store = store
        self._journal = journal
        self._log = UndoLog(journal)
        self._dry_run = dry_run
        self._stop = stop
        self._watcher = watcher
        self._lanes = lanes
        self._outage = Outage()
        self._ending = ROLLING_BACK
        self.outcome = Outcome()

    def run(self) -> Outcome:
        """Undo every key that can be undone. One key's failure does not stop the rest.

        Raises:
            DestinationFailed: the store refused or failed everything for a while.
            Stopped: a stop was requested; what was in flight has been noted.
            StoreError: the store could not be listed.
        """
        if self._dry_run:
            self._run()
            return self.outcome
        self._journal.begin(ending=ROLLING_BACK)
        try:
            self._run()
            self._ending = ROLLING_BACK if self.outcome.results[Undone.FAILED] else ROLLED_BACK
        finally:
            self._journal.end(self._ending)
        return self.outcome

    def _run(self) -> None:
        survey = Survey(self._journal, self._store.capabilities)
        survey.add_listing(self._listed())
        self._watcher.begin_rollback(self._log.counts()[0])
        for answer in through_window(self._undo, self._cases(), concurrency=self._lanes):
            if isinstance(answer, StoreError):
                continue  # stopped: nothing is noted, and the next rollback looks
            self._conclude(*answer)
        self._outage.refuse()
        self._stop.keep_going()
        if not self._dry_run and not self.outcome.results[Undone.FAILED]:
            self._log.settle_rest()
            self.empty()

    def forget(self) -> Outcome:
        """Give up what was saved: what the store holds now is what a later rollback goes back to."""
        self._log.forget()
        self.empty()
        return self.outcome

    def empty(self) -> None:
        """Delete from the save area what no change goes back to any more.

        Raises:
            StoreError: something could not be deleted; it is tried again the next time.
        """
        prefix = self._log.prefix
        if prefix is not None:
            leftovers = self._leftovers(prefix)
            for failure in through_window(self._store.delete, leftovers, concurrency=self._lanes):
                if failure is not None:
                    raise failure
        self.outcome.emptied = True

    def _leftovers(self, prefix: str) -> Iterator[Key]:
        for info in self._store.scan(prefix):
            self._stop.keep_going()
            if not self._log.is_referred_to(info.key):
                yield info.key

    def _listed(self) -> Iterator[BlobInfo]:
        for info in self._store.scan():
            self._stop.keep_going()
            yield info

    def _cases(self) -> Iterator[Case]:
        for case in self._log.cases():
            if self._stop.requested or self._outage.reached:
                return  # what is in flight is still awaited
            yield case

    def _conclude(
        self, case: Case, unwound: Unwound | None, ending: Ending, stands: _Stands
    ) -> None:
        if ending.failure is not None:
            self._outage.add(ending.failure)
        else:
            self._outage.clear()
        if unwound is not None and not self._dry_run:
            self._log.settle(case, passed=unwound.passed, stands=stands)
        self.outcome.results[ending.result] += 1
        self._watcher.undone(ending)

    # On a lane.

    def _undo(self, case: Case) -> tuple[Case, Unwound | None, Ending, _Stands]:
        done: Undone | None = None
        failure: StoreError | None = None
        for attempt in range(_ATTEMPTS_MAX):
            self._stop.keep_going()
            try:
                version = case.version if attempt == 0 else self._version(case)
                stands = self._stands(case, version)
                unwound = unwind(case.changes, stands[1] if stands else None)
                if unwound.undone and stands:
                    done = Undone.RESTORED if unwound.undone.former else Undone.DELETED
                    if not self._dry_run:
                        stands = self._put_back(case, unwound.undone, version=stands[0])
            except Stopped:
                raise
            except (ConditionFailed, ContentChanged, Unavailable) as error:
                failure = error  # someone came between, or the answer was lost: look again
            except StoreError as error:
                failure = error
                break
            else:
                ending = _left(case, unwound, done)
                return case, unwound, ending, None if unwound.broken else stands
        return case, None, Ending(case.key, Undone.FAILED, str(failure), failure), None

    def _version(self, case: Case) -> Version | None:
        try:
            return self._store.stat(case.key).version
        except NotFound:
            return None

    def _stands(self, case: Case, version: Version | None) -> _Stands:
        """Return version and SHA-256 of what stands there; it is read only where no version tells it."""
        if version is None:
            return None
        if version in case.known:
            return version, case.known[version]
        try:
            sha256, version = stored_digest(self._store, case.key, keep_going=self._stop.keep_going)
        except NotFound:
            return None
        return version, sha256

    def _put_back(self, case: Case, undone: Change, *, version: Version) -> _Stands:
        when = IfVersion(version)
        if undone.former is None:
            self._store.delete(case.key, when=when)
            return None
        return put_back(self._store, undone.former, case.key, when=when), undone.former.sha256


def _left(case: Case, unwound: Unwound, done: Undone | None) -> Ending:
    if not unwound.broken:
        return Ending(case.key, done or Undone.AS_BEFORE)
    if unwound.undone is None:
        reason = "changed by someone after the migration"
    else:
        reason = "changed by someone between two runs: what they left is there again"
    return Ending(case.key, Undone.KEPT, reason)
