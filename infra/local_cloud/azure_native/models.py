"""Pulumi's property names against Microsoft's own models of the storage API, version 2024-01-01.

azure-native 3 calls exactly this version. The models (azure-mgmt-storage 22.1.1) carry the constraints of the
REST specification in `_validation`, which their own serializer does not enforce.
"""

import re
from collections.abc import Mapping
from enum import Enum
from functools import cache
from itertools import permutations
from typing import Any, Final

from azure.mgmt.storage.v2024_01_01 import models

from infra.local_cloud.handlers import Failure
from infra.local_cloud.values import UNKNOWN

_NAMES: Final = {"ip_address_or_range": "iPAddressOrRange"}
_SCALARS: Final[Mapping[str, tuple[Any, str]]] = {
    "str": (str, "a string"),
    "bool": (bool, "true or false"),
    "int": (int, "a whole number"),
    "float": ((int, float), "a number"),
    "iso-8601": (str, "a moment in ISO 8601"),
    "duration": (str, "a duration in ISO 8601"),
}


def pulumi_name(attribute: str) -> str:
    """The Pulumi property name of a model's attribute: `tier_to_cool` is `tierToCool`."""
    if attribute in _NAMES:
        return _NAMES[attribute]
    first, *rest = attribute.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def properties(model: str) -> dict[str, str]:
    """Property → attribute of those that a program may give."""
    found = getattr(models, model)
    return {
        pulumi_name(name): name
        for name in found._attribute_map
        if not _rules(model, name).get("readonly")
    }


def check_property(model: str, name: str, value: Any) -> list[Failure]:
    """Say what the model finds wrong with one of its properties."""
    attribute = properties(model)[name]
    kind = (
        _WRITTEN.get((model, attribute)) or getattr(models, model)._attribute_map[attribute]["type"]
    )
    return _check(kind, value, name, _rules(model, attribute), _enum(model, attribute))


def required(model: str) -> list[str]:
    """The properties that a program must give."""
    return [
        pulumi_name(name)
        for name, rules in getattr(models, model)._validation.items()
        if rules.get("required") and not rules.get("constant")
    ]


def _check(
    kind: str, value: Any, path: str, rules: Mapping[str, Any], allowed: tuple[str, ...]
) -> list[Failure]:
    if value is UNKNOWN or value is None:
        return []
    if kind.startswith("["):
        if not isinstance(value, list):
            return [(path, "must be a list")]
        found = []
        for index, item in enumerate(value):
            found += _check(kind[1:-1], item, f"{path}[{index}]", {}, allowed)
        return found
    if kind.startswith("{"):
        if not isinstance(value, dict):
            return [(path, "must be an object")]
        found = []
        for key, item in value.items():
            found += _check(kind[1:-1], item, f'{path}["{key}"]', {}, ())
        return found
    if kind in _SCALARS:
        return _check_scalar(kind, value, path, rules, allowed)
    if kind == "object":
        return []
    return _check_model(kind, value, path)


def _check_model(model: str, value: Any, path: str) -> list[Failure]:
    if not isinstance(value, dict):
        return [(path, "must be an object")]
    known = properties(model)
    found: list[Failure] = []
    for name, item in value.items():
        if name in known:
            found += [
                (f"{path}.{inner}", reason) for inner, reason in check_property(model, name, item)
            ]
        else:
            there = ", ".join(sorted(known))
            found.append((f"{path}.{name}", f"is not a property; there are {there}"))
    found += [
        (f"{path}.{name}", "is required") for name in required(model) if value.get(name) is None
    ]
    return found


def _check_scalar(
    kind: str, value: Any, path: str, rules: Mapping[str, Any], allowed: tuple[str, ...]
) -> list[Failure]:
    python, said = _SCALARS[kind]
    if not isinstance(value, python) or (kind in ("int", "float") and isinstance(value, bool)):
        return [(path, f"must be {said}")]
    if isinstance(value, str):
        found = _within(len(value), path, rules, "min_length", "max_length", "characters")
        if allowed and value not in allowed:
            found.append((path, f"is {value!r}; Azure knows {', '.join(allowed)}"))
        return found
    if isinstance(value, bool):
        return []
    found = _within(value, path, rules, "minimum", "maximum", "")
    if rules.get("multiple") and value % rules["multiple"]:
        found.append((path, f"is {value}, must be a multiple of {rules['multiple']}"))
    return found


def _within(
    size: float, path: str, rules: Mapping[str, Any], least: str, most: str, unit: str
) -> list[Failure]:
    what = f"has {size} {unit}" if unit else f"is {size}"
    if least in rules and size < rules[least]:
        return [(path, f"{what}, must be at least {rules[least]}")]
    if most in rules and size > rules[most]:
        return [(path, f"{what}, must be at most {rules[most]}")]
    return []


def _rules(model: str, attribute: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = getattr(models, model)._validation.get(attribute, {})
    return found


# azure-native takes the ids alone of what is a map by id in the API.
_WRITTEN: Final = {("Identity", "user_assigned_identities"): "[str]"}

# "any combination of Logging|Metrics|AzureServices", says the specification: the enumeration has one each.
_COMBINED: Final = frozenset({("NetworkRuleSet", "bypass")})


@cache
def _enum(model: str, attribute: str) -> tuple[str, ...]:
    """The values that the constructor's annotation names; none when it is no enumeration."""
    annotation = str(getattr(models, model).__init__.__annotations__.get(attribute, ""))
    for name in re.findall(r"_models\.(\w+)", annotation):
        found = getattr(models, name, None)
        if isinstance(found, type) and issubclass(found, Enum):
            values = tuple(str(member.value) for member in found)
            return _combinations(values) if (model, attribute) in _COMBINED else values
    return ()


def _combinations(values: tuple[str, ...]) -> tuple[str, ...]:
    singles = [value for value in values if value != "None"]
    several = (it for size in range(2, len(singles) + 1) for it in permutations(singles, size))
    return (*values, *(", ".join(it) for it in several))
