"""What of a source is to be moved, as one value that the journal keeps with each run."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

from migrate.filters import Filters, filters_of


class Naming(StrEnum):
    """What happens to names that the destination cannot hold: they are left out, or get a key that it can."""

    CHECK = "check"
    MAP = "map"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a person chose about the source.

    Attributes:
        filters: which files are moved.
        naming: under which names.
        words: the options that chose it, as a person typed them: for the command that goes on.
    """

    filters: Filters = field(default_factory=Filters)
    naming: Naming = Naming.CHECK
    words: tuple[str, ...] = field(default=(), compare=False)

    def fields(self) -> dict[str, Any]:
        """Return the choice for JSON."""
        return {"filters": self.filters.fields(), "names": self.naming.value}

    def text(self) -> str:
        """Return the choice as the journal keeps it."""
        return json.dumps({**self.fields(), "words": self.words})

    def typed(self, words: Sequence[str]) -> "Scope":
        """Return the same choice, made with these words."""
        return replace(self, words=tuple(words))


EVERYTHING: Final = Scope()
"""All files, under their own names."""


def kept_scope(text: str) -> Scope:
    """Return the scope that the journal keeps as `text`."""
    fields = json.loads(text)
    return scope_of(fields).typed(fields.get("words", ()))


def scope_of(fields: dict[str, Any]) -> Scope:
    """Return the scope that `fields` came from."""
    return Scope(filters_of(fields.get("filters", {})), Naming(fields.get("names", Naming.CHECK)))
