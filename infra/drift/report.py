"""What a look and the probes found, as one answer: for a program, and for a person."""

import json
from dataclasses import asdict, dataclass
from typing import Any, Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from infra.drift.findings import Finding
from infra.drift.look import Look
from infra.drift.probes import Probed

_VALUE_CHARACTERS_MAX: Final = 160
"""Of a value in the table; --json has it whole."""

_SEVERITIES: Final = {"high": "red", "medium": "yellow", "low": "cyan", "unknown": "magenta"}
"""The worst first, and the colour of each; what nobody has explained stands last."""


@dataclass(frozen=True, slots=True)
class Report:
    """What is to be said of an environment.

    Attributes:
        environment: its name.
        look: what the engine saw.
        probes: what the agent met; empty where it was not asked for.
    """

    environment: str
    look: Look
    probes: tuple[Probed, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What drifted, the worst first."""
        ranks = list(_SEVERITIES)
        return tuple(
            sorted(self.look.findings, key=lambda one: ranks.index(one.explanation.severity))
        )

    @property
    def failed(self) -> tuple[Probed, ...]:
        """The probes whose answer is not what the agent's permissions say."""
        return tuple(one for one in self.probes if one.outcome == "failed")

    @property
    def drifted(self) -> bool:
        """Whether anything is not as it was declared."""
        return bool(self.look.findings or self.failed)

    @property
    def repair(self) -> str | None:
        """The command that mends what drifted; None where none is needed."""
        return f"kb up -s {self.environment} --refresh" if self.drifted else None

    def as_json(self) -> dict[str, Any]:
        """Return the report for a program; docs/guide/drift.md says what each part is."""
        return {
            "environment": self.environment,
            "drift": self.drifted,
            "resources": self.look.resources,
            "findings": [one.as_json() for one in self.findings],
            "probes": [asdict(one) for one in self.probes],
            "repair": self.repair,
            "seconds": round(self.look.seconds, 3),
        }


def print_report(console: Console, report: Report) -> None:
    """Show a report to a person."""
    drifted = len({(one.resource.type, one.resource.name) for one in report.findings})
    console.print(
        f"{report.environment}: {drifted or 'none'} of {report.look.resources} resources "
        f"{'have' if drifted > 1 else 'has'} drifted."
    )
    if report.findings:
        console.print(_table(report.findings))
    _print_probes(console, report)
    if report.repair:
        console.print(
            f"Mend it: {report.repair} (or: pulumi up --refresh -s {report.environment}).",
            markup=False,
        )
    for one in report.findings:
        if one.explanation.repair == "hand":
            console.print(
                f"By hand: {one.resource.label}, {one.property}: up does not know of it.",
                markup=False,
                soft_wrap=True,
            )


def _table(findings: tuple[Finding, ...]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), title_justify="left")
    table.add_column("breaks", no_wrap=True)
    table.add_column("what", overflow="fold", ratio=2)
    table.add_column("declared → found, and what that means", overflow="fold", ratio=3)
    for one in findings:
        why = one.explanation
        colour = _SEVERITIES[why.severity]
        name = one.resource.label + (f"\n  {one.property}" if one.property else "")
        table.add_row(
            f"[{colour}]{why.breaks}[/]\n{why.severity}",
            escape(name),
            escape(f"{_said(one)}\n{why.sentence}"),
        )
    return table


def _said(one: Finding) -> str:
    match one.kind:
        case "deleted":
            return "deleted"
        case "removed":
            return f"{_short(one.declared)} → removed"
        case "extra":
            return f"not declared → {_short(one.found)}"
        case "changed":
            return f"{_short(one.declared)} → {_short(one.found)}"


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _VALUE_CHARACTERS_MAX else f"{text[:_VALUE_CHARACTERS_MAX]}…"


def _print_probes(console: Console, report: Report) -> None:
    if not report.probes:
        console.print("The agent was not tried (--no-probes).")
    for cloud in dict.fromkeys(one.cloud for one in report.probes):
        mine = [one for one in report.probes if one.cloud == cloud]
        passed = [one.probe for one in mine if one.outcome == "passed"]
        if passed:
            console.print(f"As the agent on {cloud}: {', '.join(passed)}: as it should be.")
        for one in mine:
            if one.outcome != "passed":
                what = f"{one.probe} ({one.expected}) " if one.probe else ""
                console.print(
                    f"As the agent on {cloud}: {what}{one.outcome}: {one.message}",
                    markup=False,
                    soft_wrap=True,
                )
