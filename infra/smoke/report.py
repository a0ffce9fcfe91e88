"""What a smoke test shows at its end: a report that can be attached to a bug as it is."""

import platform
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any

from infra.settings import Settings
from infra.smoke.cost import Estimate
from infra.smoke.course import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was tried, what came of it, and what is left.

    Attributes:
        environment: whose like was tried.
        trial: the environment that was made.
        settings: of the environment.
        estimate: of the cost, beforehand.
        outcomes: of the steps.
        left_behind: what could not be taken down; None: nothing.
    """

    environment: str
    trial: str
    settings: Settings
    estimate: Estimate
    outcomes: Sequence[Outcome]
    left_behind: str | None

    @property
    def passed(self) -> bool:
        """Whether each step did what it should, and nothing is left."""
        return self.left_behind is None and all(it.passed for it in self.outcomes)

    def as_json(self, mask: Callable[[str], str]) -> dict[str, Any]:
        """Return the report for a program, masked."""
        return {
            "environment": self.environment,
            "trial": self.trial,
            "passed": self.passed,
            "left_behind": self.left_behind and mask(self.left_behind),
            "program": version("knowledge-base-cloud"),
            "python": platform.python_version(),
            "system": f"{platform.system()} {platform.machine()}",
            "clouds": list(self.settings.clouds),
            "primary": self.settings.primary,
            "cost_max": round(self.estimate.amount, 4),
            "currency": self.estimate.currency,
            "steps": [
                {**asdict(it), "words": [mask(word) for word in it.words], "said": mask(it.said)}
                for it in self.outcomes
            ],
        }

    def as_text(self, mask: Callable[[str], str]) -> str:
        """Return the report as a page of Markdown, masked."""
        about = self.as_json(mask)
        lines = [
            f"# Smoke test of {self.environment}: {'passed' if self.passed else 'FAILED'}",
            "",
            f"knowledge-base-cloud {about['program']}, Python {about['python']}, {about['system']}; "
            f"clouds {', '.join(self.settings.clouds)}, primary {self.settings.primary}.",
            f"At most {self.estimate.amount:.2f} {self.estimate.currency} by list prices "
            f"({self.estimate.source}).",
            f"Left behind: {about['left_behind'] or 'nothing'}.",
            "",
            "| step | exit code | seconds |",
            "|---|---|---|",
        ]
        for it in self.outcomes:
            code = "not run" if it.code is None else str(it.code)
            lines.append(f"| {it.name} | {code} | {it.seconds:.1f} |")
        for step in about["steps"]:
            if step["code"] is None:
                continue
            lines += ["", f"## kb {' '.join(step['words'])}", "", "```", step["said"], "```"]
        return "\n".join(lines) + "\n"
