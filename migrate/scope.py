"""What of a source is to be moved, as one value that the journal keeps with each run."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from migrate.filters import Filters, filters_of
from migrate.rules import Rules, fitted_rules, rules_of

if TYPE_CHECKING:
    from migrate.sides import Sides


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
        rules: what is stored beside the bytes, where it is not as ever.
        words: the options that chose it, as a person typed them: for the command that goes on.
    """

    filters: Filters = field(default_factory=Filters)
    naming: Naming = Naming.CHECK
    rules: Rules = field(default_factory=Rules)
    words: tuple[str, ...] = field(default=(), compare=False)

    def fields(self) -> dict[str, Any]:
        """Return the choice for JSON."""
        return {
            "filters": self.filters.fields(),
            "names": self.naming.value,
            "rules": self.rules.fields(),
        }

    def text(self) -> str:
        """Return the choice as the journal keeps it."""
        return json.dumps({**self.fields(), "words": self.words})

    def fitted(self, sides: "Sides") -> "Scope":
        """Return the same choice in the destination's words.

        Raises:
            UsageRefusal: the destination cannot do what a rule says.
        """
        return replace(self, rules=fitted_rules(self.rules, sides.store, sides.pair.destination))

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
    return Scope(
        filters_of(fields.get("filters", {})),
        Naming(fields.get("names", Naming.CHECK)),
        rules_of(fields.get("rules", {})),
    )
