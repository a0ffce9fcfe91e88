"""What became of each entry of the source: noted in the journal, counted, and told."""

from app.store.contract import Version
from migrate.journal import Journal
from migrate.outcomes import Cause, Outcome, Result
from migrate.plan import Step
from migrate.summary import Summary
from migrate.task import Sent
from migrate.watcher import Watcher


class Ledger:
    """Notes the end of each entry, once.

    Args:
        journal: where it must be found again after a kill.
        summary: of the run.
        watcher: told of every outcome.
    """

    def __init__(self, journal: Journal, summary: Summary, watcher: Watcher) -> None:
        self._journal = journal
        self._summary = summary
        self._watcher = watcher

    def done(self, sent: Sent, version: Version, result: Result) -> None:
        """The store holds what was read, under this version."""
        path = sent.step.entry.path
        self._journal.done(path, sent.fingerprint, sent.sha256, version)
        self._tell(Outcome(path, result, sent.fingerprint.size))

    def skip(self, step: Step) -> None:
        """The store held it already; a comparison that showed it is noted as its proof."""
        path = step.entry.path
        if proof := step.proof:
            self._journal.done(path, proof.fingerprint, proof.sha256, proof.version)
        self._tell(Outcome(path, Result.ALREADY_THERE, step.entry.size, None, step.reason))

    def exclude(self, step: Step) -> None:
        """A filter excludes it."""
        path, size, reason = step.entry.path, step.entry.size, step.reason
        self._journal.exclude(path, size, reason)
        self._tell(Outcome(path, Result.EXCLUDED, size, None, reason))

    def leave_out(self, step: Step, cause: Cause, reason: str) -> None:
        """It is not moved, and this is why."""
        path, size = step.entry.path, step.entry.size
        self._journal.leave_out(path, size, cause, reason)
        self._tell(Outcome(path, Result.LEFT_OUT, size, cause, reason))

    def _tell(self, outcome: Outcome) -> None:
        self._summary.add(outcome)
        self._watcher.note(outcome)
