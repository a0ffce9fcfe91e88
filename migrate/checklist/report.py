"""What a person or a program sees of a checklist: lines with what was seen, or JSON events."""

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, Protocol

from rich.console import Console
from rich.status import Status
from rich.text import Text

from app.terms.answers import emit_json
from migrate.checklist.course import CHECKS, Check, Outcome
from migrate.checklist.verdict import Result

_INDENT: Final = " " * 16


class Report(Protocol):
    """Everything that a checklist tells."""

    def begin(self, fields: dict[str, Any]) -> None:
        """The ten checks of a destination begin."""
        ...

    def about(self, check: Check) -> None:
        """A check is about to run."""
        ...

    def note(self, outcome: Outcome) -> None:
        """A check has come to its end."""
        ...

    def remark(self, line: str) -> None:
        """Say something beside."""
        ...

    def end(self, counts: Counter[Result], fields: dict[str, Any]) -> None:
        """All is done, or as much as was before an interruption."""
        ...


class LinesReport:
    """Lines for people, as each check ends."""

    def begin(self, fields: dict[str, Any]) -> None:
        """See `Report`."""
        source = f"{fields['source']} → " if fields["source"] else ""
        self.say(f"Ten checks before a migration: {source}{fields['destination']}")

    def about(self, check: Check) -> None:
        """See `Report`."""

    def note(self, outcome: Outcome) -> None:
        """See `Report`."""
        verdict, check = outcome.verdict, outcome.check
        self.say(
            f"{outcome.number:>2}/{len(CHECKS)}  {verdict.result.value:<7}  {check.title} ({check.korean})"
        )
        self.say(f"{_INDENT}{verdict.evidence}")
        if verdict.next_step:
            self.say(f"{_INDENT}Next: {verdict.next_step}")

    def remark(self, line: str) -> None:
        """See `Report`."""
        self.say(line)

    def end(self, counts: Counter[Result], fields: dict[str, Any]) -> None:
        """See `Report`."""
        rest = len(CHECKS) - counts.total()
        cut = f", {rest} not reached" if rest else ""
        self.say(
            ", ".join(f"{counts[each]} {each.value}" for each in Result)
            + f"{cut}, in {fields['seconds']:.0f} s"
        )

    def say(self, line: str) -> None:
        """Print a line."""
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


class StatusReport(LinesReport):
    """The same lines on a terminal, above one that says what runs now."""

    def __init__(self, console: Console, status: Status) -> None:
        self._console = console
        self._status = status

    def about(self, check: Check) -> None:
        """See `Report`."""
        self._status.update(Text(f"{check.title} …"))

    def say(self, line: str) -> None:
        """Print a line above the status; the evidence stays indented where it is wrapped."""
        words = line.lstrip()
        indent = len(line) - len(words)
        width = max(20, self._console.width - indent)
        for part in Text(words).wrap(self._console, width):
            self._console.print(Text(" " * indent) + part, soft_wrap=True)


class EventsReport:
    """One JSON object per line; docs/guide/checklist.md describes each."""

    def begin(self, fields: dict[str, Any]) -> None:
        """See `Report`."""
        emit_json({"event": "begin", **fields, "total": len(CHECKS)})

    def about(self, check: Check) -> None:
        """See `Report`."""

    def note(self, outcome: Outcome) -> None:
        """See `Report`."""
        emit_json({"event": "check", **outcome.fields()})

    def remark(self, line: str) -> None:
        """See `Report`."""
        emit_json({"event": "remark", "text": line})

    def end(self, counts: Counter[Result], fields: dict[str, Any]) -> None:
        """See `Report`."""
        emit_json({"event": "end", **{each.value: counts[each] for each in Result}, **fields})


@contextmanager
def opened_report(*, json: bool) -> Iterator[Report]:
    """Give the report that fits: events for programs, a moving line on a terminal, else lines."""
    if json:
        yield EventsReport()
        return
    console = Console(highlight=False)
    if not console.is_terminal:
        yield LinesReport()
        return
    with console.status("") as status:
        yield StatusReport(console, status)
