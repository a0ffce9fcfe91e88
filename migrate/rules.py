"""Rules about what is stored beside files' bytes: in which storage class, with which content type."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from app.store.contract import BlobStore, Properties
from app.store.extras import NamesTiers, OnBackend
from app.store.globs import matches_name
from app.terms.answers import UsageRefusal

# RFC 9110, 8.3.1: type and subtype are tokens; of parameters only that they are printable ASCII.
_CONTENT_TYPE_RULE: Final = re.compile(
    r"(?P<glob>.+?)=(?P<type>[a-zA-Z0-9!#$&^_.+-]+/[a-zA-Z0-9!#$&^_.+-]+(?: *;[ -~]+)?)"
)


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds for the paths that a glob means; globs are those of filters."""

    glob: str
    value: str

    def text(self) -> str:
        """Return the rule as a person writes it."""
        return f"{self.glob}={self.value}"


@dataclass(frozen=True, slots=True)
class Rules:
    """Of each kind the first rule that means a path counts; without one the path is stored as ever."""

    tiers: tuple[Rule, ...] = ()
    content_types: tuple[Rule, ...] = ()

    def applied(self, path: bytes, properties: Properties) -> Properties:
        """Return what is stored beside the file at `path`."""
        if not (self.tiers or self.content_types):
            return properties
        text = path.decode("utf-8", "surrogateescape")
        return replace(
            properties,
            tier=_first(self.tiers, text) or properties.tier,
            content_type=_first(self.content_types, text) or properties.content_type,
        )

    def fields(self) -> dict[str, list[str]]:
        """Return the rules that are given, for JSON and for the journal."""
        kinds = {"tier": self.tiers, "content_type": self.content_types}
        return {kind: [rule.text() for rule in rules] for kind, rules in kinds.items() if rules}


def _first(rules: Sequence[Rule], text: str) -> str | None:
    return next((rule.value for rule in rules if matches_name(text, rule.glob)), None)


def rules_of(fields: dict[str, Any]) -> Rules:
    """Return the rules that `fields` came from."""
    return chosen_rules(tiers=fields.get("tier", ()), content_types=fields.get("content_type", ()))


def chosen_rules(*, tiers: Sequence[str], content_types: Sequence[str]) -> Rules:
    """Return the rules that options give.

    Args:
        tiers: `GLOB=TIER` each, parted at the last `=`.
        content_types: `GLOB=TYPE` each, parted at the first `=` that a content type follows.

    Raises:
        UsageRefusal: one is no rule, or names no content type.
    """
    return Rules(tuple(map(_tier_rule, tiers)), tuple(map(_content_type_rule, content_types)))


def _tier_rule(text: str) -> Rule:
    glob, _, tier = text.rpartition("=")
    if not glob or not tier:
        raise UsageRefusal(f"--tier is a rule like 'archive/**=cool', not {text!r}.")
    return Rule(glob, tier)


def _content_type_rule(text: str) -> Rule:
    found = _CONTENT_TYPE_RULE.fullmatch(text)
    if not found:
        raise UsageRefusal(
            f"--content-type is a rule like '*.md=text/markdown; charset=utf-8', not {text!r}."
        )
    return Rule(found["glob"], found["type"])


def fitted_rules(rules: Rules, store: BlobStore, destination: str) -> Rules:
    """Return the rules in the destination's own words: tiers may be written in any case.

    Args:
        rules: as they were given.
        store: the destination.
        destination: what it is called.

    Raises:
        UsageRefusal: it keeps no such things, or has no such tier.
    """
    if rules != Rules() and not store.capabilities.properties:
        raise UsageRefusal(
            f"{destination} keeps bytes and nothing beside them: no --tier or --content-type there."
        )
    backend = store.backend if isinstance(store, OnBackend) else store
    if not isinstance(backend, NamesTiers):
        return rules
    return replace(rules, tiers=tuple(_fitted(rule, backend.tier_names) for rule in rules.tiers))


def _fitted(rule: Rule, names: Sequence[str]) -> Rule:
    for name in names:
        if name.casefold() == rule.value.casefold():
            return replace(rule, value=name)
    raise UsageRefusal(
        f"--tier {rule.text()!r}: the destination has no tier {rule.value!r}. "
        f"It has: {', '.join(names)}."
    )
