"""Models of bodies written down by hand, where no package of Microsoft's carries them.

What is in the tables is from the REST specifications and the documentation that each table names.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.local_cloud.handlers import Failure
from infra.local_cloud.values import UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A string: one of some, or of a form, or of a length."""

    allowed: tuple[str, ...] = ()
    cased: bool = True
    """Whether the case of what is allowed matters; that of a duration does not (`Pt15m`)."""

    pattern: str | None = None
    said: str = ""
    characters_max: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number within bounds."""

    least: float | None = None
    most: float | None = None


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Many:
    """A list."""

    of: "Model"
    least: int = 0
    most: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """An object whose members are named by the program."""

    of: "Model"
    most: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """An object with members of its own."""

    members: Mapping[str, "Model"]
    required: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """An object whose form hangs on what one of its members says."""

    by: str
    of: Mapping[str, Body]


Model = Text | Number | Flag | Many | Named | Body | Choice


def check(model: Model, value: Any, path: str) -> list[Failure]:
    """Say what a model finds wrong with a value; what is not known yet is passed over."""
    if value is UNKNOWN or value is None:
        return []
    match model:
        case Text():
            return _check_text(model, value, path)
        case Number():
            return _check_number(model, value, path)
        case Flag():
            return [] if isinstance(value, bool) else [(path, "must be true or false")]
        case Many():
            return _check_many(model, value, path)
        case Named():
            return _check_named(model, value, path)
        case Body():
            return _check_body(model, value, path)
        case Choice():
            return _check_choice(model, value, path)


def _check_text(model: Text, value: Any, path: str) -> list[Failure]:
    if not isinstance(value, str):
        return [(path, "must be a string")]
    known = model.allowed if model.cased else [it.lower() for it in model.allowed]
    if known and (value if model.cased else value.lower()) not in known:
        return [(path, f"is {value!r}; Azure knows {', '.join(model.allowed)}")]
    if model.pattern is not None and not re.fullmatch(model.pattern, value):
        return [(path, f"is {value!r}, must be {model.said}")]
    if model.characters_max is not None and len(value) > model.characters_max:
        return [(path, f"has {len(value)} characters, must be at most {model.characters_max}")]
    return []


def _check_number(model: Number, value: Any, path: str) -> list[Failure]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return [(path, "must be a number")]
    if model.least is not None and value < model.least:
        return [(path, f"is {value}, must be at least {model.least}")]
    if model.most is not None and value > model.most:
        return [(path, f"is {value}, must be at most {model.most}")]
    return []


def _check_many(model: Many, value: Any, path: str) -> list[Failure]:
    if not isinstance(value, list):
        return [(path, "must be a list")]
    found = _check_count(len(value), model.least, model.most, path)
    for index, item in enumerate(value):
        found += check(model.of, item, f"{path}[{index}]")
    return found


def _check_named(model: Named, value: Any, path: str) -> list[Failure]:
    if not isinstance(value, dict):
        return [(path, "must be an object")]
    found = _check_count(len(value), 0, model.most, path)
    for name, item in value.items():
        found += check(model.of, item, f'{path}["{name}"]')
    return found


def _check_body(model: Body, value: Any, path: str) -> list[Failure]:
    if not isinstance(value, dict):
        return [(path, "must be an object")]
    found: list[Failure] = []
    for name, item in value.items():
        if name in model.members:
            found += check(model.members[name], item, f"{path}.{name}")
        else:
            known = ", ".join(sorted(model.members))
            found.append((f"{path}.{name}", f"is not a property; there are {known}"))
    lacking = [name for name in model.required if value.get(name) is None]
    return found + [(f"{path}.{name}", "is required") for name in lacking]


def _check_choice(model: Choice, value: Any, path: str) -> list[Failure]:
    if not isinstance(value, dict):
        return [(path, "must be an object")]
    kind = value.get(model.by)
    if kind is UNKNOWN:
        return []
    if not isinstance(kind, str) or kind not in model.of:
        return [(f"{path}.{model.by}", f"must be one of {', '.join(model.of)}")]
    rest = {name: item for name, item in value.items() if name != model.by}
    return _check_body(model.of[kind], rest, path)


def _check_count(count: int, least: int, most: int | None, path: str) -> list[Failure]:
    if count < least:
        return [(path, f"has {count} items, must be at least {least}")]
    if most is not None and count > most:
        return [(path, f"has {count} items, must be at most {most}")]
    return []
