"""One JSON event per line, for programs."""

from typing import TYPE_CHECKING, Any, Final

from app.terms.answers import emit_json
from migrate.history import Sample
from migrate.outcomes import Outcome
from migrate.paths import path_fields
from migrate.screen.meter import Meter
from migrate.sights import Extent

if TYPE_CHECKING:
    from migrate.proof import Finding

_EVERY_SECONDS: Final = 1.0


class EventsReport:
    """One JSON object per line, for programs; docs/guide/migrate.md describes each."""

    width: int | None = None

    def __init__(self) -> None:
        self._meter = Meter()
        self._next = 0.0

    def say(self, line: str) -> None:
        pass

    def emit(self, event: str, fields: dict[str, Any]) -> None:
        emit_json({"event": event, **fields})

    def begin(self, extent: Extent) -> None:
        self._meter = Meter(extent.entries, extent.size)
        self._next = _EVERY_SECONDS
        fields = {"total": extent.entries, "files": extent.files, "size_bytes": extent.size}
        self.emit("begin", fields)

    def note(self, outcome: Outcome) -> None:
        self._meter.count(outcome)
        fields: dict[str, Any] = {
            "number": self._meter.number,
            "total": self._meter.total,
            **path_fields(outcome.path),
            "result": outcome.result.value,
            "size_bytes": outcome.size,
        }
        if outcome.cause:
            fields["cause"] = outcome.cause.value
        if outcome.reason:
            fields["reason"] = outcome.reason
        self.emit("file", fields)

    def progress(self, sample: Sample) -> None:
        progress = self._meter.measure(sample)
        if sample.seconds >= self._next:
            self._next = sample.seconds + _EVERY_SECONDS
            self.emit("progress", progress.fields())

    def begin_proof(self, paths: int) -> None:
        self.emit("begin", {"total": paths})

    def begin_rollback(self, keys: int) -> None:
        self.begin_proof(keys)

    def advance(self) -> None:
        pass

    def find(self, finding: "Finding") -> None:
        fields = {"found": finding.found.value, "reason": finding.reason}
        self.emit("finding", {**path_fields(finding.path), **fields})
