"""What differs between a resource as it was declared and as it was found: pure.

Order and spelling that mean nothing are no difference: lists of words are sets, rules are told by their
names, a policy document is what it says and not how it is written.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Final, Literal

Kind = Literal["changed", "removed", "extra", "deleted"]
"""`removed`: declared, not there. `extra`: there, not declared. `deleted`: the whole resource is gone."""

SECRET: Final = "[secret]"  # noqa: S105 - what is shown instead of one
"""What stands for a secret; the engine shows no more of it."""

_SECRET_MARK: Final = "4dabf18193072939515e22adb298388d"  # noqa: S105 - the engine's mark of special values
_NAMES: Final = ("id", "name", "Sid", "key")
"""What a rule, a statement or a tag is told by, where all of a list have it."""

_LIST_MEMBERS: Final = frozenset(
    {"Action", "NotAction", "Resource", "NotResource", "AWS", "Service"}
)
"""Members of a policy document in which one word and a list of it alone say the same."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One property that is not as it was declared.

    Attributes:
        path: `rules[expiry].expiration.days`; a rule is told by its name where it has one.
        kind: what became of it.
        declared, found: the values; None where there is none.
    """

    path: str
    kind: Kind
    declared: Any
    found: Any


def differences(
    declared: Mapping[str, Any], found: Mapping[str, Any], *, path: str = ""
) -> tuple[Difference, ...]:
    """Return everything in which two sets of properties differ, sorted by path."""
    seen = _between_members(_plain(declared), _plain(found), path)
    return tuple(sorted(seen, key=lambda difference: (difference.path, str(difference.found))))


def _between(declared: Any, found: Any, path: str) -> Iterator[Difference]:
    if _is_empty(declared) and _is_empty(found):
        return
    if _are_words(declared) and _are_words(found):
        yield from _between_words(declared or [], found or [], path)
    elif _is_empty(declared):
        yield Difference(path, "extra", None, found)
    elif _is_empty(found):
        yield Difference(path, "removed", declared, None)
    elif isinstance(declared, Mapping) and isinstance(found, Mapping):
        yield from _between_members(declared, found, path)
    elif isinstance(declared, list) and isinstance(found, list):
        yield from _between_lists(declared, found, path)
    elif not _same_scalar(declared, found):
        yield Difference(path, "changed", declared, found)


def _between_members(
    declared: Mapping[str, Any], found: Mapping[str, Any], path: str
) -> Iterator[Difference]:
    for name in sorted(declared.keys() | found.keys()):
        below = f"{path}.{name}" if path else name
        yield from _between(declared.get(name), found.get(name), below)


def _between_lists(declared: list[Any], found: list[Any], path: str) -> Iterator[Difference]:
    name = _name_of_all(declared, found)
    if name is None:
        yield from _between_nameless(declared, found, path)
        return
    ones = {item[name]: item for item in declared}
    others = {item[name]: item for item in found}
    for label in dict.fromkeys([*ones, *others]):
        yield from _between(ones.get(label), others.get(label), f"{path}[{label}]")


def _between_nameless(declared: list[Any], found: list[Any], path: str) -> Iterator[Difference]:
    """Set aside what is on both sides, wherever it stands; the rest is compared in its order."""
    ones, others = list(enumerate(declared)), list(enumerate(found))
    for one in list(ones):
        same = next((other for other in others if not any(_between(one[1], other[1], ""))), None)
        if same is not None:
            ones.remove(one)
            others.remove(same)
    for left, right in zip_longest(ones, others):
        number = min(pair[0] for pair in (left, right) if pair is not None)
        yield from _between(left and left[1], right and right[1], f"{path}[{number}]")


def _between_words(declared: list[Any], found: list[Any], path: str) -> Iterator[Difference]:
    ones, others = Counter(map(str, declared)), Counter(map(str, found))
    for word in sorted(ones - others):
        yield Difference(path, "removed", word, None)
    for word in sorted(others - ones):
        yield Difference(path, "extra", None, word)


def _are_words(value: Any) -> bool:
    """Whether it is a list without anything in its items; nothing is a list of no words."""
    if value is None:
        return True
    return isinstance(value, list) and not any(isinstance(item, Mapping | list) for item in value)


def _name_of_all(declared: Sequence[Any], found: Sequence[Any]) -> str | None:
    for name in _NAMES:
        if all(_are_told_by(items, name) for items in (declared, found)):
            return name
    return None


def _are_told_by(items: Sequence[Any], name: str) -> bool:
    names = [item.get(name) for item in items if isinstance(item, Mapping)]
    named = [one for one in names if isinstance(one, str) and one]
    return len(named) == len(items) == len(set(named))


def _is_empty(value: Any) -> bool:
    """False is a value: it may be declared against a default that is true."""
    return value is None or (isinstance(value, str | list | Mapping) and not value)


def _same_scalar(declared: Any, found: Any) -> bool:
    if isinstance(declared, bool) or isinstance(found, bool):
        # A provider may give a flag as a word.
        return str(declared).lower() == str(found).lower()
    if isinstance(declared, int | float) and isinstance(found, int | float):
        return declared == found
    return str(declared) == str(found)


def _plain(value: Any, member: str = "") -> Any:
    """Return a value with policy documents opened, secrets masked and single words as lists."""
    if isinstance(value, str):
        document = _document(value)
        if document is not None:
            return _plain(document)
        return [value] if member in _LIST_MEMBERS else value
    if isinstance(value, Mapping):
        if _SECRET_MARK in value:
            return SECRET
        members = {name: _plain(item, name) for name, item in value.items()}
        members = {name: item for name, item in members.items() if not _is_empty(item)}
        if isinstance(members.get("Statement"), Mapping):
            members["Statement"] = [members["Statement"]]
        return members
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _document(text: str) -> Mapping[str, Any] | None:
    if not text.lstrip().startswith("{"):
        return None
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, Mapping) else None
