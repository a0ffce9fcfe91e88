"""The options that choose what of a source is moved; plan, run and verify have the same."""

import time
from dataclasses import dataclass
from typing import Annotated

import typer

from migrate.filters import chosen_filters
from migrate.scope import Scope

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


@dataclass(frozen=True, slots=True)
class Choices:
    """The options as they were typed; None and empty where they were not."""

    include: list[str] | None
    exclude: list[str] | None
    size_min: str | None
    size_max: str | None
    age_min: str | None
    age_max: str | None

    @property
    def are_given(self) -> bool:
        """Whether there is any."""
        return bool(self.words())

    def scope(self) -> Scope:
        """Return what they choose; ages count from now.

        Raises:
            UsageRefusal: one cannot be read.
        """
        filters = chosen_filters(
            include=self.include or (),
            exclude=self.exclude or (),
            size_min=self.size_min,
            size_max=self.size_max,
            age_min=self.age_min,
            age_max=self.age_max,
            now_ns=time.time_ns(),
        )
        return Scope(filters)

    def words(self) -> list[str]:
        """Return the options as a person would type them."""
        words = []
        for option, globs in (("--include", self.include), ("--exclude", self.exclude)):
            for glob in globs or ():
                words += [option, glob]
        for option, value in (
            ("--size-min", self.size_min),
            ("--size-max", self.size_max),
            ("--age-min", self.age_min),
            ("--age-max", self.age_max),
        ):
            if value is not None:
                words += [option, value]
        return words
