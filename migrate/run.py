"""The run: carries a plan out, file by file, and notes in the journal what came of each."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Final

from app.store.contract import BlobInfo, BlobStore, Upload
from app.store.errors import (
    Busy,
    ConditionFailed,
    ContentChanged,
    InvalidKey,
    NotFound,
    StoreError,
    StoreMissing,
    Unavailable,
)
from app.store.stack import Stack
from migrate.ahead import read_ahead
from migrate.compare import Comparison, key_of, stored_digest
from migrate.history import History
from migrate.journal import Journal
from migrate.ledger import Ledger
from migrate.origin import Origin
from migrate.outage import Outage
from migrate.outcomes import Cause, Result
from migrate.pace import Pace
from migrate.plan import Action, Step, fresh_steps
from migrate.properties import properties_of
from migrate.refusals import DestinationFailed, SourceChanged, SourceUnreadable, Stopped
from migrate.saving import Saving
from migrate.scope import EVERYTHING, Scope
from migrate.stop import Stop
from migrate.summary import Summary
from migrate.survey import Survey, survey_of
from migrate.task import Sent, Task, in_batches
from migrate.throttle import Throttle
from migrate.walk import Entry, Kind
from migrate.watcher import Watcher

ROUNDS_MAX: Final = 3
"""How often files that changed while being read are tried again at the end."""


class Transfer:
    """Moves what the survey found.

    Args:
        source, store: the two sides.
        journal: of this pair; already holds its lock.
        replace_others: replace content that is not ours, if it is still what the plan saw.
        stop: asked often.
        watcher: told of every outcome.
        scope: what of the source is moved.
        planner: gives the steps for what the survey sees; may refuse.
        throttle: paces the writes; None for one without limits.
        sleep: waits so many seconds: for the pace, and before files that changed are tried again.
    """

    def __init__(
        self,
        source: Origin,
        store: BlobStore,
        journal: Journal,
        *,
        replace_others: bool,
        stop: Stop,
        watcher: Watcher,
        scope: Scope = EVERYTHING,
        planner: Callable[[Survey], Iterable[Step]] = fresh_steps,
        throttle: Throttle | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._source = source
        self._store = store
        self._journal = journal
        self._stop = stop
        self._watcher = watcher
        self._scope = scope
        self._planner = planner
        self._sleep = sleep
        self._pace = Pace(throttle or Throttle(), sleep=sleep, keep_going=stop.keep_going)
        self._outage = Outage()
        self._comparison = Comparison(
            source,
            store,
            replace_others=replace_others,
            keep_going=stop.keep_going,
            outage=self._outage,
        )
        self._saving = Saving(store, journal, keep_going=stop.keep_going)
        self._in_flight: deque[Sent] = deque()
        self._again: list[Step] = []
        self.summary = Summary()
        if not (isinstance(store, Stack) and store.options.deduplicate):
            self.summary.bytes_stored = 0  # with pointers, sizes of blobs do not say it
        self._ledger = Ledger(journal, self.summary, watcher)
        self._history = History(
            journal, self.summary, lambda: self._pace.refused_count, tell=watcher.progress
        )

    def run(self) -> Summary:
        """Look at both sides and move what is to be moved. One file's failure does not stop the rest.

        Raises:
            DestinationFailed: the store is missing, or refused or failed everything for a while.
            Stopped: a stop was requested; what was in flight has been put away.
            StoreError: the store could not be listed.
            PlanRefused: by the planner.
        """
        began = time.monotonic()
        self._journal.begin()
        try:
            survey = survey_of(
                self._source,
                self._store,
                self._journal,
                scope=self._scope,
                keep_going=self._stop.keep_going,
            )
            self._move(survey)
            self.summary.ending = "incomplete" if self.summary.causes else "complete"
        except (Stopped, KeyboardInterrupt):
            self.summary.ending = "interrupted"
            raise
        finally:
            self.summary.refused = self._pace.refused_count
            self.summary.seconds = time.monotonic() - began
            self._history.end()
            self._journal.end(self.summary.ending)
        return self.summary

    def _move(self, survey: Survey) -> None:
        planned = self._planner(survey)
        self._journal.keep_scope(self._scope.text())
        extent = survey.extent()
        self.summary.entries, self.summary.empty_folders = extent.entries, extent.empty_folders
        survey.plan_all()
        self._watcher.begin(extent)
        self._history.begin()
        self._carry_out(planned)
        for number in range(1, ROUNDS_MAX + 1):
            if self._again:
                self._sleep(0.2 * number)
                waiting, self._again = self._again, []
                self._carry_out(self._renewed(waiting))
        for step in self._again:
            self._ledger.leave_out(step, Cause.CHANGED, step.reason)

    def _carry_out(self, planned: Iterable[Step]) -> None:
        self._send(self._pace.with_refused(self._comparison.decided(planned)))
        while self._pace.has_refused:
            self._send(self._pace.all_refused())

    def _send(self, decided: Iterable[Step]) -> None:
        for answer in self._store.write_many(self._uploads(decided)):
            self._conclude(self._in_flight.popleft(), answer)
            self._history.look()
        self._outage.refuse()
        self._stop.keep_going()

    def _renewed(self, waiting: Iterable[Step]) -> Iterator[Step]:
        for step in waiting:
            entry = self._source.look_again(step.entry.path)
            if entry is None:
                self._ledger.leave_out(step, Cause.GONE, "it was removed while the migration ran")
            elif entry.kind is not Kind.FILE:
                self._ledger.leave_out(step, Cause.CHANGED, "it is no file any more")
            else:
                yield replace(step, entry=entry, sight=replace(step.sight, entry=entry))

    def _uploads(self, decided: Iterable[Step]) -> Iterator[Upload]:
        """Yield the writes; ends early when the run is to stop: what is in flight is still awaited."""
        try:
            for batch in map(self._saved, in_batches(self._tasks(decided))):
                if self._outage.reached:
                    return
                self._journal.intend(
                    (task.step.entry.path, task.reading.fingerprint, task.reading.sha256)
                    for task in batch
                )
                while batch and not self._outage.reached:
                    self._stop.keep_going()
                    yield self._sent(batch.popleft())
        except Stopped:
            return

    def _saved(self, batch: deque[Task]) -> deque[Task]:
        """Return what can be written: what it replaces is saved."""
        writes = [task.as_write() for task in batch]
        ready: deque[Task] = deque()
        for task, answer in zip(batch, self._saving.before(writes), strict=True):
            if isinstance(answer, StoreError):
                self._conclude(task.as_sent(None), answer)
            else:
                ready.append(task)
        return ready

    def _sent(self, task: Task) -> Upload:
        key, reading = task.key, task.reading
        properties = properties_of(task.step.entry.path, key, reading, self._scope.rules)
        turn = self._pace.await_turn(reading.content)
        self._in_flight.append(task.as_sent(turn))
        content = self._pace.paced(reading.content)
        return Upload(key, content, task.step.when, properties, reading.sha256)

    def _tasks(self, decided: Iterable[Step]) -> Iterator[Task]:
        moving = self._moving(decided)
        answers = read_ahead(
            self._source,
            moving,
            whole_bytes_max=self._pace.whole_bytes_max,
            keep_going=self._stop.keep_going,
        )
        for step, answer in answers:
            if isinstance(answer, SourceChanged):
                self._put_off(step, str(answer))
            elif isinstance(answer, SourceUnreadable):
                self._ledger.leave_out(step, answer.cause, str(answer))
            else:
                yield Task(key_of(step.sight.key), step, answer)

    def _moving(self, decided: Iterable[Step]) -> Iterator[tuple[Step, Entry]]:
        """Yield the steps whose files are to be read, and conclude all others."""
        for step in decided:
            self._stop.keep_going()
            if self._outage.reached:
                return
            if step.action in (Action.COPY, Action.REPLACE):
                yield step, step.entry
            else:
                self._conclude_unread(step)
                self._history.look()

    def _conclude_unread(self, step: Step) -> None:
        if step.action is Action.SKIP:
            self._ledger.skip(step)
        elif step.action is Action.EXCLUDE:
            self._ledger.exclude(step)
        elif step.cause is Cause.CHANGED:
            self._put_off(step, step.reason)
        else:
            self._ledger.leave_out(step, step.cause or Cause.FAILED, step.reason)

    def _conclude(self, sent: Sent, answer: BlobInfo | StoreError) -> None:
        step = sent.step
        if sent.turn:
            self._pace.learn(step, sent.turn, answer)
        match answer:
            case BlobInfo():
                self._outage.clear()
                self.summary.store(answer.size_stored)
                result = Result.COPIED if step.version is None else Result.REPLACED
                self._ledger.done(sent, answer.version, result)
            case StoreError() if self._outage.reached or isinstance(answer, Stopped):
                pass  # the journal has it as started; the next run looks what came of it
            case Busy() if self._pace.try_later(step, answer):
                pass  # its write is conditional: if it took effect nevertheless, the next one says so
            case StoreMissing():
                raise DestinationFailed(f"{answer}.")
            case ContentChanged():
                self._put_off(step, str(answer))
            case ConditionFailed() | Unavailable():
                self._settle(sent, answer)
            case InvalidKey():
                self._ledger.leave_out(step, Cause.NAME, str(answer))
            case _:
                self._fail(step, answer)

    def _settle(self, sent: Sent, error: StoreError) -> None:
        """Find out what came of a write whose answer does not say: look at what is stored."""
        step = sent.step
        try:
            sha256, version = stored_digest(
                self._store, key_of(step.sight.key), keep_going=self._stop.keep_going
            )
        except Stopped:
            return
        except NotFound:
            self._try_again(step, error)
        except StoreError as second:
            self._fail(step, second)
        else:
            if sha256 == sent.sha256:
                self._outage.clear()
                self._ledger.done(sent, version, Result.ALREADY_THERE)
            elif isinstance(error, ConditionFailed):
                reason = "other content was stored under this name after the plan looked"
                self._ledger.leave_out(step, Cause.CONFLICT, reason)
            else:
                self._try_again(step, error)

    def _try_again(self, step: Step, error: StoreError) -> None:
        """Send what was lost again, later. Refused, and yet nothing there: someone removed it just now."""
        if isinstance(error, ConditionFailed) or not self._pace.try_later(step, error):
            self._fail(step, error)

    def _put_off(self, step: Step, reason: str) -> None:
        # As the plan had it, to be decided again with what the file is by then.
        action = Action.COMPARE if step.sight.listed else Action.COPY
        self._again.append(replace(step, action=action, cause=None, reason=reason))

    def _fail(self, step: Step, error: StoreError) -> None:
        self._outage.add(error)
        self._ledger.leave_out(step, Cause.FAILED, str(error))
