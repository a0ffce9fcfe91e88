"""What a person or a program sees of a trial: lines, a bar above them, or one JSON event per line."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any, Final, Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from app.store.contract import Capabilities
from app.terms.answers import emit_json
from app.trial.checks import Check
from app.trial.course import Outcome, Result, counted

_RESULT_CELLS: Final = max(len(result.value) for result in Result)


class Report(Protocol):
    """Everything that a trial tells."""

    def begin(self, url: str, checks: Sequence[Check], capabilities: Capabilities) -> None:
        """A trial of so many checks begins on the ground that `url` names."""
        ...

    def note(self, outcome: Outcome) -> None:
        """A check has come to its end."""
        ...

    def remark(self, line: str) -> None:
        """Say something beside."""
        ...

    def end(self, url: str, found: Sequence[Outcome], *, seconds: float, whole: bool) -> None:
        """All is done, or as much as was before an interruption."""
        ...


class LinesReport:
    """A line for each check: for logs, and wherever there is no terminal."""

    def __init__(self) -> None:
        self._number = 0
        self._total = 0

    def begin(self, url: str, checks: Sequence[Check], capabilities: Capabilities) -> None:
        """See `Report`."""
        self._total = len(checks)
        self.say(f"{len(checks)} checks in {url}")
        can = [name for name, value in asdict(capabilities).items() if value]
        self.say(f"The store says that it can: {', '.join(can) or 'nothing beyond the laws'}")

    def note(self, outcome: Outcome) -> None:
        """See `Report`."""
        self._number += 1
        number = f"{self._number:>{len(str(self._total))}}/{self._total}"
        kind = "" if outcome.check.kind == "law" else f"{outcome.check.kind}: "
        reason = f" ({outcome.reason})" if outcome.result is Result.NOT_APPLICABLE else ""
        self.say(
            f"{number}  {outcome.result.value:<{_RESULT_CELLS}}  {kind}{outcome.check.sentence}{reason}"
        )

    def remark(self, line: str) -> None:
        """See `Report`."""
        self.say(line)

    def end(self, url: str, found: Sequence[Outcome], *, seconds: float, whole: bool) -> None:
        """See `Report`."""
        for outcome in found:
            if outcome.result is Result.BROKEN:
                self.say(f"\nBroken: {outcome.check.sentence}")
                self.say(f"  {outcome.check.promise}")
                for line in outcome.reason.splitlines():
                    self.say(f"    {line}")
        counts = counted(found)
        cut = "" if whole else f", {self._total - len(found)} not tried"
        self.say(
            f"\n{counts['holds']} hold, {counts['broken']} broken, {counts['not_applicable']} not applicable"
            f"{cut}, in {seconds:.0f} s"
        )

    def say(self, line: str) -> None:
        """Print a line."""
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


class BarReport(LinesReport):
    """The same lines on a terminal, above a bar."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console
        self._progress = Progress(
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.description}", markup=False),
            console=console,
            transient=True,
        )
        self._task = self._progress.add_task("", visible=False)

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Keep the bar on the screen during the block; it is gone afterwards, however the block ends."""
        with self._progress:
            yield

    def begin(self, url: str, checks: Sequence[Check], capabilities: Capabilities) -> None:
        """See `Report`."""
        super().begin(url, checks, capabilities)
        self._progress.update(self._task, total=len(checks), visible=True)

    def note(self, outcome: Outcome) -> None:
        """See `Report`."""
        super().note(outcome)
        self._progress.update(self._task, advance=1, description=outcome.check.sentence)

    def say(self, line: str) -> None:
        """Print a line above the bar."""
        self._console.print(Text(line), soft_wrap=True)


class EventsReport:
    """One JSON object per line, for programs; docs/guide/conformance.md describes each."""

    def begin(self, url: str, checks: Sequence[Check], capabilities: Capabilities) -> None:
        """See `Report`."""
        self._total = len(checks)
        self._number = 0
        fields = {"store": url, "total": self._total, "capabilities": asdict(capabilities)}
        emit_json({"event": "begin", **fields})

    def note(self, outcome: Outcome) -> None:
        """See `Report`."""
        self._number += 1
        fields: dict[str, Any] = {
            "number": self._number,
            "total": self._total,
            **described(outcome.check),
            "result": outcome.result.value.replace(" ", "_"),
            "seconds": round(outcome.seconds, 3),
        }
        if outcome.reason:
            fields["reason"] = outcome.reason
        emit_json({"event": "check", **fields})

    def remark(self, line: str) -> None:
        """See `Report`."""
        emit_json({"event": "remark", "text": line})

    def end(self, url: str, found: Sequence[Outcome], *, seconds: float, whole: bool) -> None:
        """See `Report`."""
        fields = {**counted(found), "whole": whole, "seconds": round(seconds, 3)}
        emit_json({"event": "end", "store": url, **fields})


def described(check: Check) -> dict[str, str]:
    """Return a check for programs."""
    return {"kind": check.kind, "sentence": check.sentence, "promise": check.promise}


@contextmanager
def opened_report(*, json: bool) -> Iterator[Report]:
    """Give the report that fits: events for programs, a bar on a terminal, else lines."""
    if json:
        yield EventsReport()
        return
    console = Console(highlight=False)
    if not console.is_terminal:
        yield LinesReport()
        return
    bar = BarReport(console)
    with bar.shown():
        yield bar
