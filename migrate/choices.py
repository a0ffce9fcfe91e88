"""The options that choose what of a source is moved; plan, run and verify have the same."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from app.terms.answers import UsageRefusal
from migrate.filters import Filters, chosen_filters
from migrate.rules import chosen_rules
from migrate.scope import EVERYTHING, Naming, Scope

Include = Annotated[
    list[str] | None,
    typer.Option("--include", metavar="GLOB", help="Move only what a GLOB means: '*.md', 'a/**'."),
]
Exclude = Annotated[
    list[str] | None,
    typer.Option("--exclude", metavar="GLOB", help="Do not move what the GLOB means."),
]
SizeMin = Annotated[
    str | None, typer.Option("--size-min", metavar="SIZE", help="Not what is smaller: 1KB.")
]
SizeMax = Annotated[
    str | None, typer.Option("--size-max", metavar="SIZE", help="Not what is larger: 10MB.")
]
AgeMin = Annotated[
    str | None,
    typer.Option("--age-min", metavar="AGE", help="Not what changed more recently: 1h, 30d."),
]
AgeMax = Annotated[
    str | None,
    typer.Option("--age-max", metavar="AGE", help="Not what last changed longer ago: 2w, 5y."),
]


Names = Annotated[
    str | None,
    typer.Option(
        "--names",
        metavar="check|map",
        help="What becomes of names that the store cannot hold: left out (check), or mapped to keys.",
        show_default=False,
    ),
]

TierRules = Annotated[
    list[str] | None,
    typer.Option(
        "--tier",
        metavar="GLOB=TIER",
        help="Store what the GLOB means in this tier; of several rules the first that fits counts.",
    ),
]
ContentTypeRules = Annotated[
    list[str] | None,
    typer.Option(
        "--content-type",
        metavar="GLOB=TYPE",
        help="Store what the GLOB means with this content type: '*.md=text/markdown; charset=utf-8'.",
    ),
]
PlanOption = Annotated[
    Path | None,
    typer.Option(
        "--plan",
        metavar="FILE",
        help="Carry out what 'kb migrate plan --json' printed, if both sides are still so.",
    ),
]


@dataclass(frozen=True, slots=True)
class Choices:
    """The options as they were typed; None and empty where they were not."""

    include: list[str] | None
    exclude: list[str] | None
    size_min: str | None
    size_max: str | None
    age_min: str | None
    age_max: str | None
    names: str | None
    tiers: list[str] | None = None
    content_types: list[str] | None = None

    def scope(self, earlier: Scope = EVERYTHING) -> Scope:
        """Return what they choose; ages count from now.

        Args:
            earlier: the last run's, which counts where nothing is given: for all filters, and for names.

        Raises:
            UsageRefusal: one cannot be read.
        """
        if self.names not in (None, *Naming):
            raise UsageRefusal(f"--names is 'check' or 'map', not {self.names!r}.")
        filters = chosen_filters(
            include=self.include or (),
            exclude=self.exclude or (),
            size_min=self.size_min,
            size_max=self.size_max,
            age_min=self.age_min,
            age_max=self.age_max,
            now_ns=time.time_ns(),
        )
        naming = Naming(self.names) if self.names else earlier.naming
        rules = chosen_rules(tiers=self.tiers or (), content_types=self.content_types or ())
        return Scope(earlier.filters if filters == Filters() else filters, naming, rules)

    def words(self) -> list[str]:
        """Return the options as a person would type them."""
        words = []
        for option, given in (
            ("--include", self.include),
            ("--exclude", self.exclude),
            ("--tier", self.tiers),
            ("--content-type", self.content_types),
        ):
            for each in given or ():
                words += [option, each]
        for option, value in (
            ("--size-min", self.size_min),
            ("--size-max", self.size_max),
            ("--age-min", self.age_min),
            ("--age-max", self.age_max),
            ("--names", self.names),
        ):
            if value is not None:
                words += [option, value]
        return words
